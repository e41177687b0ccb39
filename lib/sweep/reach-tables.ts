/** How soon algorithms become as fit as the reference: as a table that people read, and as reach.csv. */
import { csvText } from '../base/csv.ts';
import { decimals, probability } from '../base/format.ts';
import { gridText } from './cells.ts';
import type { Reach } from './reach.ts';
import type { Sweep } from './schema.ts';
import type { TextTable } from './text-table.ts';

export function reachTitle({ reference }: Sweep): string {
  return `Evaluations until as fit as ${reference}`;
}

const TARGET_WORDS = { end: 'at its end', half: 'after half its work' } as const;

/** A grid value of a row; over all grid points there is none. */
function valueIn(sweep: Sweep, { point }: Reach, field: string): string {
  return point ? gridText(sweep, point, field) : 'all';
}

export function reachTable(sweep: Sweep, reach: readonly Reach[]): TextTable {
  const { grid } = sweep;
  const ratio = (value: number) => (Number.isFinite(value) ? decimals(value, 2) : '∞');
  return {
    head: [
      ...grid.map(({ field }) => field),
      'algorithm',
      'as fit as the reference',
      'pairs',
      'reached',
      'median ratio',
      '95 % interval',
      'rank-biserial',
      'p',
      'p (Holm)',
    ],
    words: grid.length + 2,
    rows: reach.map((row) => [
      ...grid.map(({ field }) => valueIn(sweep, row, field)),
      row.algorithm,
      TARGET_WORDS[row.target],
      String(row.pairs),
      String(row.reached),
      ratio(row.ratio.median),
      row.ratio.interval?.map(ratio).join(' … ') ?? '–',
      decimals(row.test.rankBiserial, 2),
      probability(row.test.pValue),
      probability(row.correctedP),
    ]),
  };
}

/** Explanations below the table. */
export function reachNotes({ reference, grid }: Sweep): string[] {
  const all =
    grid.length > 0
      ? ' Over all grid points, each seed counts once, with the median of its ratios there; the number of pairs is that of the runs.'
      : '';
  return [
    `Evaluations, and flips if both flip bits, until an algorithm’s best mask is as fit on training data as that of ${reference} was, at its end or after half of its work, over the evaluations of ${reference} until then; paired by seed. A ratio of 0.5 is half as many. Where the algorithm never was as fit, within its own budget, the ratio is infinite. Median with its 95 % interval by order statistics; p: Wilcoxon’s signed-rank test of the logarithms, two-sided; then with Holm’s correction over all rows.${all}`,
  ];
}

/** reach.csv: the table in full precision. */
export function reachCsv(sweep: Sweep, reach: readonly Reach[]): string {
  const { grid } = sweep;
  const head = [
    ...grid.map(({ field }) => field),
    'algorithm',
    'reference',
    'target',
    'unit',
    'pairs',
    'reached',
    'ratioMedian',
    'ratioLow',
    'ratioHigh',
    'rankBiserial',
    'p',
    'pHolm',
  ];
  const rows = reach.map((row) => [
    ...grid.map(({ field }) => valueIn(sweep, row, field)),
    row.algorithm,
    row.reference,
    row.target,
    row.unit,
    row.pairs,
    row.reached,
    row.ratio.median,
    row.ratio.interval?.[0],
    row.ratio.interval?.[1],
    row.test.rankBiserial,
    row.test.pValue,
    row.correctedP,
  ]);
  return csvText(head, rows);
}
