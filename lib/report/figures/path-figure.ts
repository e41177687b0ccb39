/** Fitness along the path between two masks: in random orders and in greedy order. */
import { nats, percent, whole } from '../../base/format.ts';
import type { LandscapePath } from '../../landscape/schema.ts';
import { countAxis, upwards } from './chart.ts';
import { type Axis, linearAxis, lossAxis } from './domain.ts';
import type { Figure } from './figure.ts';
import { drawLines, legendOf } from './lines.ts';

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

const MIGRATION = 'var(--migration)';
const LINES = [
  { field: 'greedyByLoss', name: 'greedy by cross-entropy', mark: 'dotted', color: MIGRATION, width: 2.6 },
  { field: 'greedyByAccuracy', name: 'greedy by accuracy', mark: 'dashed', width: 2.2 },
  { field: 'median', name: 'random order, median', mark: 'line', width: 2.2 },
] as const;

/** A figure of accuracy, and one of cross-entropy. `id` distinguishes several paths on a page. */
export async function pathFigures(path: LandscapePath, id: string): Promise<Figure[]> {
  return Promise.all(QUANTITIES.map((quantity) => pathFigure(path, id, quantity)));
}

async function pathFigure(path: LandscapePath, id: string, quantity: Quantity): Promise<Figure> {
  const { name, label, unit, format } = quantity;
  const { low, median, high } = path.random[name];
  const columns = {
    low,
    high,
    median,
    greedyByAccuracy: path.greedyByAccuracy[name],
    greedyByLoss: path.greedyByLoss[name],
  };
  const chart = {
    rows: path.at.map((bits, place) => ({
      bits,
      ...Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[place]])),
    })),
    x: countAxis('bits', [0, path.distance], `bits flipped, of ${whole(path.distance)}`),
    y: upwards(quantity.axis(Object.values(columns).flat()), unit, label),
    lines: LINES,
    band: { low: 'low', high: 'high', name: 'random orders, 10th to 90th percentile' },
    height: HEIGHT,
  };
  const end = (place: number) => format(median.at(place) ?? null);
  const middle = Math.floor(median.length / 2);
  return {
    id: `${id}-${name}`,
    title: `${quantity.title} from ${path.from} to ${path.to}`,
    legend: legendOf(chart),
    drawing: await drawLines(chart),
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
