/** A plane through the masks around a ticket. */
import type { TopLevelSpec } from 'vega-lite';
import { counted, nats, percent, whole } from '../../base/format.ts';
import type { LandscapeSlice } from '../../landscape/schema.ts';
import { drawChart, lookOf, RING, TITLE_ABOVE } from './chart.ts';
import type { Figure } from './figure.ts';
import { HEAT_LEVELS, heatAxis, heatColor, heatLegend, heatLevel, NO_LEVEL } from './heat.ts';
import { alongAxis, CORNER, regionsOf } from './plane-figure.ts';

const SIZE = { width: 500, height: 440 } as const;

interface Quantity {
  readonly name: 'accuracy' | 'loss';
  readonly title: string;
  readonly format: (value: number) => string;
  /** Less is better: the better a value, the stronger its colour. */
  readonly turned: boolean;
}

const QUANTITIES: readonly Quantity[] = [
  {
    name: 'accuracy',
    title: 'Accuracy around the ticket',
    format: (value) => percent(value),
    turned: false,
  },
  {
    name: 'loss',
    title: 'Cross-entropy around the ticket',
    format: nats,
    turned: true,
  },
];

/** A figure of accuracy, and one of cross-entropy. */
export async function sliceFigures(slice: LandscapeSlice, bits: number): Promise<Figure[]> {
  return Promise.all(QUANTITIES.map((quantity) => sliceFigure(slice, bits, quantity)));
}

async function sliceFigure(slice: LandscapeSlice, bits: number, quantity: Quantity): Promise<Figure> {
  const { reach, step } = slice;
  const side = 2 * reach + 1;
  const values: readonly (number | null)[] = slice[quantity.name];
  const { format, turned } = quantity;
  const axis = heatAxis(values, quantity.name === 'loss');
  const edge = (reach + 0.5) * step;
  const labels = Uint8Array.from(values, (value) => heatLevel(value, axis, turned));
  const grid = { xMin: -edge, xMax: edge, yMin: -edge, yMax: edge, columns: side, rows: side, labels };
  const at = (place: number) => (place - reach - 0.5) * step;
  const cells = regionsOf(grid)
    .filter(({ label }) => label !== NO_LEVEL)
    .map(({ label, x0, x1, y0, y1 }) => ({ level: label, x: at(x0), x2: at(x1), y: at(y0), y2: at(y1) }));
  const levels = Array.from({ length: HEAT_LEVELS }, (_, level) => level);
  const shown = { grid: false, tickCount: 7, tickMinStep: 1, domain: false, labelFlush: false } as const;
  const spec: TopLevelSpec = {
    ...SIZE,
    layer: [
      {
        data: { values: cells },
        mark: { type: 'rect' },
        encoding: { ...CORNER, fill: lookOf('level', levels, heatColor) },
      },
      {
        data: { values: [{ x: 0, y: 0 }] },
        mark: { ...RING, stroke: 'var(--mutation)', size: 120, strokeWidth: 2.5 },
      },
    ],
    encoding: {
      x: alongAxis('x', [-edge, edge], { ...shown, title: 'bits flipped along the first direction' }),
      y: alongAxis('y', [-edge, edge], {
        ...shown,
        ...TITLE_ABOVE,
        title: 'bits flipped along the second direction',
      }),
    },
  };
  const finite = values.filter((value) => value !== null);
  const ticket = values[(values.length - 1) / 2] ?? null;
  const better = finite.filter((value) => isBetter(value, ticket, turned));
  const missing = values.length - finite.length;
  return {
    id: `slice-${quantity.name}`,
    title: quantity.title,
    legend: [
      ...heatLegend(axis, format, turned),
      { label: 'the ticket', color: 'var(--mutation)', mark: 'ring' },
    ],
    drawing: await drawChart(spec),
    caption:
      `${whole(side)} × ${whole(side)} masks: each step flips ${whole(step)} of the ${whole(bits)} bits, in a random order; ` +
      'left and right, up and down flip different bits. ' +
      `The ticket has ${ticket === null ? 'no finite one' : format(ticket)}; ` +
      `${better.length === 0 ? 'no other mask' : counted(better.length, 'mask')} of the plane ${better.length < 2 ? 'is' : 'are'} better.` +
      (missing > 0
        ? ` ${counted(missing, 'mask')} without a finite loss ${missing === 1 ? 'is' : 'are'} left out.`
        : ''),
  };
}

function isBetter(value: number, ticket: number | null, turned: boolean): boolean {
  if (ticket === null) return true;
  return turned ? value < ticket : value > ticket;
}
