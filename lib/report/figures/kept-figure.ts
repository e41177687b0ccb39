/** How often each weight is kept: a matrix per layer, a row per unit and a column per input of it. */
import { counted, percent, whole } from '../../base/format.ts';
import type { KeptWeights } from '../../landscape/schema.ts';
import { type Html, html } from '../html.ts';
import { shortened } from '../text/names.ts';
import type { Axis } from './domain.ts';
import { DRAWING_WIDTH, type Figure, round } from './figure.ts';
import { heatLegend, heatLevel, heatPaths } from './heat.ts';
import { regionsOf } from './plane-figure.ts';

/** SVG units: cells are at most this large, twice as wide in a narrow matrix; matrices are at most this high. */
const CELL = 16;
const NARROW = 4;
const TALLEST = 380;
const MARGIN = { left: 30, top: 26, bottom: 20, right: 14 } as const;
/** Width of a character of a heading on a narrow page, where it is written larger, about. */
const CHARACTER = 8.9;

type Layer = KeptWeights['layers'][number];

const AXIS: Axis = { type: 'linear', domain: [0, 1] };

/** `masks`: what was counted, as in "of the final population"; `id`: of the figure. Null where no mask was. */
export function keptFigure(kept: KeptWeights, title: string, masks: string, id = 'kept'): Figure | null {
  if (kept.masks === 0) return null;
  const panels = kept.layers.map((layer, index) => panelOf(layer, index, kept.layers.length));
  // From left to right, a new row where no room is left.
  let [x, y, height] = [0, 0, 0];
  const placed = panels.map((panel) => {
    if (x > 0 && x + panel.width > DRAWING_WIDTH) {
      y += height;
      [x, height] = [0, 0];
    }
    const place = html`<g transform="translate(${round(x)},${round(y)})">${panel.content}</g>`;
    x += panel.width;
    height = Math.max(height, panel.height);
    return place;
  });
  return {
    id,
    title,
    legend: heatLegend(AXIS, (share) => percent(share, 0)),
    drawing: {
      width: DRAWING_WIDTH,
      height: Math.ceil(y + height),
      content: html`<g class="heat">${placed}</g>`,
    },
    caption: `${kept.masks === 1 ? 'The weights that the only mask keeps' : `Share of the ${whole(kept.masks)} ${masks} that keep the weight`}, layer by layer: ${kept.layers.some(({ op }) => op) ? 'a row per unit or filter, a column per weight that leads into it' : 'a row per unit, a column per unit before it'}. ${agreement(kept)}`,
  };
}

/** How many weights all masks agree on, or that cells are blocks of weights. */
function agreement({ layers, masks }: KeptWeights): string {
  const weights = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const cells = layers.flatMap(({ share }) => share);
  if (cells.length < weights) return 'In large layers a cell is the mean of a block of neighbouring weights.';
  const always = cells.filter((share) => share === 1).length;
  const never = cells.filter((share) => share === 0).length;
  if (masks === 1)
    return `Of ${counted(weights, 'weight')} ${number(always)} ${always > 1 ? 'are' : 'is'} kept.`;
  return `Of ${counted(weights, 'weight')} ${number(always)} ${always > 1 ? 'are' : 'is'} kept by all and ${number(never)} by none.`;
}

function number(count: number): string {
  return count === 0 ? 'none' : whole(count);
}

function panelOf(layer: Layer, index: number, layers: number) {
  const { rows, columns, inputs, outputs, share } = layer;
  const room = DRAWING_WIDTH - MARGIN.left - MARGIN.right;
  const cell = {
    width: Math.min(columns <= NARROW ? 2 * CELL : CELL, room / columns),
    height: Math.min(CELL, TALLEST / rows),
  };
  const [width, height] = [cell.width * columns, cell.height * rows];
  const heading = layer.op
    ? `${shortened(layer.name, 24)}: ${whole(outputs)} ${layer.op === 'Conv' ? 'filters' : 'units'} of ${whole(inputs)}`
    : `${whole(inputs)} ${index === 0 ? 'inputs' : 'units'} → ${whole(outputs)} ${index === layers - 1 ? 'classes' : 'units'}`;
  const bottom = MARGIN.top + height;
  const lowest = bottom - Math.max(0, cell.height / 2 - 4.5);
  const texts = [
    text(0, 12, 'start', heading),
    text(MARGIN.left - 5, MARGIN.top + Math.max(11, cell.height / 2 + 4.5), 'end', '0'),
    outputs > 1 && text(MARGIN.left - 5, lowest, 'end', String(outputs - 1)),
    text(MARGIN.left + Math.min(width, cell.width) / 2, bottom + 14, 'middle', '0'),
    inputs > 1 && text(MARGIN.left + width - cell.width / 2, bottom + 14, 'middle', String(inputs - 1)),
  ].filter((one) => one !== false);
  const labels = Uint8Array.from(share, (value) => heatLevel(value, AXIS));
  const grid = { xMin: 0, xMax: columns, yMin: 0, yMax: rows, columns, rows, labels };
  const fills = heatPaths(
    regionsOf(grid).map(({ label, x0, x1, y0, y1 }) => [label, `M${x0} ${y0}h${x1 - x0}v${y1 - y0}H${x0}z`]),
  );
  return {
    width: Math.max(MARGIN.left + width, CHARACTER * heading.length) + MARGIN.right,
    height: bottom + MARGIN.bottom + 6,
    content: html`<g class="labels">${texts}</g><g transform="translate(${MARGIN.left},${MARGIN.top}) scale(${round(cell.width)},${round(cell.height)})">${fills}</g>`,
  };
}

function text(x: number, y: number, anchor: 'start' | 'middle' | 'end', content: string): Html {
  return html`<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
}
