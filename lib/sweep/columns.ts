/** Columns of a sweep's tables, for programs and for people. */
import { capitalized } from '../base/capitalized.ts';
import { csvText } from '../base/csv.ts';
import { decimals, percent, probability, signed } from '../base/format.ts';
import { namesOf } from '../base/record.ts';
import { type GridPoint, gridText, gridWriter } from './cells.ts';
import type { Sweep } from './schema.ts';
import type { Corrected, Location } from './statistics.ts';
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

/** Columns of differences from the reference, empty where there are none; `prefix`: of their titles. */
export function differenceColumns<Row>(
  prefix: string,
  differenceOf: (row: Row) => Corrected | null | undefined,
): TableColumn<Row>[] {
  const columns: TableColumn<Corrected>[] = [
    ['pairs', ({ difference }) => difference.n],
    ['difference', ({ difference }) => difference.mean],
    ['differenceLow', ({ difference }) => difference.interval?.[0]],
    ['differenceHigh', ({ difference }) => difference.interval?.[1]],
    ['rankBiserial', ({ test }) => test.rankBiserial],
    ['p', ({ test }) => test.pValue],
    ['pHolm', ({ correctedP }) => correctedP],
  ];
  return columns.map(([title, value]) => [
    prefix === '' ? title : `${prefix}${capitalized(title)}`,
    (row) => {
      const difference = differenceOf(row);
      return difference && value(difference);
    },
  ]);
}

const DIFFERENCE_TEXTS = {
  difference: ({ difference }) => points(difference.mean),
  interval: ({ difference }) => difference.interval?.map(points).join(' … '),
  rankBiserial: ({ test }) => decimals(test.rankBiserial, 2),
  p: ({ test }) => probability(test.pValue),
  pHolm: ({ correctedP }) => probability(correctedP),
} as const satisfies Readonly<Record<string, (difference: Corrected) => string | undefined>>;

const DIFFERENCE_TITLES = {
  difference: 'difference, points',
  interval: '95 % interval',
  rankBiserial: 'rank-biserial',
  p: 'p',
  pHolm: 'p (Holm)',
} as const satisfies Readonly<Record<keyof typeof DIFFERENCE_TEXTS, string>>;

/** The same for people. `none`: where there is no difference, or no interval of it; `titles`: of the columns that are shown. */
export function differenceTexts<Row>(
  differenceOf: (row: Row) => Corrected | null | undefined,
  none: string,
  titles: Partial<Record<keyof typeof DIFFERENCE_TEXTS, string>> = DIFFERENCE_TITLES,
): TableColumn<Row, string>[] {
  return namesOf(DIFFERENCE_TEXTS).flatMap((name) => {
    const title = titles[name];
    if (title === undefined) return [];
    const text = (row: Row) => {
      const difference = differenceOf(row);
      return (difference && DIFFERENCE_TEXTS[name](difference)) ?? none;
    };
    return [[title, text] as const];
  });
}

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

/** "92.31 ± 0.42 %"; "99.50 % (≥ 98.20 %)" of an interval that 0 or 100 % cuts; without an interval the mean alone. */
export function formatShares(location: Location | null): string {
  return formatLocation(location, (share) => percent(share, 2));
}

export function formatLocation(location: Location | null, format: (value: number) => string): string {
  if (!location) return '–';
  const { mean, interval } = location;
  if (!interval) return format(mean);
  const [low, high] = interval;
  const [below, above] = [mean - low, high - mean];
  if (Math.abs(above - below) <= 1e-9 * Math.abs(mean))
    return `${format(mean).replace(/ %$/, '')} ± ${format(above)}`;
  if (low === 0 && high === 1) return `${format(mean)} (${format(low)} to ${format(high)})`;
  // The end that is not cut.
  return `${format(mean)} (${below < above ? `≤ ${format(high)}` : `≥ ${format(low)}`})`;
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
