/** Learning curves of a grid point. */
import type { TopLevelSpec } from 'vega-lite';
import { counted, duration, money, nats, percent } from '../base/format.ts';
import { drawChart, LOGARITHMIC, upwards } from '../report/figures/chart.ts';
import { linearAxis, lossAxis, span } from '../report/figures/domain.ts';
import type { Figure } from '../report/figures/figure.ts';
import { bandLayer, lineLayer } from './bands.ts';
import { type BandPoint, bandAt, commonWork, isLine, type Measure, type Unit } from './curves.ts';
import { type FigureContext, legendOfAlgorithms, placeTitle } from './figures.ts';

export interface Curves {
  readonly algorithm: string;
  readonly band: readonly BandPoint[];
}

const TITLES = { evaluations: 'evaluations, passes', seconds: 'seconds', dollars: 'dollars' } as const;
const AMOUNTS = {
  evaluations: (work: number) => counted(work, 'evaluation or pass', 'evaluations or passes'),
  seconds: duration,
  dollars: money,
} as const;

function written(value: number | undefined, measure: Measure): string {
  return measure === 'accuracy' ? percent(value ?? null, 1) : nats(value ?? null);
}

/** Learning curves: medians as lines, the middle half of the runs as bands. Null where there is nothing to draw. */
export async function curvesFigure(
  place: FigureContext,
  curves: readonly Curves[],
  measure: Measure,
  unit: Unit = 'evaluations',
): Promise<Figure | null> {
  const drawn = curves.filter(({ band }) => isLine(band));
  if (drawn.length === 0) return null;
  const values = drawn.flatMap(({ algorithm, band }) => band.map((point) => ({ algorithm, ...point })));
  const ends = values.flatMap(({ low, high }) => [low, high]);
  const y =
    measure === 'accuracy'
      ? upwards(linearAxis(ends, 0.01, [0, 1]), 'percent', 'accuracy on training data')
      : upwards(lossAxis(ends), 'number', 'cross-entropy on training data, nats');
  const x = {
    field: 'work',
    type: 'quantitative',
    scale: { type: 'log', domain: span(values.map(({ work }) => work)), nice: false },
    axis: {
      title: `${TITLES[unit]}, ${LOGARITHMIC}`,
      tickCount: 6,
      format: unit === 'evaluations' ? '~s' : unit === 'seconds' ? '~g' : '$~g',
      labelOverlap: 'greedy',
    },
  } as const;
  const bands = { algorithms: place.algorithms, y, middle: 'median' };
  const spec: TopLevelSpec = {
    data: { values },
    layer: [
      bandLayer(bands, { fillOpacity: 0.18 }),
      lineLayer(bands, { strokeWidth: 2, strokeJoin: 'round' }),
    ],
    encoding: { x },
  };
  const present = drawn.map(({ algorithm }) => algorithm);
  const work = commonWork(drawn.map(({ band }) => band));
  const reached = drawn.map(({ algorithm, band }) => {
    const point = bandAt(band, work);
    const [low, middle, high] = [point?.low, point?.median, point?.high].map((value) =>
      written(value, measure),
    );
    return `${algorithm} ${point ? `${middle} (${low} to ${high})` : 'not begun'}`;
  });
  return {
    id: unit === 'evaluations' ? `${measure}-curves-${place.id}` : `${measure}-${unit}-${place.id}`,
    title: placeTitle(place, `Best ${measure === 'accuracy' ? 'accuracy' : 'cross-entropy'} by ${unit}`),
    legend: legendOfAlgorithms(place, present, 'line'),
    drawing: await drawChart(spec, 320),
    caption: `At ${AMOUNTS[unit](work)}, where the shortest line ends: ${reached.join(', ')}.`,
  };
}
