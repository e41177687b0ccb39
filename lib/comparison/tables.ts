/** The tables of a comparison, for the terminal and for the page: texts, a column a run. */
import { duration, percent, whole } from '../base/format.ts';
import type { RunSummary } from '../report/summary.ts';
import { networkName } from '../report/summary.ts';
import { stopReasonText } from '../report/tables/summary-table.ts';
import { type ComparedRun, intervalOf, type RunComparison } from './comparison.ts';

/** A label, and a text for each run. */
export type TextRow = readonly string[];

const NONE = '–';
/** Characters of a value of a spec. */
const LONGEST = 40;

export const COMPARISON_NOTES = {
  interval: 'The interval is of the test accuracy, at 95 % (Wilson).',
  otherTask: 'The runs have different tasks: their accuracies are of different test data.',
  overlap:
    'Overlap (Jaccard): weights that both tickets keep, of those that either keeps; by chance: what two random masks that keep as many would have.',
};

/** What a reader of the figures should know. */
export function figureNotes({ runs, sameTask }: RunComparison): string[] {
  const cut = runs.filter(({ summary }) => summary?.stopReason === 'max-epochs').map(({ name }) => name);
  return [
    ...(sameTask ? [] : [COMPARISON_NOTES.otherTask]),
    ...(cut.length > 0
      ? [
          `Training ended at its epoch limit: ${cut.join(', ')}. With more epochs (--epochs) it may become more accurate.`,
        ]
      : []),
  ];
}

export function figureRows({ runs }: RunComparison): TextRow[] {
  const row = (label: string, figure: (summary: RunSummary, run: ComparedRun) => string): TextRow => [
    label,
    ...runs.map((run) => (run.summary ? figure(run.summary, run) : NONE)),
  ];
  const rows = [
    row('algorithm', ({ algorithm }) => algorithm),
    row('network', networkName),
    row('test accuracy', ({ testAccuracy }) => percent(testAccuracy, 2)),
    row('95 % interval', (_, run) => (intervalOf(run) ?? []).map((end) => percent(end, 2)).join(' to ')),
    row('train accuracy', ({ trainAccuracy }) => percent(trainAccuracy, 2)),
    row('sparsity', ({ sparsity }) => percent(sparsity, 1)),
    row(
      'weights kept',
      ({ keptWeights, prunableWeights }) => `${whole(keptWeights)} of ${whole(prunableWeights)}`,
    ),
    row('generations, epochs', ({ generations }) => whole(generations)),
    row('evaluations, passes', ({ evaluations }) => whole(evaluations)),
    row('flips', ({ flips }) => (flips === undefined ? NONE : whole(flips))),
    row('time', ({ seconds }) => duration(seconds)),
    row('stopped by', ({ stopReason }) => stopReasonText(stopReason)),
  ];
  return [['state', ...runs.map(({ state }) => state)], ...rows].filter(
    ([, ...texts]) => !texts.every((text) => text === NONE),
  );
}

export function differenceRows({ differences }: RunComparison): TextRow[] {
  return differences.map(({ field, values }) => [field, ...values.map(valueText)]);
}

function valueText(value: unknown): string {
  if (value === undefined) return NONE;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

export const OVERLAP_HEAD = ['masks', 'kept by both', 'overlap', 'by chance'];

export function overlapRows({ overlaps }: RunComparison): TextRow[] {
  return overlaps.map(({ runs: [one, other], both, jaccard, expected }) => [
    `${one}, ${other}`,
    whole(both),
    percent(jaccard, 1),
    percent(expected, 1),
  ]);
}
