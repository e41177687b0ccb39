/** Accuracy and size of tickets along a field of the grid, a line for each algorithm. */
import { group } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { percent, whole } from '../base/format.ts';
import { acrossAxis, drawChart, upwards } from '../report/figures/chart.ts';
import { type Axis, amountAxis } from '../report/figures/domain.ts';
import type { Figure } from '../report/figures/figure.ts';
import { bandLayer, lineLayer, markerLayer } from './bands.ts';
import { gridTitle } from './columns.ts';
import { accuracyAxis, type FigureContext, leavingText, legendOfAlgorithms } from './figures.ts';
import type { CellSummary, Comparison, Group, Results } from './results.ts';
import type { Sweep } from './schema.ts';
import { locate } from './statistics.ts';
import { type Trend, trendsOf } from './trends.ts';

/** An axis of amounts is logarithmic beyond a decade. */
const DECADE = 10;

/** With commas, also numbers that a logarithmic axis would leave unnamed. */
const EACH_NAMED = { labelExpr: "format(datum.value, ',~r')" } as const;

/** Places that an axis has room to name. */
const MOST_NAMED = 12;

interface Measure {
  readonly id: string;
  readonly title: string;
  readonly axisTitle: string;
  readonly unit: 'percent' | 'number';
  readonly write: (value: number) => string;
  /** Undefined of a run that has no such figure. */
  readonly value: (summary: CellSummary) => number | null | undefined;
  readonly range: readonly [least: number, most: number];
  readonly axis: (curves: readonly (readonly number[])[], ends: readonly number[]) => Axis;
}

const MEASURES: readonly Measure[] = [
  {
    id: 'trend',
    title: 'Test accuracy',
    axisTitle: 'test accuracy',
    unit: 'percent',
    write: (value) => percent(value, 1),
    value: ({ testAccuracy }) => testAccuracy,
    range: [0, 1],
    axis: accuracyAxis,
  },
  {
    id: 'trend-weights',
    title: 'Kept weights',
    axisTitle: 'kept weights',
    unit: 'number',
    write: whole,
    value: ({ keptWeights }) => keptWeights,
    range: [0, Number.POSITIVE_INFINITY],
    axis: (_, ends) => amountAxis(ends, DECADE),
  },
];

/** An algorithm at a place of the axis: mean over its runs, with the 95 % interval. */
interface TrendPoint {
  readonly algorithm: string;
  readonly place: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Of each measure one figure for each trend; none where no field of the grid is an axis. */
export async function trendFigures(
  sweep: Sweep,
  { groups, comparisons }: Pick<Results, 'groups' | 'comparisons'>,
): Promise<Figure[]> {
  const trends = trendsOf(sweep, groups);
  const figures: Figure[] = [];
  for (const measure of MEASURES) {
    const all = trends.map((trend) => ({ trend, points: pointsOf(trend, measure) }));
    for (const [index, { trend, points }] of all.entries()) {
      if (points.length === 0) continue;
      const place: FigureContext = {
        id: String(index),
        title: gridTitle(sweep, trend.others),
        algorithms: sweep.algorithms.map(({ name }) => name),
      };
      // Figures along the same field can be compared: they share their axis.
      const alike = all.filter((one) => one.trend.field === trend.field).map((one) => one.points);
      const axis = measure.axis(
        alike.flatMap((own) => [...group(own, ({ algorithm }) => algorithm).values()].map(meansOf)),
        alike.flat().flatMap(({ low, high }) => [low, high]),
      );
      const figure = await trendFigure(place, trend, measure, points, axis);
      const told = measure.id === 'trend' ? levelText(sweep, trend, comparisons) : '';
      figures.push({ ...figure, caption: `${figure.caption}${told}` });
    }
  }
  return figures;
}

const meansOf = (points: readonly TrendPoint[]) => points.map((point) => point.mean);

function pointsOf({ stops }: Trend<Group>, { value, range }: Measure): TrendPoint[] {
  return stops.flatMap(({ place, items }) =>
    items.flatMap(({ algorithm, runs }) => {
      const location = locate(
        runs.flatMap(({ summary }) => value(summary) ?? []),
        range,
      );
      if (!location) return [];
      const [low, high] = location.interval ?? [location.mean, location.mean];
      return [{ algorithm, place, mean: location.mean, low, high }];
    }),
  );
}

async function trendFigure(
  place: FigureContext,
  { field, stops }: Trend<Group>,
  { id, title, axisTitle, unit, write }: Measure,
  points: readonly TrendPoint[],
  axis: Axis,
): Promise<Figure> {
  const places = stops.map((stop) => stop.place);
  const across = amountAxis(places, DECADE);
  const named = places.length > MOST_NAMED ? across : { ...across, ticks: places };
  const x = acrossAxis('place', named, 'number', field.title);
  const upward = upwards(axis, unit, axisTitle);
  const y = unit === 'number' ? { ...upward, axis: { ...upward.axis, ...EACH_NAMED } } : upward;
  const bands = { algorithms: place.algorithms, y, middle: 'mean' };
  const reached = new Set(points.flatMap((point) => (point.mean >= axis.domain[0] ? [point.algorithm] : [])));
  const drawn = points.filter(({ algorithm }) => reached.has(algorithm));
  const spec: TopLevelSpec = {
    data: { values: drawn },
    layer: [
      bandLayer(bands, { fillOpacity: 0.14, clip: true }),
      lineLayer(bands, { strokeWidth: 1.6, clip: true }),
      markerLayer(bands, { size: 30, clip: true }),
    ],
    encoding: { x: { ...x, axis: { ...x.axis, tickCount: MOST_NAMED, ...EACH_NAMED } } },
  };
  const present = place.algorithms.filter((name) => points.some(({ algorithm }) => algorithm === name));
  const told = present.flatMap((name) => {
    const own = points.filter(({ algorithm }) => algorithm === name);
    const [first, last] = [own[0], own.at(-1)];
    return first && last ? [`${name} ${write(first.mean)} to ${write(last.mean)}`] : [];
  });
  return {
    id: `${id}-${place.id}`,
    title: [place.title, `${title} by ${field.title}`].filter((part) => part !== '').join(': '),
    legend: legendOfAlgorithms(place, [...reached], 'point'),
    drawing: await drawChart(spec, 320),
    caption: `Mean over the runs, with its 95 % confidence interval. From left to right: ${told.join(', ')}.${leavingText(axis, meansOf(points))}`,
  };
}

/** A place of the axis as its labels have it: a rate may be 0.01. */
const placeText = (place: number) => (Number.isInteger(place) ? whole(place) : String(place));

/** Where each algorithm is first level with the reference, or ahead of it. */
function levelText(
  { reference, algorithms }: Sweep,
  { stops }: Trend<Group>,
  comparisons: readonly Comparison[],
): string {
  const told = algorithms.flatMap(({ name }) => {
    const compared = stops.flatMap(({ place, items }) => {
      const own = items.find(({ algorithm }) => algorithm === name);
      const found = comparisons.find((one) => one.algorithm === name && one.point.index === own?.point.index);
      const high = found?.difference.interval?.[1];
      return high === undefined ? [] : [{ place, level: high >= 0 }];
    });
    if (compared.length === 0) return [];
    const first = compared.find(({ level }) => level);
    return [`${name} ${first ? `at ${placeText(first.place)}` : 'nowhere'}`];
  });
  if (told.length === 0) return '';
  return ` Level with ${reference} or ahead of it, as far as the interval of the difference tells, first: ${told.join(', ')}.`;
}
