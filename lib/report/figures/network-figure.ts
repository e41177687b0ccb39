/** Small networks, drawn with the weights that the ticket keeps. */
import { max } from 'd3-array';
import { at } from '../../base/at.ts';
import { counted, whole } from '../../base/format.ts';
import { denseLayers, type Network } from '../../network/architecture.ts';
import { getBit } from '../../search/genome.ts';
import { Html, html } from '../html.ts';
import { className, featureName, type Names, shortened } from '../text/names.ts';
import { DRAWING_WIDTH, type Figure, round } from './figure.ts';
import { type LegendEntry, shapeOf } from './marker.ts';
import { type UnitRole, unitRoles } from './wiring.ts';

/** Beyond these a drawing is a tangle. */
const MOST_WEIGHTS = 600;
const MOST_UNITS = 100;

/** With more columns than this their headings have no room for words. */
const MOST_WORDED = 3;

/** Layers with more units than this have no labels beside them. */
const LABELLED_UNITS = 12;
const MARGIN = { side: 70, top: 42, bottom: 12 } as const;
const HEIGHT = { least: 380, most: 520 } as const;
/** Stroke width of the largest and smallest kept weight, in SVG units. */
const STROKE = { least: 0.6, most: 3.2 } as const;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Facts about the weights, for title and caption. */
export interface DrawnNetwork extends Names {
  /** They are not as they were drawn. */
  readonly trained?: boolean;
  /** They were given, not drawn. */
  readonly given?: boolean;
  /** Name of the mask in the text: "ticket" unless another one is drawn. */
  readonly mask?: string;
}

/** The network with its kept weights, or null if it is too large to draw. */
export function networkFigure(network: Network, ticket: Uint8Array, about: DrawnNetwork = {}): Figure | null {
  const { trained = false, given = false, mask = 'ticket' } = about;
  const { widths } = network;
  const layers = denseLayers(widths);
  const bits = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  if (bits > MOST_WEIGHTS || widths.some((width) => width > MOST_UNITS)) return null;

  const roles = unitRoles(network, ticket);
  const tallest = Math.max(...widths);
  const height = Math.min(HEIGHT.most, Math.max(HEIGHT.least, tallest * 16 + MARGIN.top + MARGIN.bottom));
  const places = placesOf(widths, height);
  const hidden = roles.slice(1, -1).flat();
  const count = (role: UnitRole) => hidden.filter((one) => one === role).length;
  const drawnRoles = new Set(roles.flat());
  return {
    id: 'network',
    title: trained ? 'The trained network' : `What the ${mask} keeps`,
    legend: legendOf(drawnRoles),
    drawing: {
      width: DRAWING_WIDTH,
      height,
      content: html`${edges(network, ticket, roles, places)}${units(roles, places)}${labels(roles, places, about)}`,
    },
    caption:
      `${trained ? 'The weights after training' : `The weights that the ${mask} keeps, as they were ${given ? 'given' : 'drawn at random'}`}: colour is the sign, width the magnitude. ` +
      `Of ${counted(hidden.length, 'hidden unit')} ${toldOf(count)}. ` +
      `Biases are not drawn${trained ? '' : `; the ${mask} keeps them all`}.`,
  };
}

/** "7 are live, 1 gives a constant, 12 are dead". */
function toldOf(count: (role: UnitRole) => number): string {
  const [live, constant, dead] = [count('live'), count('constant'), count('dead')];
  return [
    `${whole(live)} ${live === 1 ? 'is' : 'are'} live`,
    ...(constant > 0 ? [`${whole(constant)} ${constant === 1 ? 'gives' : 'give'} a constant`] : []),
    ...(dead > 0 ? [`${whole(dead)} ${dead === 1 ? 'is' : 'are'} dead`] : []),
  ].join(', ');
}

/** Layers from left to right, their units centred and spread from top to bottom. */
function placesOf(widths: readonly number[], height: number): Place[][] {
  const stride = (DRAWING_WIDTH - 2 * MARGIN.side) / Math.max(1, widths.length - 1);
  const room = height - MARGIN.top - MARGIN.bottom;
  return widths.map((width, layer) => {
    const gap = Math.min(room / width, 80);
    const top = MARGIN.top + (room - gap * width) / 2 + gap / 2;
    return Array.from({ length: width }, (_, unit) => ({
      x: round(MARGIN.side + layer * stride),
      y: round(top + unit * gap),
    }));
  });
}

/** Pruned weights as one faint path; kept ones as lines, faint too if they change nothing. */
function edges(network: Network, ticket: Uint8Array, roles: UnitRole[][], places: Place[][]): Html {
  const largest = max(network.weights.flatMap((weights) => max(weights, Math.abs) ?? [])) || Number.MIN_VALUE;
  let pruned = '';
  const kept: { readonly magnitude: number; readonly line: string }[] = [];
  for (const [layer, { inputs, outputs, offset }] of denseLayers(network.widths).entries()) {
    for (let bit = 0; bit < inputs * outputs; bit++) {
      const [input, output] = [bit % inputs, Math.floor(bit / inputs)];
      const from = at(at(places, layer), input);
      const to = at(at(places, layer + 1), output);
      const path = `M${from.x},${from.y}L${to.x},${to.y}`;
      if (getBit(ticket, offset + bit) === 0) {
        pruned += path;
        continue;
      }
      const weight = at(at(network.weights, layer), bit);
      const magnitude = Math.abs(weight) / largest;
      const idle = [roles[layer]?.[input], roles[layer + 1]?.[output]].includes('dead');
      const width = round(STROKE.least + (STROKE.most - STROKE.least) * magnitude);
      kept.push({
        magnitude,
        line: `<path class="${weight < 0 ? 'negative' : 'positive'}${idle ? ' idle' : ''}" stroke-width="${width}" d="${path}"/>`,
      });
    }
  }
  kept.sort((a, b) => a.magnitude - b.magnitude);
  return new Html(
    `<path class="pruned" d="${pruned}"/><g class="kept">${kept.map(({ line }) => line).join('')}</g>`,
  );
}

function units(roles: UnitRole[][], places: Place[][]): Html {
  const circles = roles.flatMap((layer, index) => {
    const radius = radiusOf(at(places, index));
    return layer.map((role, unit) => {
      const { x, y } = at(at(places, index), unit);
      const size = role === 'dead' ? 0.7 * radius : radius;
      return html`<circle class="unit ${role}" cx="${x}" cy="${y}" r="${round(size)}" stroke-width="${round(radius / 4)}"/>`;
    });
  });
  return html`<g>${circles}</g>`;
}

/** As large as the distance between a layer's units allows. */
function radiusOf([first, second]: readonly Place[]): number {
  return first && second ? Math.min(6, (second.y - first.y) / 2.4) : 6;
}

/** The kind of each layer, above it; names of inputs and outputs, beside them. */
function labels(roles: UnitRole[][], places: Place[][], names: Names): Html {
  const last = roles.length - 1;
  const texts = roles.flatMap((layer, index) => {
    const { x } = at(at(places, index), 0);
    const live = layer.filter((role) => role === 'live').length;
    const name = index === 0 ? 'inputs' : index === last ? 'classes' : `hidden ${last > 2 ? index : ''}`;
    const size =
      index > 0 && index < last
        ? `${live} of ${layer.length}${last > MOST_WORDED ? '' : ' live'}`
        : `${layer.length}`;
    const heading = html`<text x="${x}" y="12" text-anchor="middle">${name}</text><text x="${x}" y="28" text-anchor="middle">${size}</text>`;
    if ((index > 0 && index < last) || layer.length > LABELLED_UNITS) return [heading];
    const side = index === 0 ? -1 : 1;
    const distance = radiusOf(at(places, index)) + 8;
    return [
      heading,
      ...layer.map((_, unit) => {
        const y = at(at(places, index), unit).y + 4;
        const text = shortened(index === 0 ? featureName(names, unit) : className(names, unit), 10);
        return html`<text x="${round(x + side * distance)}" y="${round(y)}" text-anchor="${side < 0 ? 'end' : 'start'}">${text}</text>`;
      }),
    ];
  });
  return html`<g class="labels">${texts}</g>`;
}

function legendOf(drawn: ReadonlySet<UnitRole>): LegendEntry[] {
  const unit = { shape: shapeOf(0) };
  const entries: (LegendEntry | false)[] = [
    { label: 'positive', color: 'var(--positive)', mark: 'line' },
    { label: 'negative', color: 'var(--negative)', mark: 'line' },
    { label: 'pruned', color: 'var(--pruned)', mark: 'line' },
    { label: 'live unit', color: 'var(--ink)', mark: unit },
    drawn.has('constant') && { label: 'constant unit', color: 'var(--ink)', mark: 'ring' },
    drawn.has('dead') && { label: 'dead unit', color: 'var(--dead)', mark: unit },
  ];
  return entries.filter((entry) => entry !== false);
}
