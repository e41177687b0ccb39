/** Accuracy at equal sizes as sizes.csv, and as a table that people read. */
import { percent } from '../base/format.ts';
import {
  columnsCsv,
  differenceColumns,
  differenceTexts,
  formatShares,
  gridColumns,
  locationColumns,
  type TableColumn,
  textTable,
} from './columns.ts';
import type { Results } from './results.ts';
import type { Sweep } from './schema.ts';
import { equalSizes, type SizeRow } from './sizes.ts';
import type { TextTable } from './text-table.ts';

export const SIZES_TITLE = 'At equal sizes';

export const SIZES_NOTE =
  'The densest ticket of each run that keeps the share or up to a fifth less: of its nested ticket, or the one that it has. Mean test accuracy, sparsity, and difference from the reference, paired by seed, as in the tables above; p (Holm) is corrected over all rows of this table.';

/** sizes.csv: a row per grid point, kept share and algorithm, where runs have nested tickets. */
export function sizesCsv(sweep: Sweep, { groups }: Results): string {
  return columnsCsv<SizeRow>(equalSizes(groups, sweep.reference), [
    ...gridColumns<SizeRow>(sweep, ({ point }) => point),
    ['keptShare', ({ keptShare }) => keptShare],
    ['algorithm', ({ algorithm }) => algorithm],
    ['n', ({ testAccuracy }) => testAccuracy.n],
    ...locationColumns<SizeRow>('testAccuracy', ({ testAccuracy }) => testAccuracy),
    ['testAccuracyMedian', ({ testAccuracy }) => testAccuracy.median],
    ['sparsityMean', ({ sparsity }) => sparsity],
    ['reference', ({ comparison }) => comparison?.reference],
    ...differenceColumns<SizeRow>('', ({ comparison }) => comparison),
  ]);
}

const COLUMNS: readonly TableColumn<SizeRow, string>[] = [
  ['kept', ({ keptShare }) => percent(keptShare)],
  ['n', ({ testAccuracy }) => String(testAccuracy.n)],
  ['test accuracy', ({ testAccuracy }) => formatShares(testAccuracy)],
  ['sparsity', ({ sparsity }) => percent(sparsity)],
  ...differenceTexts<SizeRow>(({ comparison }) => comparison, ''),
];

/** Without rows where no run has a nested ticket. */
export function equalSizesTable(sweep: Sweep, { groups }: Pick<Results, 'groups'>): TextTable {
  return textTable(sweep, equalSizes(groups, sweep.reference), COLUMNS);
}
