/** Colours and shapes of the figures' marks, and the legends that explain them. */
import { escapeText, Html, html } from '../html.ts';

/** Point shapes as SVG paths within [-1, 1] × [-1, 1], of about equal area. Vega takes them as they are. */
const SHAPES = [
  'M.8,0A.8,.8,0,1,1,-.8,0A.8,.8,0,1,1,.8,0Z',
  'M-.7,-.7H.7V.7H-.7Z',
  'M0,-1L.95,.7H-.95Z',
  'M0,-1L1,0L0,1L-1,0Z',
  'M-.3,-1H.3V-.3H1V.3H.3V1H-.3V.3H-1V-.3H-.3Z',
] as const;

/** A circle, a square, …: shapes repeat after the fifth. */
export function shapeOf(index: number): string {
  return SHAPES[index % SHAPES.length] ?? SHAPES[0];
}

/** Colours are CSS variables of the stylesheet, which sets them for light and for dark pages. */
const CLASS_COLORS = 10;

/** Colour of a class's points; colours repeat after the tenth, but never together with the shape before the 50th. */
export function classColor(label: number): string {
  return `var(--class-${label % CLASS_COLORS})`;
}

/** Shape of a class's points: the shapes shift by one every ten classes. */
export function classShape(label: number): string {
  return shapeOf(label + Math.floor(label / CLASS_COLORS));
}

/** Colour of the region in which the ticket answers a class. */
export function regionColor(label: number): string {
  return `var(--region-${label % CLASS_COLORS})`;
}

export interface LegendEntry {
  readonly label: string;
  /** A colour that CSS understands. */
  readonly color: string;
  /** A line, a dashed line, a dotted line, a filled band, an outlined ring, or a point of the given path. */
  readonly mark: 'line' | 'dashed' | 'dotted' | 'band' | 'ring' | { readonly shape: string };
}

export const DASHES = { line: [], dashed: [6, 3], dotted: [1.5, 3] } as const;

/** The entries as a list, each with a small picture of its mark. */
export function legend(entries: readonly LegendEntry[]): Html {
  if (entries.length === 0) return html``;
  const items = entries.map(
    ({ label, color, mark }) =>
      html`<li><svg viewBox="0 0 20 12" aria-hidden="true">${swatch(mark, escapeText(color))}</svg>${label}</li>`,
  );
  return html`<ul class="legend">${items}</ul>`;
}

function swatch(mark: LegendEntry['mark'], color: string): Html {
  if (typeof mark === 'object') {
    return new Html(`<path d="${mark.shape}" transform="translate(10,6) scale(5)" fill="${color}"/>`);
  }
  switch (mark) {
    case 'band':
      return new Html(`<rect width="20" height="12" rx="2" fill="${color}"/>`);
    case 'ring':
      return new Html(`<circle cx="10" cy="6" r="4.5" fill="none" stroke="${color}" stroke-width="1.8"/>`);
    default:
      return new Html(
        `<path d="M0,6H20" stroke="${color}" stroke-width="2" stroke-dasharray="${DASHES[mark].join()}"/>`,
      );
  }
}
