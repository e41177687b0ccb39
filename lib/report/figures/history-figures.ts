/**
 * Figures over the generations: accuracy, loss, sparsity, and where the survivors came from. Of a search that flips single
 * bits, over the flips: what it minimises comes first, and all survivors come from one place.
 */
import type { TopLevelSpec } from 'vega-lite';
import { type HistoryRow, survivorsFrom } from '../../algorithms/parts/history-row.ts';
import { capitalized } from '../../base/capitalized.ts';
import { decimals, nats, percent, whole } from '../../base/format.ts';
import {
  isFigure,
  type MacroAverage,
  type Objective,
  ORIGINS,
  type Origin,
} from '../../search/individual.ts';
import type { OWN } from '../../search/own-code.ts';
import { OBJECTIVE_NAMES } from '../text/objective.ts';
import { countAxis, drawChart, lookOf, upwards } from './chart.ts';
import { type Axis, linearAxis, lossAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { drawLines, type Line, legendOf } from './lines.ts';
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
type Quantity = 'Accuracy' | 'Loss' | 'MacroAverage' | 'Sparsity';

const FLIPS_TITLE = 'flips considered, over all starts';

interface Series extends Pick<Figure, 'id' | 'title' | 'caption'> {
  /** Its mean and its best individual are lines. */
  readonly quantity: Quantity;
  /** Columns that a band connects, or the one that is a line behind the others. */
  readonly survivors: readonly [low: Column, high: Column] | readonly [lowest: Column];
  readonly axis: Axis;
  readonly unit: 'percent' | 'number';
}

/** The figures that the rows can fill: none with fewer than two generations. Rows in order of generation. */
export async function historyFigures(history: readonly HistoryRow[], objective: Objective) {
  if (history.length < 2) return [];
  const flipped = flips(history);
  const series = [
    accuracySeries(history, objective),
    ...(isFigure(objective) ? [macroAverageSeries(history, objective)] : []),
    ...(history.some(({ bestLoss }) => bestLoss !== null) ? [lossSeries(history, objective)] : []),
    sparsitySeries(history),
  ];
  const figures = series.map((one) => seriesFigure(history, one));
  if (history[0]?.hypervolume !== undefined) figures.push(hypervolumeFigure(history));
  return Promise.all(flipped ? [costFigure(history), ...figures] : [...figures, originsFigure(history)]);
}

/** Whether the history counts flips of single bits. */
function flips(history: readonly HistoryRow[]): boolean {
  return history[0]?.flips !== undefined;
}

/** Ends titles. */
function byWhat(history: readonly HistoryRow[]): string {
  return flips(history) ? 'by flips' : 'by generation';
}

async function hypervolumeFigure(history: readonly HistoryRow[]): Promise<Figure> {
  const volumes = history.flatMap(({ hypervolume }) => hypervolume ?? []);
  const chart = {
    rows: thin(history, [({ hypervolume = null }) => hypervolume]),
    x: workAxis(history),
    y: upwards(linearAxis(volumes, 0.02, [0, 1]), 'number'),
    lines: [{ field: 'hypervolume', name: 'survivors', mark: 'line' }] satisfies Line[],
    height: HEIGHT,
  };
  return {
    id: 'hypervolume',
    title: 'Hypervolume by generation',
    legend: legendOf(chart),
    drawing: await drawLines(chart, 'hypervolume'),
    caption: `What the survivors cover of the space of the objectives, each from 0 to 1: from ${decimals(volumes[0] ?? 0, 3)} to ${decimals(volumes.at(-1) ?? 0, 3)}.`,
  };
}

async function costFigure(history: readonly HistoryRow[]): Promise<Figure> {
  const axis = lossAxis(valuesOf(history, ['bestCost']));
  const costs = history.flatMap(({ bestCost }) => bestCost ?? []);
  const chart = {
    rows: thin(history, [({ bestCost = null }) => bestCost]),
    x: workAxis(history),
    y: upwards(axis, 'number'),
    lines: [{ field: 'bestCost', name: 'best mask', mark: 'line' }] satisfies Line[],
    height: HEIGHT,
  };
  return {
    id: 'cost',
    title: 'Cost by flips',
    legend: legendOf(chart),
    drawing: await drawLines(chart, 'cost'),
    caption:
      `What the search minimises, on all training data: the objective, less is better, and λ times the share of weights that are kept. ` +
      `The best mask goes from ${nats(costs[0] ?? null)} to ${nats(costs.at(-1) ?? null)}.`,
  };
}

function ranksByAccuracy(objective: Objective): boolean {
  return objective === 'accuracy' || objective === 'accuracy-then-cross-entropy';
}

function accuracySeries(history: readonly HistoryRow[], objective: Objective): Series {
  // By another objective, the best individual need not be the most accurate: the worst is a line, not a band's edge.
  const flipped = flips(history);
  const ranked = !flipped && ranksByAccuracy(objective);
  const [first, last] = endsOf(history, 'bestAccuracy');
  const since = history.find(({ bestAccuracy }) => bestAccuracy === last);
  const reached = flipped
    ? `after ${whole(since?.flips ?? 0)} flips`
    : `in generation ${whole(since?.generation ?? 0)}`;
  return {
    id: 'accuracy',
    title: `Accuracy ${byWhat(history)}`,
    quantity: 'Accuracy',
    survivors: ranked ? ['worstAccuracy', 'bestAccuracy'] : ['worstAccuracy'],
    axis: linearAxis(valuesOf(history, ['bestAccuracy', 'meanAccuracy', 'worstAccuracy']), 0.01, [0, 1]),
    unit: 'percent',
    caption:
      `Share of the training data that the survivors classify correctly. ` +
      `The best individual begins at ${percent(first)} and ends at ${percent(last)}` +
      (first === last ? '.' : `, first reached ${reached}.`) +
      (ranked
        ? ''
        : ` It is the best by ${flipped ? 'its cost' : OBJECTIVE_NAMES[objective]}, so others may be more accurate.`),
  };
}

/** The objective in words. */
const MACRO_AVERAGE_TEXTS: Readonly<Record<MacroAverage | typeof OWN, string>> = {
  'balanced-accuracy':
    'Mean over the classes of the share of the class that is classified correctly (its recall)',
  'macro-f1': 'Mean over the classes of F1, the harmonic mean of precision and recall',
  own: 'What the objective of the program says of the masks, from 0 to 1',
};

function macroAverageSeries(history: readonly HistoryRow[], objective: MacroAverage | typeof OWN): Series {
  const columns = ['bestMacroAverage', 'meanMacroAverage', 'worstMacroAverage'] as const;
  const [first, last] = endsOf(history, 'bestMacroAverage');
  return {
    id: objective,
    title: `${capitalized(OBJECTIVE_NAMES[objective])} ${byWhat(history)}`,
    quantity: 'MacroAverage',
    survivors: flips(history) ? ['worstMacroAverage'] : ['worstMacroAverage', 'bestMacroAverage'],
    axis: linearAxis(valuesOf(history, columns), 0.01, [0, 1]),
    unit: 'percent',
    caption:
      `${MACRO_AVERAGE_TEXTS[objective]}, on training data: the fitness of this search. ` +
      `The best individual goes from ${percent(first)} to ${percent(last)}.`,
  };
}

function lossSeries(history: readonly HistoryRow[], objective: Objective): Series {
  const axis = lossAxis(valuesOf(history, ['bestLoss', 'meanLoss', 'worstLoss']));
  const losses = history.flatMap(({ bestLoss }) => bestLoss ?? []);
  return {
    id: 'loss',
    title: `Cross-entropy ${byWhat(history)}`,
    quantity: 'Loss',
    survivors: objective === 'cross-entropy' && !flips(history) ? ['bestLoss', 'worstLoss'] : ['worstLoss'],
    axis,
    unit: 'number',
    caption:
      `Mean cross-entropy per training sample in nats${axis.type === 'log' ? ', on a logarithmic scale' : ''}; ` +
      `lower is better. The best individual goes from ${nats(losses[0] ?? null)} ` +
      `to ${nats(losses.at(-1) ?? null)}.`,
  };
}

function sparsitySeries(history: readonly HistoryRow[]): Series {
  const [, last] = endsOf(history, 'bestSparsity');
  return {
    id: 'sparsity',
    title: `Sparsity ${byWhat(history)}`,
    quantity: 'Sparsity',
    survivors: ['minSparsity', 'maxSparsity'],
    axis: linearAxis(valuesOf(history, ['bestSparsity', 'minSparsity', 'maxSparsity']), 0.02, [0, 1]),
    unit: 'percent',
    caption:
      'Share of the prunable weights that the survivors prune. ' +
      (flips(history)
        ? 'Each kept weight has a price, and multiples of it lead to the other masks of the front; '
        : 'Among equally fit masks the sparser ones survive; ') +
      `the best individual ends at ${percent(last)}, before the pruning pass.`,
  };
}

async function seriesFigure(history: readonly HistoryRow[], series: Series): Promise<Figure> {
  const { id, title, caption, quantity, survivors, axis, unit } = series;
  const [low, high] = survivors;
  const best = { field: `best${quantity}`, name: 'best individual', mark: 'line' } as const;
  const mean = { field: `mean${quantity}`, name: 'mean', mark: 'dashed' } as const;
  const lines: Line[] = high
    ? [mean, best]
    : [{ field: low, name: quantity === 'Loss' ? 'highest' : 'lowest', mark: 'dotted' }, mean, best];
  const drawn = [best.field, mean.field, ...survivors].map(
    (column) => (row: HistoryRow) => row[column] ?? null,
  );
  const chart = {
    rows: thin(history, drawn),
    x: workAxis(history),
    y: upwards(axis, unit),
    lines,
    band: high && { low, high, name: 'all survivors' },
    height: HEIGHT,
  };
  return { id, title, legend: legendOf(chart), drawing: await drawLines(chart, id), caption };
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
      color: lookOf('origin', origins, originColor),
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

function workAxis(history: readonly HistoryRow[]) {
  return flips(history) ? countAxis('flips', endsOf(history, 'flips'), FLIPS_TITLE) : generationAxis(history);
}

function generationAxis(history: readonly HistoryRow[]) {
  return countAxis('generation', endsOf(history, 'generation'));
}

function endsOf(history: readonly HistoryRow[], column: Column): [first: number, last: number] {
  return [history[0]?.[column] ?? 0, history.at(-1)?.[column] ?? 0];
}

function* valuesOf(history: readonly HistoryRow[], columns: readonly Column[]): Generator<number | null> {
  for (const row of history) {
    for (const column of columns) yield row[column] ?? null;
  }
}
