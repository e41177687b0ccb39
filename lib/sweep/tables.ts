/** The results of a sweep as sweep.csv, table.csv and table.md. */
import { amount, counted, decimals, money, percent, probability, whole } from '../base/format.ts';
import { GAP_COLUMNS, gapsByColumn } from '../report/fairness.ts';
import { type Surfaces, surfacesOf } from './attainment.ts';
import type { GridPoint } from './cells.ts';
import { type Column, csv, formatLocation, formatShares, gridColumns, points, textTable } from './columns.ts';
import { OVERALL_TITLE, overallNotes, overallTable } from './overall-tables.ts';
import type { CellRun, CellSummary, Comparison, Group, Results } from './results.ts';
import type { Sweep } from './schema.ts';
import { SIZES_NOTE, SIZES_TITLE, sizesTable } from './size-tables.ts';
import { EXACT_PAIRS, lowestP, pairsNeeded } from './statistics.ts';
import { markdown, markdownText, type TextTable } from './text-table.ts';

/** Figures of a summary, in the order of their columns. */
const FIGURES = [
  'testAccuracy',
  'trainAccuracy',
  'testLoss',
  'trainLoss',
  'testBalancedAccuracy',
  'trainBalancedAccuracy',
  'testMacroF1',
  'trainMacroF1',
  'sparsity',
  'generations',
  'evaluations',
  'seconds',
] as const satisfies readonly (keyof CellSummary)[];

/** sweep.csv: a row a run, in the order of the cells. */
export function runsCsv(sweep: Sweep, runs: readonly CellRun[]): string {
  const summaryOf = ({ result }: CellRun) => (result?.status === 'succeeded' ? result.summary : undefined);
  const columns: Column<CellRun>[] = [
    ['cell', ({ cell }) => cell.id],
    ...gridColumns<CellRun>(sweep, ({ cell }) => cell.point),
    ['algorithm', ({ cell }) => cell.algorithm],
    ['seed', ({ cell }) => cell.seed],
    ['status', ({ result }) => result?.status ?? 'missing'],
    ...FIGURES.map((key): Column<CellRun> => [key, (run) => summaryOf(run)?.[key]]),
    ...gapColumns(runs, summaryOf),
    ['costDollars', (run) => summaryOf(run)?.cost.dollars.total],
    ['stopReason', (run) => summaryOf(run)?.stopReason],
    ['error', ({ result }) => (result?.status === 'failed' ? result.error : '')],
  ];
  return csv(runs, columns);
}

/** Gaps between groups, where a run has them. */
function gapColumns(
  runs: readonly CellRun[],
  summaryOf: (run: CellRun) => CellSummary | undefined,
): Column<CellRun>[] {
  if (!runs.some((run) => summaryOf(run)?.fairness)) return [];
  return GAP_COLUMNS.map(
    (key): Column<CellRun> => [key, (run) => gapsByColumn(summaryOf(run)?.fairness)[key]],
  );
}

type TableRow = { readonly group: Group; readonly comparison: Comparison | undefined };

function tableRows({ groups, comparisons }: Results): TableRow[] {
  const nameOf = ({ point, algorithm }: Group | Comparison) => `${point.index} ${algorithm}`;
  const compared = new Map(comparisons.map((comparison) => [nameOf(comparison), comparison]));
  return groups.map((group) => ({ group, comparison: compared.get(nameOf(group)) }));
}

/** Without seconds and dollars: the table is the same whenever and wherever its runs are repeated. */
const REPEATABLE = ['testAccuracy', 'sparsity', 'evaluations'] as const;

/** table.csv: a row per grid point and algorithm. */
export function tableCsv(sweep: Sweep, results: Results): string {
  const located = (quantity: (typeof REPEATABLE)[number]): Column<TableRow>[] => [
    [`${quantity}Mean`, ({ group }) => group.locations[quantity]?.mean],
    [`${quantity}Low`, ({ group }) => group.locations[quantity]?.interval?.[0]],
    [`${quantity}High`, ({ group }) => group.locations[quantity]?.interval?.[1]],
    [`${quantity}Median`, ({ group }) => group.locations[quantity]?.median],
  ];
  return csv(tableRows(results), [
    ...gridColumns<TableRow>(sweep, ({ group }) => group.point),
    ['algorithm', ({ group }) => group.algorithm],
    ['n', ({ group }) => group.runs.length],
    ['failed', ({ group }) => group.failed],
    ['missing', ({ group }) => group.missing],
    ...REPEATABLE.flatMap(located),
    ['reference', ({ comparison }) => comparison?.reference],
    ['pairs', ({ comparison }) => comparison?.difference.n],
    ['difference', ({ comparison }) => comparison?.difference.mean],
    ['differenceLow', ({ comparison }) => comparison?.difference.interval?.[0]],
    ['differenceHigh', ({ comparison }) => comparison?.difference.interval?.[1]],
    ['rankBiserial', ({ comparison }) => comparison?.test.rankBiserial],
    ['p', ({ comparison }) => comparison?.test.pValue],
    ['pHolm', ({ comparison }) => comparison?.correctedP],
    ['equalEvaluations', ({ comparison }) => comparison && String(comparison.equalEvaluations)],
    ['sparsityDifference', ({ comparison }) => comparison?.sparsityDifference],
  ]);
}

/** fronts.csv: what shares of the runs attain by sparsity, where they have fronts. */
export function frontsCsv(sweep: Sweep, { groups }: Results): string {
  type Row = Surfaces<GridPoint>['points'][number] & Pick<Group, 'point' | 'algorithm'>;
  const rows = surfacesOf(groups).flatMap(({ points, ...group }) =>
    points.map((point): Row => ({ ...group, ...point })),
  );
  return csv<Row>(rows, [
    ...gridColumns<Row>(sweep, ({ point }) => point),
    ['algorithm', ({ algorithm }) => algorithm],
    ['sparsity', ({ sparsity }) => sparsity],
    ['testAccuracyOfThreeQuarters', ({ low }) => low],
    ['testAccuracyOfHalf', ({ median }) => median],
    ['testAccuracyOfAQuarter', ({ high }) => high],
  ]);
}

const RESULTS: readonly Column<Group, string>[] = [
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

const COMPARISONS: readonly Column<Comparison, string>[] = [
  ['pairs', ({ difference }) => String(difference.n)],
  ['difference, points', ({ difference }) => points(difference.mean)],
  ['95 % interval', ({ difference }) => difference.interval?.map(points).join(' … ') ?? '–'],
  ['rank-biserial', ({ test }) => decimals(test.rankBiserial, 2)],
  ['p', ({ test }) => probability(test.pValue)],
  ['p (Holm)', ({ correctedP }) => probability(correctedP)],
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
  return {
    results: textTable(sweep, groups, shown),
    comparisons: textTable(sweep, comparisons, COMPARISONS),
    sizes: sizesTable(sweep, { groups }),
    overall: overallTable(overall),
  };
}

/** Explanations of the tables. */
export const LEGENDS = {
  results:
    'Mean over the runs that succeeded ± half the 95 % confidence interval (Student’s t); the interval in brackets where it ends at 0 or 100 %. The median is that of test accuracy. Seconds and dollars are means: the time that a run was at work, from its data to its summary, on the computer that ran it, beside other runs; and what it costs in the cloud, or would have.',
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
      ...notesOfComparisons(sweep, results),
    );
  }
  if (sizes.rows.length > 0) parts.push(`## ${SIZES_TITLE}`, markdown(sizes), SIZES_NOTE);
  if (overall.rows.length > 0) {
    parts.push(`## ${OVERALL_TITLE}`, markdown(overall), ...overallNotes(results.overall));
  }
  return `${parts.join('\n\n')}\n`;
}
