/** Figures over the generations: accuracy, loss, sparsity, and where the survivors came from. */
import type { TopLevelSpec } from 'vega-lite';
import { type HistoryRow, survivorsFrom } from '../../algorithms/parts/history-row.ts';
import { nats, percent, whole } from '../../base/format.ts';
import {
  isMacroAverage,
  type MacroAverage,
  type Objective,
  ORIGINS,
  type Origin,
} from '../../search/individual.ts';
import { OBJECTIVE_NAMES } from '../text/objective.ts';
import { axisOf, drawChart, scaleOf } from './chart.ts';
import { type Axis, linearAxis, lossAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { DASHES, type LegendEntry } from './marker.ts';
import { stretches, thin } from './thinning.ts';

const HEIGHT = 290;

/** How survivors of an origin were bred. */
const BRED: Readonly<Record<Origin, string>> = {
  start: 'the random first population',
  recombination: 'recombination of two parents',
  mutation: 'mutation of one',
  migration: 'random migrants',
  sampling: 'samples of what the search has learned',
  improvement: 'masks improved flip by flip',
};

type Column = keyof HistoryRow;

/** One layer of a layered chart. */
type Layer = Extract<TopLevelSpec, { layer: unknown[] }>['layer'][number];

interface Series {
  /** Lines from back to front. */
  readonly lines: readonly { column: Column; name: string; mark: 'line' | 'dashed' | 'dotted' }[];
  /** An area between two columns, behind the lines. */
  readonly band?: { readonly low: Column; readonly high: Column; readonly name: string };
  readonly axis: Axis;
  /** Unit of the vertical axis's labels. */
  readonly unit: 'percent' | 'number';
}

const LINE_COLORS = { line: 'var(--best)', dashed: 'var(--mean)', dotted: 'var(--muted)' } as const;
const BAND_COLOR = 'var(--band)';

/** The figures that the rows can fill: none with fewer than two generations. Rows in order of generation. */
export async function historyFigures(
  history: readonly HistoryRow[],
  objective: Objective,
): Promise<Figure[]> {
  if (history.length < 2) return [];
  const figures = [await accuracyFigure(history, objective)];
  if (isMacroAverage(objective)) figures.push(await macroAverageFigure(history, objective));
  if (history.some(({ bestLoss }) => bestLoss !== null)) figures.push(await lossFigure(history));
  figures.push(await sparsityFigure(history), await originsFigure(history));
  return figures;
}

async function accuracyFigure(history: readonly HistoryRow[], objective: Objective): Promise<Figure> {
  // By another objective, the best individual need not be the most accurate: the worst is a line, not a band's edge.
  const ranked = objective === 'accuracy';
  const axis = linearAxis(valuesOf(history, ['bestAccuracy', 'meanAccuracy', 'worstAccuracy']), 0.01, [0, 1]);
  const series: Series = {
    lines: [
      ...(ranked ? [] : [{ column: 'worstAccuracy', name: 'lowest', mark: 'dotted' } as const]),
      { column: 'meanAccuracy', name: 'mean', mark: 'dashed' },
      { column: 'bestAccuracy', name: 'best individual', mark: 'line' },
    ],
    ...(ranked ? { band: { low: 'worstAccuracy', high: 'bestAccuracy', name: 'all survivors' } } : {}),
    axis,
    unit: 'percent',
  };
  const first = history[0]?.bestAccuracy ?? 0;
  const last = history.at(-1)?.bestAccuracy ?? 0;
  const since = history.find(({ bestAccuracy }) => bestAccuracy === last)?.generation ?? 0;
  return {
    id: 'accuracy',
    title: 'Accuracy by generation',
    legend: legendOf(series),
    drawing: await drawSeries(history, series, 'accuracy'),
    caption:
      `Share of the training data that the survivors classify correctly. ` +
      `The best individual begins at ${percent(first)} and ends at ${percent(last)}` +
      (first === last ? '.' : `, first reached in generation ${whole(since)}.`) +
      (ranked ? '' : ` It is the best by ${OBJECTIVE_NAMES[objective]}, so others may be more accurate.`),
  };
}

/** What the classes' figure is that the objective takes the mean of. */
const MACRO_AVERAGE_TEXTS: Readonly<Record<MacroAverage, string>> = {
  'balanced-accuracy': 'the share of the class that is classified correctly (its recall)',
  'macro-f1': 'F1, the harmonic mean of precision and recall',
};

async function macroAverageFigure(history: readonly HistoryRow[], objective: MacroAverage): Promise<Figure> {
  const columns = ['bestMacroAverage', 'meanMacroAverage', 'worstMacroAverage'] as const;
  const series: Series = {
    lines: [
      { column: 'meanMacroAverage', name: 'mean', mark: 'dashed' },
      { column: 'bestMacroAverage', name: 'best individual', mark: 'line' },
    ],
    band: { low: 'worstMacroAverage', high: 'bestMacroAverage', name: 'all survivors' },
    axis: linearAxis(valuesOf(history, columns), 0.01, [0, 1]),
    unit: 'percent',
  };
  const name = OBJECTIVE_NAMES[objective];
  const best = history.map(({ bestMacroAverage }) => bestMacroAverage ?? 0);
  return {
    id: objective,
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)} by generation`,
    legend: legendOf(series),
    drawing: await drawSeries(history, series, objective),
    caption:
      `Mean over the classes of ${MACRO_AVERAGE_TEXTS[objective]}, on training data: the fitness of this search. ` +
      `The best individual goes from ${percent(best[0] ?? 0)} to ${percent(best.at(-1) ?? 0)}.`,
  };
}

async function lossFigure(history: readonly HistoryRow[]): Promise<Figure> {
  const axis = lossAxis(valuesOf(history, ['bestLoss', 'meanLoss', 'worstLoss']));
  const series: Series = {
    lines: [
      { column: 'meanLoss', name: 'mean', mark: 'dashed' },
      { column: 'bestLoss', name: 'best individual', mark: 'line' },
    ],
    band: { low: 'bestLoss', high: 'worstLoss', name: 'all survivors' },
    axis,
    unit: 'number',
  };
  const losses = history.flatMap(({ bestLoss }) => (bestLoss === null ? [] : [bestLoss]));
  return {
    id: 'loss',
    title: 'Cross-entropy by generation',
    legend: legendOf(series),
    drawing: await drawSeries(history, series, 'loss'),
    caption:
      `Mean cross-entropy per training sample in nats${axis.type === 'log' ? ', on a logarithmic scale' : ''}; ` +
      `lower is better. The best individual goes from ${nats(losses[0] ?? null)} ` +
      `to ${nats(losses.at(-1) ?? null)}.`,
  };
}

async function sparsityFigure(history: readonly HistoryRow[]): Promise<Figure> {
  const series: Series = {
    lines: [
      { column: 'meanSparsity', name: 'mean', mark: 'dashed' },
      { column: 'bestSparsity', name: 'best individual', mark: 'line' },
    ],
    band: { low: 'minSparsity', high: 'maxSparsity', name: 'all survivors' },
    axis: linearAxis(valuesOf(history, ['bestSparsity', 'minSparsity', 'maxSparsity']), 0.02, [0, 1]),
    unit: 'percent',
  };
  return {
    id: 'sparsity',
    title: 'Sparsity by generation',
    legend: legendOf(series),
    drawing: await drawSeries(history, series, 'sparsity'),
    caption:
      'Share of the prunable weights that the survivors prune. Among equally fit masks the sparser ones survive; ' +
      `the best individual ends at ${percent(history.at(-1)?.bestSparsity ?? 0)}, before the pruning pass.`,
  };
}

async function originsFigure(history: readonly HistoryRow[]): Promise<Figure> {
  const origins = ORIGINS.filter((origin) => history.some((row) => survivorsFrom(row, origin) !== undefined));
  // Counts flicker from generation to generation: means over stretches show where they go.
  const values = stretches(history, 120).flatMap((rows, index, all) => {
    let low = 0;
    return origins.map((origin) => {
      const counts = rows.map((row) => survivorsFrom(row, origin) ?? 0);
      const high = low + counts.reduce((sum, count) => sum + count, 0) / rows.length;
      const middle = index === 0 ? 0 : index === all.length - 1 ? rows.length - 1 : rows.length >> 1;
      const area = { generation: rows[middle]?.generation, origin, low, high };
      low = high;
      return area;
    });
  });
  const total = Math.max(1, ...values.map(({ high }) => high));
  const spec: TopLevelSpec = {
    data: { values },
    mark: { type: 'area', stroke: 'var(--surface)', strokeWidth: 0.6 },
    encoding: {
      x: generationAxis(history),
      y: {
        field: 'low',
        type: 'quantitative',
        scale: { domain: [0, total], nice: false },
        axis: { title: null, tickMinStep: 1, tickCount: 5 },
      },
      y2: { field: 'high' },
      color: {
        field: 'origin',
        type: 'nominal',
        legend: null,
        scale: { domain: [...origins], range: origins.map(originColor) },
      },
    },
  };
  return {
    id: 'origins',
    title: 'Where the survivors came from',
    legend: origins.map((origin) => ({ label: origin, color: originColor(origin), mark: 'band' })),
    drawing: await drawChart(spec, HEIGHT),
    caption:
      `Survivors of each generation by the way they were bred, counted from the bottom: ${listed(origins.map((origin) => BRED[origin]))}.` +
      (history.length > 240 ? ' Means over stretches of generations.' : ''),
  };
}

function listed(texts: readonly string[]): string {
  return texts.length < 3 ? texts.join(' and ') : `${texts.slice(0, -1).join(', ')}, and ${texts.at(-1)}`;
}

/** The colour of an origin, in every figure. */
export function originColor(origin: Origin): string {
  return `var(--${origin})`;
}

function drawSeries(history: readonly HistoryRow[], { lines, band, axis, unit }: Series, name: string) {
  const columns = [...lines.map(({ column }) => column), ...(band ? [band.low, band.high] : [])];
  const drawn = [...new Set(columns)];
  const rows = thin(
    history,
    drawn.map((column) => (row: HistoryRow) => row[column] ?? null),
  );
  const values = rows.map((row) =>
    Object.fromEntries([['generation', row.generation], ...drawn.map((column) => [column, row[column]])]),
  );
  const x = generationAxis(history);
  const y = {
    type: 'quantitative',
    scale: scaleOf(axis),
    title: null,
    axis: axisOf(axis, unit),
  } as const;
  const area: Layer[] = band
    ? [
        {
          mark: { type: 'area', color: BAND_COLOR },
          encoding: { x, y: { field: band.low, ...y }, y2: { field: band.high } },
        },
      ]
    : [];
  const strokes = lines.map(
    ({ column, mark }): Layer => ({
      mark: {
        type: 'line',
        color: LINE_COLORS[mark],
        strokeWidth: mark === 'line' ? 2 : 1.6,
        strokeDash: [...DASHES[mark]],
        strokeJoin: 'round',
      },
      encoding: { x, y: { field: column, ...y } },
    }),
  );
  const spec: TopLevelSpec = { name, data: { values }, layer: [...area, ...strokes] };
  return drawChart(spec, HEIGHT);
}

function legendOf({ lines, band }: Series): LegendEntry[] {
  return [
    ...lines.map(({ name, mark }) => ({ label: name, color: LINE_COLORS[mark], mark })).reverse(),
    ...(band ? [{ label: band.name, color: BAND_COLOR, mark: 'band' } as const] : []),
  ];
}

function generationAxis(history: readonly HistoryRow[]) {
  const domain = [history[0]?.generation ?? 0, history.at(-1)?.generation ?? 0];
  return {
    field: 'generation',
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: { title: 'generation', format: ',d', tickMinStep: 1, tickCount: 6 },
  } as const;
}

function* valuesOf(history: readonly HistoryRow[], columns: readonly Column[]): Generator<number | null> {
  for (const row of history) {
    for (const column of columns) yield row[column] ?? null;
  }
}
