/** The output of `tombola evaluate`, for people and for programs. */

import { maxIndex, range } from 'd3-array';
import { at } from '../../base/at.ts';
import type { Confusion } from '../../base/classes.ts';
import { csvText } from '../../base/csv.ts';
import { defined } from '../../base/defined.ts';
import { counted, nats, percent, whole } from '../../base/format.ts';
import type { TicketScore } from '../../evaluation/ticket.ts';
import type { FairnessReport } from '../../report/fairness.ts';
import { classScores, worstMistakes } from '../../report/tables/class-scores.ts';
import { GAP_NAMES, testGapText } from '../../report/text/fairness.ts';
import { className, shortened } from '../../report/text/names.ts';
import { GAPS } from '../../search/fairness.ts';
import { keptAt } from '../../search/nested-order.ts';
import { print, printJson } from '../output.ts';
import { plainTable } from '../result.ts';
import { type Seen, seenText } from './seen.ts';
import type { OpenedTicket } from './target.ts';

export interface EvaluatedPart {
  /** The file, or the part of the run's own data. */
  readonly data: string;
  readonly samples: number;
  readonly score: TicketScore;
  /** Gaps between groups, where the samples have groups. */
  readonly fairness?: Pick<FairnessReport, 'positive' | 'test' | 'groups'>;
  /** The part of a file that the ticket was trained on. */
  readonly seen?: Seen;
}

export interface MaskScore {
  readonly correct: number;
  readonly accuracy: number;
  /** Mean cross-entropy per sample, in nats; null where it is not finite. */
  readonly loss: number | null;
  readonly sparsity: number;
}

export interface EvaluatedMasks {
  readonly run: string;
  readonly masks: string;
  readonly data: string;
  readonly samples: number;
  /** Prunable weights. */
  readonly weights: number;
  /** In the order of the masks. */
  readonly scores: readonly MaskScore[];
}

/** Classes of a confusion matrix that fits a terminal, and mistakes that are named in its place. */
const MOST_CLASSES = 20;
const MOST_MISTAKES = 10;
/** Classes that are listed one by one. */
const MOST_CLASS_ROWS = 100;
const MOST_MASK_ROWS = 20;

/** `run`: its name, where the ticket is that of a run. */
export function printScores(
  ticket: OpenedTicket,
  parts: readonly EvaluatedPart[],
  json: boolean,
  run?: string,
): void {
  const text = json ? JSON.stringify(documentOf(ticket, parts), null, 2) : textOf(ticket, parts, run);
  print(`${text}\n`);
}

/** Of a nested ticket, what it keeps. */
function keptBy({ kept, info: { nested } }: OpenedTicket) {
  if (kept === undefined || !nested) return undefined;
  const keptWeights = keptAt(kept, nested);
  return { keptWeights, sparsity: 1 - keptWeights / nested.weights };
}

function documentOf(ticket: OpenedTicket, parts: readonly EvaluatedPart[]) {
  const { name, info } = ticket;
  const { features, classes, version, spec, seed } = info;
  return {
    ticket: name,
    ...defined({ version, spec, seed }),
    ...keptBy(ticket),
    features,
    classes,
    data: parts.map(({ data, samples, score, fairness, seen }) => ({
      data,
      samples,
      ...defined({ seen }),
      accuracy: score.accuracy,
      loss: score.loss,
      balancedAccuracy: score.balancedAccuracy,
      macroF1: score.macroF1,
      ...(fairness && { positive: fairness.positive, gaps: fairness.test, groups: fairness.groups }),
      confusion: matrixOf(score.confusion),
      classes: classScores(score.confusion).map(({ label, precision, recall, f1, samples: count }) => {
        return {
          name: className({ classes: info.classNames }, label),
          precision,
          recall,
          f1,
          samples: count,
        };
      }),
    })),
  };
}

/** A row per true class, a column per predicted class. */
export function matrixOf({ classes, counts }: Confusion<Uint32Array>): number[][] {
  return range(classes).map((row) => [...counts.subarray(row * classes, (row + 1) * classes)]);
}

function textOf(ticket: OpenedTicket, parts: readonly EvaluatedPart[], run?: string): string {
  const { name, info } = ticket;
  const made = info.spec === undefined ? '' : ` (spec ${info.spec.slice(0, 12)}…, seed ${info.seed})`;
  const nested = keptBy(ticket);
  const size = nested ? `, ${whole(nested.keptWeights)} weights, ${percent(nested.sparsity)} sparsity` : '';
  const rows = [
    ['samples', ...parts.map(({ samples }) => whole(samples))],
    ['accuracy', ...parts.map(({ score }) => percent(score.accuracy, 2))],
    ['balanced accuracy', ...parts.map(({ score }) => percent(score.balancedAccuracy, 2))],
    ['macro-F1', ...parts.map(({ score }) => percent(score.macroF1, 2))],
    ['cross-entropy, nats', ...parts.map(({ score }) => nats(score.loss))],
  ];
  const overview = plainTable(rows, ['', ...parts.map(({ data }) => data)]);
  // With several parts, the classes of the test data are shown.
  const detailed = parts.find(({ data }) => data === 'test') ?? parts[0];
  const notes = parts.flatMap(({ data, samples, seen }) =>
    seen ? [seenText(data, samples, seen, run)] : [],
  );
  return [`${name}${made}${size}`, overview, ...notes, ...(detailed ? detailsOf(ticket, detailed) : [])].join(
    '\n\n',
  );
}

/** The groups of samples, and the gaps between them. */
function groupsOf({ data, fairness }: EvaluatedPart): string[] {
  if (!fairness) return [];
  const { groups, positive } = fairness;
  const rows = groups.map(({ name, samples, ...shares }) => [
    shortened(name, 20),
    percent(shares.accuracy, 1),
    percent(shares.positiveRate, 1),
    percent(shares.truePositiveRate, 1),
    percent(shares.falsePositiveRate, 1),
    whole(samples),
  ]);
  const heads = [
    'accuracy',
    `answered ${shortened(positive, 20)}`,
    'true positives',
    'false positives',
    'samples',
  ];
  const gaps = GAPS.map((gap) => [`gap of ${GAP_NAMES[gap]}`, testGapText(fairness, gap)]);
  return [plainTable(rows, [`group, ${data}`, ...heads]), plainTable(gaps)];
}

function detailsOf({ info }: OpenedTicket, part: EvaluatedPart): string[] {
  const { data, score } = part;
  const names = { classes: info.classNames };
  const { confusion } = score;
  const scores = classScores(confusion);
  const shown =
    scores.length > MOST_CLASS_ROWS
      ? scores.toSorted((a, b) => (a.f1 ?? 2) - (b.f1 ?? 2)).slice(0, MOST_CLASS_ROWS)
      : scores;
  const perClass = plainTable(
    shown.map(({ label, precision, recall, f1, samples }) => [
      className(names, label),
      percent(precision, 1),
      percent(recall, 1),
      percent(f1, 1),
      whole(samples),
    ]),
    [`class, ${data}`, 'precision', 'recall', 'F1', 'samples'],
  );
  const cut =
    scores.length > shown.length
      ? [`the ${shown.length} of ${scores.length} classes with the lowest F1`]
      : [];
  if (confusion.classes <= MOST_CLASSES) {
    const labels = scores.map(({ label }) => shortened(className(names, label), 10));
    const rows = matrixOf(confusion).map((row, label) => [labels[label] ?? '', ...row.map(whole)]);
    return [perClass, plainTable(rows, ['true \\ predicted', ...labels]), ...groupsOf(part)];
  }
  const mistakes = worstMistakes(confusion, MOST_MISTAKES).map(({ actual, predicted, count, share }) => [
    className(names, actual),
    className(names, predicted),
    whole(count),
    percent(share, 1),
  ]);
  const confused = plainTable(mistakes, ['true class', 'taken for', 'times', 'of the class']);
  return [
    perClass,
    ...cut,
    ...(mistakes.length > 0 ? [`${confused}\n(the whole confusion matrix: --json)`] : []),
    ...groupsOf(part),
  ];
}

export function printMasks(evaluated: EvaluatedMasks, json: boolean): void {
  if (json) {
    printJson({ ...evaluated, scores: evaluated.scores.map((score, mask) => ({ mask, ...score })) });
    return;
  }
  const { run, masks, data, samples, weights, scores } = evaluated;
  const rows = scores
    .slice(0, MOST_MASK_ROWS)
    .map(({ correct, accuracy, loss, sparsity }, mask) => [
      whole(mask),
      whole(correct),
      percent(accuracy, 2),
      nats(loss),
      percent(sparsity, 1),
    ]);
  const table = plainTable(rows, ['mask', 'correct', 'accuracy', 'cross-entropy', 'sparsity']);
  const more =
    scores.length > rows.length
      ? [`… and ${whole(scores.length - rows.length)} more: --json or --csv FILE has all`]
      : [];
  const best = maxIndex(scores, ({ correct }) => correct);
  const lines = [
    `${masks}: ${counted(scores.length, 'mask')} over the ${whole(weights)} weights of ${run}, on ${whole(samples)} samples (${data})`,
    [table, ...more].join('\n'),
    ...(scores.length > 1 ? [`best: mask ${whole(best)}, ${percent(at(scores, best).accuracy, 2)}`] : []),
  ];
  print(`${lines.join('\n\n')}\n`);
}

/** A row per mask. */
export function csvOfMasks({ scores }: EvaluatedMasks): string {
  return csvText(
    ['mask', 'correct', 'accuracy', 'loss', 'sparsity'],
    scores.map(({ correct, accuracy, loss, sparsity }, mask) => [mask, correct, accuracy, loss, sparsity]),
  );
}
