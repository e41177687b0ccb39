/** Fitness along the path between two masks: in random orders and in greedy order. */
import type { TopLevelSpec } from 'vega-lite';
import { nats, percent, whole } from '../../base/format.ts';
import type { LandscapePath } from '../../landscape/schema.ts';
import { axisOf, drawChart, scaleOf, TITLE_ABOVE } from './chart.ts';
import { type Axis, linearAxis, lossAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { DASHES, type LegendEntry } from './marker.ts';

const HEIGHT = 300;

type Values = readonly (number | null)[];

interface Quantity {
  readonly name: 'accuracy' | 'loss';
  readonly title: string;
  readonly label: string;
  readonly unit: 'percent' | 'number';
  readonly axis: (values: Values) => Axis;
  readonly format: (value: number | null) => string;
}

const QUANTITIES: readonly Quantity[] = [
  {
    name: 'accuracy',
    title: 'Accuracy',
    label: 'accuracy on training data',
    unit: 'percent',
    axis: (values) => linearAxis(values, 0.01, [0, 1]),
    format: (value) => percent(value ?? 0),
  },
  {
    name: 'loss',
    title: 'Cross-entropy',
    label: 'cross-entropy on training data, nats',
    unit: 'number',
    axis: lossAxis,
    format: nats,
  },
];

const LINES = [
  { key: 'greedyByLoss', name: 'greedy by cross-entropy', mark: 'dotted', color: 'var(--migration)' },
  { key: 'greedyByAccuracy', name: 'greedy by accuracy', mark: 'dashed', color: 'var(--mean)' },
  { key: 'median', name: 'random order, median', mark: 'line', color: 'var(--best)' },
] as const;

/** Accuracy and cross-entropy, to stand side by side. `id` distinguishes several paths on a page. */
export async function pathFigures(path: LandscapePath, id: string): Promise<Figure[]> {
  return Promise.all(QUANTITIES.map((quantity) => pathFigure(path, id, quantity)));
}

async function pathFigure(path: LandscapePath, id: string, quantity: Quantity): Promise<Figure> {
  const { name, axis: axisFor, unit, format } = quantity;
  const { low, median, high } = path.random[name];
  const lines = {
    median,
    greedyByAccuracy: path.greedyByAccuracy[name],
    greedyByLoss: path.greedyByLoss[name],
  };
  const axis = axisFor([...low, ...high, ...Object.values(lines).flat()]);
  const rows = path.at.map((bits, place) => ({
    bits,
    low: low[place] ?? null,
    high: high[place] ?? null,
    median: lines.median[place] ?? null,
    greedyByAccuracy: lines.greedyByAccuracy[place] ?? null,
    greedyByLoss: lines.greedyByLoss[place] ?? null,
  }));
  const scale = scaleOf(axis);
  const spec: TopLevelSpec = {
    data: { values: rows },
    layer: [
      {
        mark: { type: 'area', color: 'var(--band)' },
        encoding: { y: { field: 'low', type: 'quantitative', scale }, y2: { field: 'high' } },
      },
      ...LINES.map(({ key, mark, color }) => ({
        mark: {
          type: 'line' as const,
          color,
          strokeWidth: mark === 'dotted' ? 2.6 : 2.2,
          strokeDash: [...DASHES[mark]],
          strokeJoin: 'round' as const,
        },
        encoding: {
          y: {
            field: key,
            type: 'quantitative' as const,
            scale,
            axis: { ...axisOf(axis, unit), ...TITLE_ABOVE, title: quantity.label },
          },
        },
      })),
    ],
    encoding: {
      x: {
        field: 'bits',
        type: 'quantitative',
        scale: { domain: [0, path.distance], nice: false },
        axis: { title: `bits flipped, of ${whole(path.distance)}`, tickCount: 6, tickMinStep: 1 },
      },
    },
  };
  const end = (place: number) => format(median.at(place) ?? null);
  const middle = Math.floor(median.length / 2);
  return {
    id: `${id}-${name}`,
    title: `${quantity.title} from ${path.from} to ${path.to}`,
    legend: legendOf(),
    drawing: await drawChart(spec, HEIGHT),
    caption:
      `${end(0)} at the left end (${path.from}), ${end(-1)} at the right end (${path.to}); after ${whole(path.at[middle] ?? 0)} ` +
      `flips the median of ${whole(path.orders)} random orders is ${end(middle)}. ${greedyText(path)}`,
  };
}

function greedyText({ block, candidates, distance }: LandscapePath): string {
  const flip = block === 1 ? 'the flip' : `the ${whole(block)} flips, of fixed groups,`;
  const among =
    candidates >= Math.ceil(distance / block)
      ? 'all that remain'
      : `${whole(candidates)} drawn among those that remain`;
  return `A greedy order takes at each step ${flip} with the best score of ${among}.`;
}

function legendOf(): LegendEntry[] {
  return [
    ...LINES.toReversed().map(({ name, mark, color }) => ({ label: name, color, mark })),
    { label: 'random orders, 10th to 90th percentile', color: 'var(--band)', mark: 'band' },
  ];
}
