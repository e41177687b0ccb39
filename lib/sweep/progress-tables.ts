/** How searches progressed, as progress.csv, and as a table that people read. */
import {
  columnsCsv,
  formatShares,
  gridColumns,
  locationColumns,
  type TableColumn,
  textTable,
} from './columns.ts';
import { HALVES, PART_NAMES, type ProgressRow } from './progress.ts';
import type { Sweep } from './schema.ts';
import type { TextTable } from './text-table.ts';

export const PROGRESS_TITLE = 'Progress of the searches';

export const PROGRESS_NOTE =
  'Train accuracy of the fittest mask after an eighth, a quarter, half and all of a search’s generations, and the share of the generations of either half in which the best mask became fitter, by the fitness of the search itself: a search that stalls has few. Means with their 95 % intervals, as in the tables above; searches of eight generations and more.';

/** progress.csv: the table in full precision. */
export function progressCsv(sweep: Sweep, progress: readonly ProgressRow[]): string {
  return columnsCsv(progress, [
    ...gridColumns<ProgressRow>(sweep, ({ point }) => point),
    ['algorithm', ({ algorithm }) => algorithm],
    ['n', ({ n }) => n],
    ...PART_NAMES.flatMap((part) =>
      locationColumns<ProgressRow>(`${part}TrainAccuracy`, ({ trainAccuracy }) => trainAccuracy[part]),
    ),
    ...HALVES.flatMap((half) =>
      locationColumns<ProgressRow>(`${half}HalfImproving`, ({ improving }) => improving[half]),
    ),
  ]);
}

const PART_TITLES = {
  eighth: 'train accuracy after an eighth',
  quarter: 'a quarter',
  half: 'half',
  end: 'all of the generations',
} as const;

const COLUMNS: readonly TableColumn<ProgressRow, string>[] = [
  ['n', ({ n }) => String(n)],
  ...PART_NAMES.map(
    (part): TableColumn<ProgressRow, string> => [
      PART_TITLES[part],
      ({ trainAccuracy }) => formatShares(trainAccuracy[part]),
    ],
  ),
  ...HALVES.map(
    (half): TableColumn<ProgressRow, string> => [
      `improving generations, ${half} half`,
      ({ improving }) => formatShares(improving[half]),
    ],
  ),
];

export function progressTable(sweep: Sweep, progress: readonly ProgressRow[]): TextTable {
  return textTable(sweep, progress, COLUMNS);
}
