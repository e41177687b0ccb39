/** How soon algorithms become as fit as the reference: as a table that people read, and as reach.csv. */
import { decimals, probability } from '../base/format.ts';
import { columnsCsv, columnsTable, gridColumns, type TableColumn } from './columns.ts';
import type { Reach } from './reach.ts';
import type { Sweep } from './schema.ts';
import type { TextTable } from './text-table.ts';

export function reachTitle({ reference }: Sweep): string {
  return `Evaluations until as fit as ${reference}`;
}

const TARGET_WORDS = { end: 'at its end', half: 'after half its work' } as const;

const ratioText = (value: number) => (Number.isFinite(value) ? decimals(value, 2) : '∞');

const WORDS: readonly TableColumn<Reach, string>[] = [
  ['algorithm', ({ algorithm }) => algorithm],
  ['as fit as the reference', ({ target }) => TARGET_WORDS[target]],
];

const FIGURES: readonly TableColumn<Reach, string>[] = [
  ['pairs', ({ pairs }) => String(pairs)],
  ['reached', ({ reached }) => String(reached)],
  ['median ratio', ({ ratio }) => ratioText(ratio.median)],
  ['95 % interval', ({ ratio }) => ratio.interval?.map(ratioText).join(' … ') ?? '–'],
  ['rank-biserial', ({ test }) => decimals(test.rankBiserial, 2)],
  ['p', ({ test }) => probability(test.pValue)],
  ['p (Holm)', ({ correctedP }) => probability(correctedP)],
];

export function reachTable(sweep: Sweep, reach: readonly Reach[]): TextTable {
  return columnsTable(reach, [...gridColumns<Reach>(sweep, ({ point }) => point), ...WORDS], FIGURES);
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

/** The table for JSON, which has no infinite numbers: those are the word of `reach.csv`. */
export function reachDocument(reach: readonly Reach[]) {
  const written = (value: number) => (Number.isFinite(value) ? value : String(value));
  return reach.map(({ point, ratio: { median, interval }, ...row }) => ({
    ...row,
    ratio: { median: written(median), interval: interval?.map(written) ?? null },
    grid: point?.values ?? null,
  }));
}

/** reach.csv: the table in full precision. */
export function reachCsv(sweep: Sweep, reach: readonly Reach[]): string {
  return columnsCsv<Reach>(reach, [
    ...gridColumns<Reach>(sweep, ({ point }) => point),
    ['algorithm', ({ algorithm }) => algorithm],
    ['reference', ({ reference }) => reference],
    ['target', ({ target }) => target],
    ['unit', ({ unit }) => unit],
    ['pairs', ({ pairs }) => pairs],
    ['reached', ({ reached }) => reached],
    ['ratioMedian', ({ ratio }) => ratio.median],
    ['ratioLow', ({ ratio }) => ratio.interval?.[0]],
    ['ratioHigh', ({ ratio }) => ratio.interval?.[1]],
    ['rankBiserial', ({ test }) => test.rankBiserial],
    ['p', ({ test }) => test.pValue],
    ['pHolm', ({ correctedP }) => correctedP],
  ]);
}
