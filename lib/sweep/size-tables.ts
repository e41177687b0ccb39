/** Accuracy at equal sizes as sizes.csv, and as a table that people read. */
import { decimals, percent, probability } from '../base/format.ts';
import type { GridPoint } from './cells.ts';
import {
  COMPARED,
  columnsCsv,
  formatShares,
  gridColumns,
  locationColumns,
  points,
  type TableColumn,
  textTable,
} from './columns.ts';
import type { Results } from './results.ts';
import type { Sweep } from './schema.ts';
import { equalSizes, type SizeRow } from './sizes.ts';
import type { TextTable } from './text-table.ts';

type Row = SizeRow<GridPoint>;

export const SIZES_TITLE = 'At equal sizes';

export const SIZES_NOTE =
  'The densest ticket of each run that keeps the share or up to a fifth less: of its nested ticket, or the one that it has. Mean test accuracy, sparsity, and difference from the reference, paired by seed, as in the tables above; p (Holm) is corrected over all rows of this table.';

/** sizes.csv: a row per grid point, kept share and algorithm, where runs have nested tickets. */
export function sizesCsv(sweep: Sweep, { groups }: Results): string {
  return columnsCsv<Row>(equalSizes(groups, sweep.reference), [
    ...gridColumns<Row>(sweep, ({ point }) => point),
    ['keptShare', ({ keptShare }) => keptShare],
    ['algorithm', ({ algorithm }) => algorithm],
    ['n', ({ testAccuracy }) => testAccuracy.n],
    ...locationColumns<Row>('testAccuracy', ({ testAccuracy }) => testAccuracy),
    ['testAccuracyMedian', ({ testAccuracy }) => testAccuracy.median],
    ['sparsityMean', ({ sparsity }) => sparsity],
    ...COMPARED,
  ]);
}

const COLUMNS: readonly TableColumn<Row, string>[] = [
  ['kept', ({ keptShare }) => percent(keptShare)],
  ['n', ({ testAccuracy }) => String(testAccuracy.n)],
  ['test accuracy', ({ testAccuracy }) => formatShares(testAccuracy)],
  ['sparsity', ({ sparsity }) => percent(sparsity)],
  ['difference, points', ({ comparison }) => (comparison ? points(comparison.difference.mean) : '')],
  ['95 % interval', ({ comparison }) => comparison?.difference.interval?.map(points).join(' … ') ?? ''],
  ['rank-biserial', ({ comparison }) => (comparison ? decimals(comparison.test.rankBiserial, 2) : '')],
  ['p', ({ comparison }) => (comparison ? probability(comparison.test.pValue) : '')],
  ['p (Holm)', ({ comparison }) => (comparison ? probability(comparison.correctedP) : '')],
];

/** Without rows where no run has a nested ticket. */
export function equalSizesTable(sweep: Sweep, { groups }: Pick<Results, 'groups'>): TextTable {
  return textTable(sweep, equalSizes(groups, sweep.reference), COLUMNS);
}
