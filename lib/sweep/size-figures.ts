/** Test accuracy of nested tickets over their sparsity. */
import type { TopLevelSpec } from 'vega-lite';
import { percent } from '../base/format.ts';
import { drawChart, sparsityAxis, upwards } from '../report/figures/chart.ts';
import { linearAxis } from '../report/figures/domain.ts';
import type { Figure } from '../report/figures/figure.ts';
import { bandLayer, lineLayer, markerLayer } from './bands.ts';
import { accuracyAxis, type FigureContext, leavingText, legendOfAlgorithms, placeTitle } from './figures.ts';
import type { Group } from './results.ts';
import { sizeCurve } from './sizes.ts';

/** Null unless a run of the grid point has a nested ticket. */
export async function sizesFigure(place: FigureContext, groups: readonly Group[]): Promise<Figure | null> {
  const curves = groups
    .map((group) => ({
      algorithm: group.algorithm,
      points: sizeCurve(group),
    }))
    .filter(({ points }) => points.length > 0);
  const values = curves.flatMap(({ algorithm, points }) => points.map((point) => ({ algorithm, ...point })));
  if (values.length === 0) return null;
  const x = linearAxis(
    values.map(({ sparsity }) => sparsity),
    0.02,
    [0, 1],
  );
  const axis = accuracyAxis(
    curves.map(({ points }) => points.map(({ testAccuracy }) => testAccuracy)),
    values.flatMap(({ low, high }) => [low, high]),
  );
  const y = upwards(axis, 'percent', 'test accuracy');
  const bands = { algorithms: place.algorithms, y, middle: 'testAccuracy' };
  const spec: TopLevelSpec = {
    data: { values },
    layer: [
      bandLayer(bands, { fillOpacity: 0.12, clip: true }),
      lineLayer(bands, { strokeWidth: 1.6, clip: true }),
      markerLayer(bands, { size: 30, clip: true }),
    ],
    encoding: { x: sparsityAxis(x) },
  };
  const told = curves.map(({ algorithm, points }) => {
    const last = points.at(-1);
    return `${algorithm} ${percent(last?.testAccuracy ?? null, 1)} at ${percent(last?.sparsity ?? null, 1)}`;
  });
  return {
    id: `sizes-${place.id}`,
    title: placeTitle(place, 'Nested tickets: accuracy at every size'),
    legend: legendOfAlgorithms(
      place,
      curves.map(({ algorithm }) => algorithm),
      'point',
    ),
    drawing: await drawChart(spec, 320),
    caption: `Mean over the runs, with its 95 % confidence interval. At the right end: ${told.join(', ')}.${leavingText(
      axis,
      values.map(({ testAccuracy }) => testAccuracy),
    )}`,
  };
}
