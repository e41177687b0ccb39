/** Columns of a sweep's tables, for programs and for people. */
import { csvText } from '../base/csv.ts';
import { percent, signed } from '../base/format.ts';
import { type GridPoint, gridText, gridWriter } from './cells.ts';
import type { Comparison } from './results.ts';
import type { Sweep } from './schema.ts';
import type { Location } from './statistics.ts';
import type { TextTable } from './text-table.ts';

type Value = string | number | null | undefined;
export type TableColumn<Row, Cell = Value> = readonly [title: string, value: (row: Row) => Cell];

export function columnsCsv<Row>(rows: readonly Row[], columns: readonly TableColumn<Row>[]): string {
  return csvText(
    columns.map(([title]) => title),
    rows.map((row) => columns.map(([, value]) => value(row))),
  );
}

/** Mean and 95 % interval in full precision, empty where there is none. */
export function locationColumns<Row>(
  title: string,
  locationOf: (row: Row) => Location | null | undefined,
): TableColumn<Row>[] {
  return [
    [`${title}Mean`, (row) => locationOf(row)?.mean],
    [`${title}Low`, (row) => locationOf(row)?.interval?.[0]],
    [`${title}High`, (row) => locationOf(row)?.interval?.[1]],
  ];
}

/** Columns of a comparison with the reference, empty where there is none. */
export const COMPARED: readonly TableColumn<{
  readonly comparison:
    | Pick<Comparison, 'reference' | 'difference' | 'test' | 'correctedP'>
    | null
    | undefined;
}>[] = [
  ['reference', ({ comparison }) => comparison?.reference],
  ['pairs', ({ comparison }) => comparison?.difference.n],
  ['difference', ({ comparison }) => comparison?.difference.mean],
  ['differenceLow', ({ comparison }) => comparison?.difference.interval?.[0]],
  ['differenceHigh', ({ comparison }) => comparison?.difference.interval?.[1]],
  ['rankBiserial', ({ comparison }) => comparison?.test.rankBiserial],
  ['p', ({ comparison }) => comparison?.test.pValue],
  ['pHolm', ({ comparison }) => comparison?.correctedP],
];

/** Grid values in words. */
export function gridTitle(sweep: Pick<Sweep, 'grid'>, values: GridPoint['values']): string {
  return Object.keys(values)
    .map((field) => `${field === 'preset' ? '' : `${field} `}${gridText(sweep, { values }, field)}`)
    .join(', ');
}

/** Of a row over all grid points, which has none, "all". */
export function gridColumns<Row>(
  sweep: Sweep,
  pointOf: (row: Row) => GridPoint | null,
): TableColumn<Row, string>[] {
  return sweep.grid.map(({ field }) => {
    const write = gridWriter(sweep, field);
    return [
      field,
      (row) => {
        const point = pointOf(row);
        return point ? write(point.values[field]) : 'all';
      },
    ];
  });
}

/** "92.31 ± 0.42 %"; "99.50 % (98.20 % to 100.00 %)" of an interval that is cut; without an interval the mean alone. */
export function formatShares(location: Location | null): string {
  return formatLocation(location, (share) => percent(share, 2));
}

export function formatLocation(location: Location | null, format: (value: number) => string): string {
  if (!location) return '–';
  const { mean, interval } = location;
  if (!interval) return format(mean);
  const [below, above] = [mean - interval[0], interval[1] - mean];
  if (Math.abs(above - below) > 1e-9 * Math.abs(mean))
    return `${format(mean)} (${interval.map(format).join(' to ')})`;
  return `${format(mean).replace(/ %$/, '')} ± ${format(above)}`;
}

/** A difference of shares, in percentage points. */
export const points = (difference: number) => signed(100 * difference, 2);

export function textTable<Row extends { readonly point: GridPoint; readonly algorithm: string }>(
  sweep: Sweep,
  rows: readonly Row[],
  figures: readonly TableColumn<Row, string>[],
): TextTable {
  const words: TableColumn<Row, string>[] = [
    ...gridColumns<Row>(sweep, ({ point }) => point),
    ['algorithm', ({ algorithm }) => algorithm],
  ];
  return columnsTable(rows, words, figures);
}

/** `words`: the columns that are no numbers, from the left. */
export function columnsTable<Row>(
  rows: readonly Row[],
  words: readonly TableColumn<Row, string>[],
  figures: readonly TableColumn<Row, string>[],
): TextTable {
  const columns = [...words, ...figures];
  return {
    head: columns.map(([title]) => title),
    words: words.length,
    rows: rows.map((row) => columns.map(([, value]) => value(row))),
  };
}
