/** Accuracy against sparsity as fronts: what repeated runs attain. */
import { median } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { duration, money, percent, whole } from '../base/format.ts';
import { drawChart, sparsityAxis, upwards } from '../report/figures/chart.ts';
import { linearAxis } from '../report/figures/domain.ts';
import type { Figure } from '../report/figures/figure.ts';
import { type AttainmentPoint, surfacesOf } from './attainment.ts';
import { bandLayer, lineLayer, markerLayer } from './bands.ts';
import { type FigureContext, legendOfAlgorithms, placeTitle } from './figures.ts';
import { type Group, quantityOf } from './results.ts';

/** Null unless a run of the grid point has a front; a run without one counts with its ticket. */
export async function frontsFigure(place: FigureContext, groups: readonly Group[]): Promise<Figure | null> {
  const surfaces = surfacesOf(groups).map(({ algorithm, points }) => {
    return { algorithm, points, last: points.findLast(({ median }) => median !== null) };
  });
  if (surfaces.length === 0) return null;
  const all = surfaces.flatMap(({ points }) => points);
  const x = linearAxis(
    all.map(({ sparsity }) => sparsity),
    0.02,
    [0, 1],
  );
  const ends = all.flatMap(({ low, median, high }) => [low, median, high]).filter((value) => value !== null);
  const axis = linearAxis(ends, 0.01, [0, 1]);
  const [left] = x.domain;
  const [bottom] = axis.domain;
  const values = surfaces.flatMap(({ algorithm, points }) =>
    fromLeft(points, left).map(({ low, ...point }) => ({ algorithm, ...point, low: low ?? bottom })),
  );
  const y = upwards(axis, 'percent', 'test accuracy');
  const bands = { algorithms: place.algorithms, y, middle: 'median' };
  const spec: TopLevelSpec = {
    data: { values },
    layer: [
      {
        transform: [{ filter: 'datum.high !== null' }],
        ...bandLayer(bands, { fillOpacity: 0.14, interpolate: 'step-before' }),
      },
      {
        transform: [{ filter: 'datum.median !== null' }],
        ...lineLayer(bands, { strokeWidth: 2, interpolate: 'step-before' }),
      },
      {
        data: { values: surfaces.flatMap(({ algorithm, last }) => (last ? [{ algorithm, ...last }] : [])) },
        ...markerLayer(bands, { size: 60, stroke: 'var(--surface)', strokeWidth: 0.6 }),
      },
    ],
    encoding: { x: sparsityAxis(x) },
  };
  const told = surfaces.flatMap(({ algorithm, last }) =>
    last ? [`${algorithm} ${percent(last.median, 1)} at ${percent(last.sparsity, 1)}`] : [],
  );
  return {
    id: `fronts-${place.id}`,
    title: placeTitle(place, 'Fronts: accuracy at least so sparse'),
    legend: legendOfAlgorithms(
      place,
      surfaces.map(({ algorithm }) => algorithm),
      'point',
    ),
    drawing: await drawChart(spec, 320),
    caption: `Where half of the runs still have a ticket, at its sparsest: ${told.join(', ')}. A run takes, at the median: ${groups
      .filter(({ runs }) => runs.length > 0)
      .map(takenBy)
      .join('; ')}.`,
  };
}

/** A surface holds from the left edge on. */
function fromLeft(points: readonly AttainmentPoint[], left: number): AttainmentPoint[] {
  return [...points.slice(0, 1).map((first) => ({ ...first, sparsity: left })), ...points];
}

function takenBy({ algorithm, runs }: Group): string {
  const middle = (quantity: 'evaluations' | 'seconds' | 'dollars') =>
    median(runs, ({ summary }) => quantityOf(summary, quantity)) ?? 0;
  return `${algorithm} ${whole(middle('evaluations'))} evaluations, ${duration(middle('seconds'))}, ${money(middle('dollars'))}`;
}
