/** Ruggedness, neutrality and local optima: rows of a landscape's statistics, means where a row stands for several runs. */
import { group, mean, median } from 'd3-array';
import { decimals, nats, percent, whole } from '../../base/format.ts';
import type { LandscapeStatistics } from '../../landscape/schema.ts';
import { type Html, html } from '../html.ts';
import { numbersTable } from './table.ts';

export interface StatisticsRow {
  readonly name: string;
  readonly figure: LandscapeStatistics['figure'];
  readonly measured: readonly LandscapeStatistics[];
}

/** A row per run of no group, or per group, and figure. */
export function statisticsRows(statistics: readonly LandscapeStatistics[]): StatisticsRow[] {
  const groups = group(
    statistics,
    (one) => (one.group === '' ? one.run : one.group),
    ({ figure }) => figure,
  );
  return [...groups].flatMap(([name, figures]) =>
    [...figures].map(([figure, measured]) => ({ name, figure, measured })),
  );
}

export const STATISTICS_HEADS = [
  'correlation length',
  'neutral flips, random',
  'neutral, optima',
  'accuracy of optima',
  'cross-entropy',
  'kept',
  'flips',
  'distance',
] as const;

/** Cells of a row, as the heads say. Medians over the local optima of a run, means over runs. */
export function statisticsCells({ measured }: StatisticsRow): string[] {
  const over = (of: (one: LandscapeStatistics) => number | null | undefined) =>
    mean(measured, (one) => of(one) ?? undefined) ?? null;
  const optima = (of: (one: LandscapeStatistics['optima'][number]) => number | null) =>
    over((one) => median(one.optima, (optimum) => of(optimum) ?? undefined));
  return [
    lengthText(over(({ correlationLength }) => correlationLength)),
    percent(over(({ neutral }) => neutral)),
    percent(optima(({ neutral }) => neutral)),
    percent(optima(({ accuracy }) => accuracy)),
    nats(optima(({ loss }) => loss)),
    percent(over(({ bits, optima: all }) => (median(all, ({ kept }) => kept) ?? 0) / bits)),
    whole(Math.round(optima(({ flips }) => flips) ?? 0)),
    percent(over(({ distance }) => distance)),
  ];
}

function lengthText(flips: number | null): string {
  if (flips === null) return '–';
  return flips < 100 ? decimals(flips, 1) : whole(Math.round(flips));
}

/** Nothing where it was not measured. */
export function statisticsSection({ statistics }: { readonly statistics: readonly LandscapeStatistics[] }) {
  const rows = statisticsRows(statistics);
  const [first] = statistics;
  if (!first) return html``;
  const named = new Set(rows.map(({ name }) => name)).size > 1;
  const cells = rows.map((row) => [
    named ? `${row.name}, ${row.figure}` : row.figure,
    ...statisticsCells(row),
  ]);
  return html`<section aria-labelledby="statistics">
<h2 id="statistics">Ruggedness and local optima</h2>
${note(statistics)}
${numbersTable(`${whole(first.optima.length)} climbs from random masks by each figure`, ['figure', ...STATISTICS_HEADS], cells)}
</section>`;
}

function note(statistics: readonly LandscapeStatistics[]): Html {
  const runs = new Set(statistics.map(({ run }) => run)).size;
  return html`<p class="note">The correlation length is the number of flips after which a random walk has forgotten its figure. A neutral flip leaves the figure exactly as it is. A climb takes every flip that improves its figure until none does: that mask is a local optimum. Accuracy and cross-entropy of optima are those on training data, kept is their share of the weights, flips are all that a climb considered, and distance is the share of bits in which two optima differ. Medians over the climbs${runs > 1 ? ', means over the runs' : ''}.</p>`;
}
