/** Figures of a sweep, one of each kind for a grid point. */
import { quantile } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { counted } from '../base/format.ts';
import {
  axisOf,
  drawChart,
  lookOf,
  placeLabels,
  scaleOf,
  sparsityAxis,
  upwards,
} from '../report/figures/chart.ts';
import { type Axis, linearAxis, span } from '../report/figures/domain.ts';
import type { Figure } from '../report/figures/figure.ts';
import { classColor, classShape, type LegendEntry } from '../report/figures/marker.ts';
import { shortened, widest } from '../report/text/names.ts';
import type { Group } from './results.ts';

/** The grid point of a figure, and its colours. */
export interface FigureContext {
  /** Unique on the page: letters, digits and hyphens. */
  readonly id: string;
  /** The point in words; empty if it is the only one. */
  readonly title: string;
  /** All algorithms of the sweep, in order: an algorithm has the same colour in every figure. */
  readonly algorithms: readonly string[];
}

/** Runs of one group that are drawn one by one; of more, that many evenly among them by rank. */
const MOST_POINTS = 200;

/** Characters of an algorithm's name that a box plot has room for, and their mean width: Vega guesses too wide. */
const LONGEST_LABEL = 36;
const LABEL_WIDTH = 6.9;

export function placeTitle({ title }: FigureContext, otherwise: string): string {
  return title === '' ? otherwise : title;
}

export const colorsOfAlgorithms = (algorithms: readonly string[]) =>
  lookOf('algorithm', algorithms, (_, index) => classColor(index));

export function legendOfAlgorithms(
  place: FigureContext,
  present: readonly string[],
  mark: 'line' | 'point',
): LegendEntry[] {
  const entries = place.algorithms.map((label, index): LegendEntry => {
    return { label, color: classColor(index), mark: mark === 'line' ? mark : { shape: classShape(index) } };
  });
  return entries.filter(({ label }) => present.includes(label));
}

/** A curve leaves its figure where it is so far below the best one at its lowest: it would press the others together. */
const DEPTH = 0.1;

/** The axis of curves of test accuracy, each with its means, and with the ends of its band. */
export function accuracyAxis(curves: readonly (readonly number[])[], ends: readonly number[]): Axis {
  const floor = Math.max(...curves.map((means) => Math.min(...means))) - DEPTH;
  return linearAxis(
    ends.map((value) => Math.max(floor, value)),
    0.01,
    [0, 1],
  );
}

/** Said where a curve leaves the figure; empty elsewhere. */
export function leavingText({ domain }: Axis, means: readonly number[]): string {
  const leaving = domain[0] > 0 && means.some((value) => value < domain[0]);
  return leaving ? ' A curve far below the others leaves the figure.' : '';
}

/** Box plots of test accuracy, an algorithm a row. Null without a run. */
export async function accuracyFigure(place: FigureContext, groups: readonly Group[]): Promise<Figure | null> {
  const present = groups.filter(({ runs }) => runs.length > 0);
  if (present.length === 0) return null;
  const boxes = present.map(({ algorithm, runs }, row) => {
    const values = runs.map(({ summary }) => summary.testAccuracy);
    const [low, high] = span(values);
    const [lower, median, upper] = [0.25, 0.5, 0.75].map((p) => quantile(values, p));
    return { algorithm, row, low, lower, median, upper, high };
  });
  const points = present.flatMap(({ algorithm, runs }, row) =>
    thinned(runs.map(({ summary }) => summary.testAccuracy)).map((accuracy) => ({
      algorithm,
      row,
      accuracy,
    })),
  );
  const ends = boxes.flatMap(({ low, high }) => [low, high]);
  const axis = linearAxis(ends, 0.01, [0, 1]);
  const names = present.map(({ algorithm }) => shortened(algorithm, LONGEST_LABEL));
  const [fewest, most] = span(present.map(({ runs }) => runs.length));
  const extent = widest(names) * LABEL_WIDTH + 10;
  const y = {
    field: 'row',
    type: 'nominal',
    axis: {
      title: null,
      minExtent: extent,
      maxExtent: extent,
      labelLimit: 0,
      labelExpr: placeLabels(names),
      labelColor: 'var(--ink)',
      grid: false,
    },
  } as const;
  const x = {
    type: 'quantitative',
    scale: scaleOf(axis),
    axis: { ...axisOf(axis, 'percent'), grid: true, domain: false, title: 'test accuracy' },
  } as const;
  const color = colorsOfAlgorithms(place.algorithms);
  const spec: TopLevelSpec = {
    data: { values: boxes },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1.4 },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y, stroke: color },
      },
      {
        mark: { type: 'bar', height: 16, fillOpacity: 0.3, strokeWidth: 1.4 },
        encoding: { x: { field: 'lower', ...x }, x2: { field: 'upper' }, y, fill: color, stroke: color },
      },
      {
        mark: { type: 'tick', size: 16, thickness: 2.6, color: 'var(--ink)' },
        encoding: { x: { field: 'median', ...x }, y },
      },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 14, opacity: 0.8, yOffset: 14 },
        encoding: { x: { field: 'accuracy', ...x }, y, fill: color },
      },
    ],
  };
  return {
    id: `accuracy-${place.id}`,
    title: placeTitle(place, 'Test accuracy'),
    legend: [],
    drawing: await drawChart(spec, 60 + 44 * present.length),
    caption: `${fewest === most ? '' : `${fewest} to `}${counted(most, 'run')} of each.`,
  };
}

function thinned(values: readonly number[]): number[] {
  if (values.length <= MOST_POINTS) return [...values];
  return Array.from({ length: MOST_POINTS }, (_, index) => quantile(values, index / (MOST_POINTS - 1)) ?? 0);
}

/** Test accuracy against sparsity, a point a run. Null without a run. */
export async function sparsityFigure(
  place: FigureContext,
  groups: readonly Pick<Group, 'algorithm' | 'runs'>[],
): Promise<Figure | null> {
  const points = groups.flatMap(({ algorithm, runs }) => {
    const step = Math.ceil(runs.length / MOST_POINTS);
    return runs
      .filter((_, index) => index % step === 0)
      .map(({ summary }) => ({ algorithm, accuracy: summary.testAccuracy, sparsity: summary.sparsity }));
  });
  if (points.length === 0) return null;
  const sparsities = points.map(({ sparsity }) => sparsity);
  const accuracies = points.map(({ accuracy }) => accuracy);
  const spec: TopLevelSpec = {
    data: { values: points },
    mark: { type: 'point', filled: true, size: 55, opacity: 0.8, stroke: 'var(--surface)', strokeWidth: 0.6 },
    encoding: {
      x: sparsityAxis(linearAxis(sparsities, 0.02, [0, 1])),
      y: { field: 'accuracy', ...upwards(linearAxis(accuracies, 0.01, [0, 1]), 'percent', 'test accuracy') },
      fill: colorsOfAlgorithms(place.algorithms),
      shape: lookOf('algorithm', place.algorithms, (_, index) => classShape(index)),
    },
  };
  const present = [...new Set(points.map(({ algorithm }) => algorithm))];
  return {
    id: `sparsity-${place.id}`,
    title: placeTitle(place, 'Accuracy against sparsity'),
    legend: legendOfAlgorithms(place, present, 'point'),
    drawing: await drawChart(spec, 320),
    caption: 'A point is a run. Better is further up, sparser further right.',
  };
}
