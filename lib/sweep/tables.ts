/** The results of a sweep as sweep.csv, table.csv and fronts.csv. */
import { mean } from 'd3-array';
import { GAP_COLUMNS, gapsByColumn } from '../report/fairness.ts';
import { type AttainmentPoint, surfacesOf } from './attainment.ts';
import { columnsCsv, differenceColumns, gridColumns, locationColumns, type TableColumn } from './columns.ts';
import {
  type CellRun,
  type CellSummary,
  type Comparison,
  frontAreaOf,
  type Group,
  type Results,
} from './results.ts';
import type { Sweep } from './schema.ts';

/** Figures of a summary, in the order of their columns. */
const FIGURES = [
  'testAccuracy',
  'trainAccuracy',
  'testLoss',
  'trainLoss',
  'testConfidence',
  'trainConfidence',
  'testBalancedAccuracy',
  'trainBalancedAccuracy',
  'testMacroF1',
  'trainMacroF1',
  'sparsity',
  'keptWeights',
  'generations',
  'evaluations',
  'seconds',
] as const satisfies readonly (keyof CellSummary)[];

/** sweep.csv: a row a run, in the order of the cells. */
export function runsCsv(sweep: Sweep, runs: readonly CellRun[]): string {
  const summaryOf = ({ result }: CellRun) => (result?.status === 'succeeded' ? result.summary : undefined);
  const areaOfRun = (run: CellRun) => {
    const summary = summaryOf(run);
    return summary && frontAreaOf(summary);
  };
  const columns: TableColumn<CellRun>[] = [
    ['cell', ({ cell }) => cell.id],
    ...gridColumns<CellRun>(sweep, ({ cell }) => cell.point),
    ['algorithm', ({ cell }) => cell.algorithm],
    ['seed', ({ cell }) => cell.seed],
    ['status', ({ result }) => result?.status ?? 'missing'],
    ...FIGURES.map((key): TableColumn<CellRun> => [key, (run) => summaryOf(run)?.[key]]),
    ...gapColumns(runs, summaryOf),
    ...plantedColumns(runs, summaryOf),
    ...(runs.some((run) => areaOfRun(run) !== undefined)
      ? [['frontArea', areaOfRun] satisfies TableColumn<CellRun>]
      : []),
    ['costDollars', (run) => summaryOf(run)?.cost.dollars.total],
    ['stopReason', (run) => summaryOf(run)?.stopReason],
    ['error', ({ result }) => (result?.status === 'failed' ? result.error : '')],
  ];
  return columnsCsv(runs, columns);
}

/** Gaps between groups, where a run has them. */
function gapColumns(
  runs: readonly CellRun[],
  summaryOf: (run: CellRun) => CellSummary | undefined,
): TableColumn<CellRun>[] {
  if (!runs.some((run) => summaryOf(run)?.fairness)) return [];
  return GAP_COLUMNS.map(
    (key): TableColumn<CellRun> => [key, (run) => gapsByColumn(summaryOf(run)?.fairness)[key]],
  );
}

/** How near a run came to the ticket that was planted, where one was. */
function plantedColumns(
  runs: readonly CellRun[],
  summaryOf: (run: CellRun) => CellSummary | undefined,
): TableColumn<CellRun>[] {
  if (!runs.some((run) => summaryOf(run)?.planted)) return [];
  return [
    ['plantedTestAccuracy', (run) => summaryOf(run)?.planted?.testAccuracy],
    ['plantedTrainAccuracy', (run) => summaryOf(run)?.planted?.trainAccuracy],
    ['plantedWeights', (run) => summaryOf(run)?.planted?.keptWeights],
    ['sharedWeights', (run) => summaryOf(run)?.planted?.shared],
  ];
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
  const located = (quantity: (typeof REPEATABLE)[number]): TableColumn<TableRow>[] => [
    ...locationColumns<TableRow>(quantity, ({ group }) => group.locations[quantity]),
    [`${quantity}Median`, ({ group }) => group.locations[quantity]?.median],
  ];
  const hasPlanted = results.groups.some(({ planted }) => planted !== null);
  const hasFronts = results.groups.some(({ frontArea }) => frontArea !== null);
  return columnsCsv(tableRows(results), [
    ...gridColumns<TableRow>(sweep, ({ group }) => group.point),
    ['algorithm', ({ group }) => group.algorithm],
    ['n', ({ group }) => group.runs.length],
    ['failed', ({ group }) => group.failed],
    ['missing', ({ group }) => group.missing],
    ...REPEATABLE.flatMap(located),
    ['reference', ({ comparison }) => comparison?.reference],
    ...differenceColumns<TableRow>('', ({ comparison }) => comparison),
    ['equalEvaluations', ({ comparison }) => comparison && String(comparison.equalEvaluations)],
    ['sparsityDifference', ({ comparison }) => comparison?.sparsityDifference],
    ['keptWeightsMean', ({ group }) => meanWeights(group)],
    ...(hasPlanted ? PLANTED_COLUMNS : []),
    ...(hasFronts ? FRONT_COLUMNS : []),
  ]);
}

/** Undefined where no run tells. */
function meanWeights({ runs }: Group): number | undefined {
  return mean(runs, ({ summary }) => summary.keptWeights ?? Number.NaN);
}

/** Tickets beside those that were planted. */
const PLANTED_COLUMNS: readonly TableColumn<TableRow>[] = [
  ...locationColumns<TableRow>('plantedGap', ({ group }) => group.planted?.gap),
  ['plantedReached', ({ group }) => group.planted?.reached],
  ['plantedSharedMean', ({ group }) => group.planted?.shared.mean],
  ['plantedSizeMean', ({ group }) => group.planted?.size.mean],
];

/** Areas under fronts, and their comparison with the reference. */
const FRONT_COLUMNS: readonly TableColumn<TableRow>[] = [
  ...locationColumns<TableRow>('frontArea', ({ group }) => group.frontArea),
  ['frontAreaMedian', ({ group }) => group.frontArea?.median],
  ...differenceColumns<TableRow>('front', ({ comparison }) => comparison?.front),
];

/** fronts.csv: what shares of the runs attain by sparsity, where they have fronts. */
export function frontsCsv(sweep: Sweep, { groups }: Results): string {
  type Row = AttainmentPoint & Pick<Group, 'point' | 'algorithm'>;
  const rows = surfacesOf(groups).flatMap(({ points, ...group }) =>
    points.map((point): Row => ({ ...group, ...point })),
  );
  return columnsCsv<Row>(rows, [
    ...gridColumns<Row>(sweep, ({ point }) => point),
    ['algorithm', ({ algorithm }) => algorithm],
    ['sparsity', ({ sparsity }) => sparsity],
    ['testAccuracyOfThreeQuarters', ({ low }) => low],
    ['testAccuracyOfHalf', ({ median }) => median],
    ['testAccuracyOfAQuarter', ({ high }) => high],
  ]);
}
