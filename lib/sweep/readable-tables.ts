/** The tables of a sweep as people read them: of table.md, of the page and of the command line. */
import { amount, counted, decimals, money, percent, probability, whole } from '../base/format.ts';
import {
  differenceTexts,
  formatLocation,
  formatShares,
  points,
  type TableColumn,
  textTable,
} from './columns.ts';
import { OVERALL_TITLE, overallNotes, overallTable } from './overall-tables.ts';
import { PROGRESS_NOTE, PROGRESS_TITLE, progressTable } from './progress-tables.ts';
import { reachNotes, reachTable, reachTitle } from './reach-tables.ts';
import type { Comparison, Group, Results } from './results.ts';
import type { Sweep } from './schema.ts';
import { equalSizesTable, SIZES_NOTE, SIZES_TITLE } from './size-tables.ts';
import { EXACT_PAIRS, lowestP, pairsNeeded } from './statistics.ts';
import { markdown, markdownText, type TextTable } from './text-table.ts';

const RESULTS: readonly TableColumn<Group, string>[] = [
  ['n', ({ runs }) => String(runs.length)],
  ['failed', ({ failed }) => String(failed)],
  ['to come', ({ missing }) => String(missing)],
  ['test accuracy', ({ locations }) => formatShares(locations.testAccuracy)],
  ['median', ({ locations }) => percent(locations.testAccuracy?.median ?? null, 2)],
  ['sparsity', ({ locations }) => formatShares(locations.sparsity)],
  ['evaluations', ({ locations }) => formatLocation(locations.evaluations, whole)],
  // Rough figures, without their intervals.
  ['seconds', ({ locations: { seconds } }) => (seconds ? amount(seconds.mean) : '–')],
  ['dollars', ({ locations: { dollars } }) => (dollars ? money(dollars.mean) : '–')],
];

const PLANTED: readonly TableColumn<Group, string>[] = [
  ['above the planted ticket, points', ({ planted }) => (planted ? points(planted.gap.mean) : '–')],
  ['as accurate in training', ({ planted }) => (planted ? String(planted.reached) : '–')],
  ['planted weights kept', ({ planted }) => percent(planted?.shared.mean ?? null, 0)],
  ['size', ({ planted }) => (planted ? `${decimals(planted.size.mean, 2)} ×` : '–')],
];

const FRONT: TableColumn<Group, string> = [
  'area under the front',
  ({ frontArea }) => formatShares(frontArea),
];

const COMPARED_FRONTS = differenceTexts<Comparison>(({ front }) => front, '–', {
  difference: 'area, points',
  interval: '95 % interval of it',
  pHolm: 'its p (Holm)',
});

const COMPARISONS: readonly TableColumn<Comparison, string>[] = [
  ['pairs', ({ difference }) => String(difference.n)],
  ...differenceTexts<Comparison>((comparison) => comparison, '–'),
  ['equal evaluations', ({ equalEvaluations }) => (equalEvaluations ? 'yes' : 'no')],
  ['sparsity, points', ({ sparsityDifference }) => points(sparsityDifference)],
];

/** Cells of the tables that people read, in text: of table.md, of the page and of the command line. */
export function readableTables(
  sweep: Sweep,
  { groups, comparisons, overall }: Results,
): Readonly<Record<'results' | 'comparisons' | 'sizes' | 'overall', TextTable>> {
  const incomplete = groups.some(({ failed, missing }) => failed + missing > 0);
  const shown = RESULTS.filter(([title]) => incomplete || (title !== 'failed' && title !== 'to come'));
  const figures = [
    ...shown,
    ...(groups.some(({ planted }) => planted) ? PLANTED : []),
    ...(groups.some(({ frontArea }) => frontArea) ? [FRONT] : []),
  ];
  const compared = [...COMPARISONS, ...(comparisons.some(({ front }) => front) ? COMPARED_FRONTS : [])];
  return {
    results: textTable(sweep, groups, figures),
    comparisons: textTable(sweep, comparisons, compared),
    sizes: equalSizesTable(sweep, { groups }),
    overall: overallTable(overall),
  };
}

/** Explanations of the tables. */
export const LEGENDS = {
  results:
    'Mean over the runs that succeeded ± half the 95 % confidence interval (Student’s t); where the interval ends at 0 or 100 %, its other end in brackets. The median is that of test accuracy. Seconds and dollars are means: the time that a run was at work, from its data to its summary, on the computer that ran it, beside other runs; and what it costs in the cloud, or would have.',
  comparisons: (reference: string) =>
    `Test accuracy against ${reference}, paired by seed: the same seed, and so the same weights and data unless an algorithm’s spec changes them. Difference of means with its 95 % confidence interval (Student’s t); effect size: matched-pairs rank-biserial correlation; p: Wilcoxon’s signed-rank test, two-sided, exact up to ${EXACT_PAIRS} pairs; then with Holm’s correction over all rows. Where evaluations are not equal, one of the two had more of them to find its ticket.`,
} as const;

/** The warning that p cannot be below 0.05, however the runs end; undefined where it can. `pairs`: the most of any comparison. */
export function fewPairsNote(comparisons: number, pairs: number): string | undefined {
  const needed = pairsNeeded(comparisons);
  if (comparisons === 0 || pairs >= needed) return undefined;
  const lowest = probability(Math.min(1, comparisons * lowestP(pairs)));
  const corrected = comparisons > 1 ? `, with Holm’s correction over ${whole(comparisons)} comparisons,` : '';
  return `Too few seeds for a significant difference: of ${counted(pairs, 'pair')}${corrected} p is never below ${lowest}, however large the difference. From ${counted(needed, 'seed')} on it can be below 0.05.`;
}

/** Notes below the table of comparisons. */
export function notesOfComparisons({ seeds, reference }: Sweep, { comparisons, runs }: Results): string[] {
  // A sweep that goes on gets its other pairs yet.
  const open = runs.some(({ result }) => result === undefined);
  const pairs = open ? seeds.length : Math.max(0, ...comparisons.map(({ difference }) => difference.n));
  const few = fewPairsNote(comparisons.length, pairs);
  return [LEGENDS.comparisons(reference), ...(few === undefined ? [] : [few])];
}

/** table.md: all tables. */
export function tableMarkdown(sweep: Sweep, results: Results): string {
  const { results: found, comparisons, sizes, overall } = readableTables(sweep, results);
  const parts = [`# ${markdownText(sweep.name ?? 'Sweep')}`, markdown(found), LEGENDS.results];
  if (comparisons.rows.length > 0) {
    parts.push(
      `## Against ${markdownText(sweep.reference)}`,
      markdown(comparisons),
      ...notesOfComparisons(sweep, results).map(markdownText),
    );
  }
  if (sizes.rows.length > 0) parts.push(`## ${SIZES_TITLE}`, markdown(sizes), SIZES_NOTE);
  if (results.reach.length > 0) {
    parts.push(
      `## ${markdownText(reachTitle(sweep))}`,
      markdown(reachTable(sweep, results.reach)),
      ...reachNotes(sweep).map(markdownText),
    );
  }
  if (results.progress.length > 0) {
    parts.push(`## ${PROGRESS_TITLE}`, markdown(progressTable(sweep, results.progress)), PROGRESS_NOTE);
  }
  if (overall.rows.length > 0) {
    parts.push(`## ${OVERALL_TITLE}`, markdown(overall), ...overallNotes(results.overall));
  }
  return `${parts.join('\n\n')}\n`;
}
