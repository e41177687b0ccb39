/** The final population: fitness against sparsity. */
import { group, mean } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { at } from '../../base/at.ts';
import { whole } from '../../base/format.ts';
import { isFigure, type Objective, ORIGINS, type Origin } from '../../search/individual.ts';
import type { RunSummary } from '../summary.ts';
import { type MacroAverages, macroAverageOf, OBJECTIVE_NAMES } from '../text/objective.ts';
import { drawChart, lookOf, RING, sparsityAxis, upwards } from './chart.ts';
import { linearAxis, lossAxis, span } from './domain.ts';
import type { Figure } from './figure.ts';
import { originColor } from './history-figures.ts';
import { shapeOf } from './marker.ts';

/** An individual of the final population, on training data: shares in 0..1, mean loss in nats; null: not computed. */
export interface Survivor {
  readonly accuracy: number;
  readonly loss: number | null;
  /** Mean over the classes of the objective's figure. */
  readonly macroAverage: number | null;
  readonly sparsity: number;
  readonly origin: Origin;
  /** The generation it was born in. */
  readonly born: number;
}

/** Individuals closer than this share of an axis are drawn as one point. */
const CELLS = 48;

interface Point extends Pick<Survivor, 'sparsity' | 'origin'> {
  readonly fitness: number;
  readonly count: number;
}

type Ticket = Pick<Point, 'sparsity' | 'fitness'>;

/**
 * Survivors by sparsity and fitness, and where pruning took the best; without a summary the run is not over. Null if none
 * has a finite fitness.
 */
export async function populationFigure(
  population: readonly Survivor[],
  objective: Objective,
  summary?: Pick<RunSummary, 'sparsity' | 'trainAccuracy' | 'trainLoss'> & MacroAverages,
): Promise<Figure | null> {
  const byLoss = objective === 'cross-entropy';
  const byAverage = isFigure(objective);
  const fitnessOf = (one: Survivor) => (byLoss ? one.loss : byAverage ? one.macroAverage : one.accuracy);
  const points = gather(population, fitnessOf);
  if (points.length === 0) return null;
  const ticket = summary && ticketOf(summary, objective);
  const present = ORIGINS.filter((origin) => points.some((point) => point.origin === origin));
  const missing = population.length - points.reduce((sum, { count }) => sum + count, 0);
  return {
    id: 'population',
    title: summary ? 'Final population' : 'Population',
    legend: [
      ...present.map((origin) => ({
        label: origin,
        color: originColor(origin),
        mark: { shape: shapeOf(ORIGINS.indexOf(origin)) },
      })),
      ...(ticket ? [{ label: 'ticket, pruned', color: 'var(--ink)', mark: 'ring' } as const] : []),
    ],
    drawing: await drawChart(chartOf(points, ticket, objective), 320),
    caption:
      `${population.length === 1 ? 'The only survivor of the last generation.' : `The ${whole(population.length)} survivors of the last generation; a larger point is several individuals.`} ` +
      `Better is further ${byLoss ? 'down' : 'up'}, sparser further right. ` +
      (ticket ? 'The ring is the ticket: the best mask after the pruning pass.' : '') +
      (missing > 0
        ? ` ${whole(missing)} without a finite loss ${missing === 1 ? 'is' : 'are'} not shown.`
        : ''),
  };
}

/** Undefined where it has no finite fitness. */
function ticketOf(
  summary: NonNullable<Parameters<typeof populationFigure>[2]>,
  objective: Objective,
): Ticket | undefined {
  const { sparsity, trainAccuracy, trainLoss } = summary;
  const average = macroAverageOf(objective, summary);
  const fitness = objective === 'cross-entropy' ? trainLoss : (average?.train ?? trainAccuracy);
  return fitness === null ? undefined : { sparsity, fitness };
}

function chartOf(points: readonly Point[], ticket: Ticket | undefined, objective: Objective): TopLevelSpec {
  const tickets = ticket ? [ticket] : [];
  const fitness = [...points, ...tickets].map((point) => point.fitness);
  const byLoss = objective === 'cross-entropy';
  const figure = byLoss || isFigure(objective) ? objective : 'accuracy';
  const title = `${OBJECTIVE_NAMES[figure]} on training data${byLoss ? ', nats' : ''}`;
  const x = linearAxis(
    [...points, ...tickets].map((point) => point.sparsity),
    0.02,
    [0, 1],
  );
  const y = byLoss ? lossAxis(fitness) : linearAxis(fitness, 0.005, [0, 1]);
  return {
    layer: [
      {
        data: { values: [...points] },
        mark: { type: 'point', filled: true, opacity: 0.8, stroke: 'var(--surface)', strokeWidth: 0.6 },
        encoding: {
          size: {
            field: 'count',
            type: 'quantitative',
            scale: { domain: [1, Math.max(20, span(points.map(({ count }) => count))[1])], range: [40, 500] },
            legend: null,
          },
          fill: lookOf('origin', ORIGINS, originColor),
          shape: lookOf('origin', ORIGINS, (_, index) => shapeOf(index)),
        },
      },
      {
        data: { values: tickets },
        mark: { ...RING, stroke: 'var(--ink)', size: 160, strokeWidth: 2 },
      },
    ],
    encoding: {
      x: sparsityAxis(x),
      y: { field: 'fitness', ...upwards(y, byLoss ? 'number' : 'percent', title) },
    },
  };
}

/** Counts individuals of one origin that fall into the same cell, at the mean of their positions. */
function gather(population: readonly Survivor[], fitnessOf: (one: Survivor) => number | null): Point[] {
  const finite = population.flatMap((one) => {
    const fitness = fitnessOf(one);
    return fitness === null ? [] : { sparsity: one.sparsity, fitness, origin: one.origin };
  });
  const sparsities = span(finite.map(({ sparsity }) => sparsity));
  const fitnesses = span(finite.map(({ fitness }) => fitness));
  const cells = group(
    finite,
    ({ sparsity, fitness, origin }) =>
      `${cellOf(sparsity, sparsities)} ${cellOf(fitness, fitnesses)} ${origin}`,
  );
  return [...cells.values()]
    .map((cell) => ({
      sparsity: mean(cell, ({ sparsity }) => sparsity) ?? 0,
      fitness: mean(cell, ({ fitness }) => fitness) ?? 0,
      origin: at(cell, 0).origin,
      count: cell.length,
    }))
    .sort((a, b) => b.count - a.count);
}

function cellOf(value: number, [low, high]: readonly [number, number]): number {
  return high > low ? Math.round(((value - low) / (high - low)) * CELLS) : 0;
}
