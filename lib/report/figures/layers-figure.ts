/** Networks that are no plain multilayer perceptrons: what the ticket keeps of each layer, and of each filter or unit. */
import { percent, whole } from '../../base/format.ts';
import { type Graph, prunableBits } from '../../network/graph.ts';
import { type Html, html } from '../html.ts';
import { keptPerUnit, type MaskedLayer, maskedLayers } from '../tables/layers-table.ts';
import { shortened } from '../text/names.ts';
import type { Axis } from './domain.ts';
import { DRAWING_WIDTH, type Figure, round } from './figure.ts';
import { heatLegend, heatLevel, heatPaths } from './heat.ts';

/** SVG units. */
const ROW = 58;
const BAR = { top: 20, height: 8 } as const;
const STRIP = { top: 31, height: 14 } as const;
/** Cells of a strip at most: of more units each is the mean of neighbours. */
const MOST_CELLS = 140;
const WIDEST_CELL = 14;
/** Layers at most: the largest of more. */
const MOST_LAYERS = 24;
/** Letters that a layer's name has room for. */
const NAME = 26;

const AXIS: Axis = { type: 'linear', domain: [0, 1] };

/** `mask`: what it is called. Null where nothing can be pruned. */
export function layersFigure(graph: Graph, ticket: Uint8Array, mask = 'ticket'): Figure | null {
  const all = maskedLayers(graph, ticket);
  if (all.length === 0) return null;
  const least =
    all.map(({ inputs, outputs }) => inputs * outputs).toSorted((a, b) => b - a)[MOST_LAYERS] ?? 0;
  const layers = all.filter(({ inputs, outputs }) => inputs * outputs > least);
  const bits = prunableBits(graph);
  const rows = layers.map((layer, index) => rowOf(layer, keptPerUnit(layer, ticket, bits), index * ROW));
  const dead = all.flatMap(({ roles = [] }) => roles).filter((role) => role !== 'live').length;
  const units = all.reduce((sum, { roles = [] }) => sum + roles.length, 0);
  const more = all.length > layers.length ? ` The ${layers.length} largest of ${all.length} layers.` : '';
  return {
    id: 'layers',
    title: `What the ${mask} keeps`,
    legend: heatLegend(AXIS, (share) => percent(share, 0)),
    drawing: {
      width: DRAWING_WIDTH,
      height: ROW * layers.length,
      content: html`<g class="heat">${rows}</g>`,
    },
    caption:
      `Share of the weights that the ${mask} keeps: a bar for each layer, and below it a cell for each of its filters or units.` +
      `${units > 0 ? ` Of ${whole(units)} of them ${dead === 0 ? 'all depend on the input and reach a class' : `${whole(dead)} ${dead === 1 ? 'gives a constant or reaches' : 'give a constant or reach'} no class`}.` : ''}${more}`,
  };
}

function rowOf(layer: MaskedLayer, shares: readonly number[], top: number): Html {
  const { name, op, inputs, outputs, kept } = layer;
  const size = inputs * outputs;
  const units = op === 'Conv' ? 'filters' : 'units';
  const width = round((DRAWING_WIDTH * kept) / size);
  const heading = `${shortened(name, NAME)} · ${whole(outputs)} ${units} of ${whole(inputs)}`;
  const text = `${whole(kept)} of ${whole(size)} kept, ${percent(kept / size)}`;
  const cells = cellsOf(shares);
  const cell = Math.min(WIDEST_CELL, DRAWING_WIDTH / cells.length);
  const fills = heatPaths(
    cells.map((share, index) => [
      heatLevel(share, AXIS),
      `M${round(index * cell)} ${STRIP.top}h${round(cell)}v${STRIP.height}h${-round(cell)}z`,
    ]),
  );
  return html`<g transform="translate(0,${top})"><g class="labels"><text x="0" y="13">${heading}</text><text x="${DRAWING_WIDTH}" y="13" text-anchor="end">${text}</text></g><rect x="0" y="${BAR.top}" width="${DRAWING_WIDTH}" height="${BAR.height}" fill="var(--grid)"/><rect x="0" y="${BAR.top}" width="${width}" height="${BAR.height}" fill="var(--best)"/>${fills}</g>`;
}

/** The shares, or means of neighbours where there are too many. */
function cellsOf(shares: readonly number[]): number[] {
  const count = Math.min(MOST_CELLS, shares.length);
  return Array.from({ length: count }, (_, cell) => {
    const from = Math.floor((cell * shares.length) / count);
    const part = shares.slice(from, Math.floor(((cell + 1) * shares.length) / count));
    return part.reduce((sum, share) => sum + share, 0) / part.length;
  });
}
