/** Figures: a heading, a legend, a drawing and a caption. */
import { type Html, html } from '../html.ts';
import { type LegendEntry, legend } from './marker.ts';

export interface Figure {
  /** Letters and hyphens, unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  readonly drawing: Drawing;
  /** Text that says what to look at. */
  readonly caption: string;
}

/** The content of an SVG element, in its own units. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly content: Html;
}

/** The width that all drawings share, in SVG units: about as many CSS pixels on a wide page. */
export const DRAWING_WIDTH = 560;

/** A coordinate to a hundredth of a unit. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The figure as an element; the drawing scales with the page and is one image to a screen reader. */
export function figureElement({ id, title, legend: entries, drawing, caption }: Figure): Html {
  const { width, height, content } = drawing;
  return html`<figure id="${id}">
<h3 id="${id}-title">${title}</h3>
${legend(entries)}
<svg class="drawing" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-caption">${content}</svg>
<figcaption id="${id}-caption">${caption}</figcaption>
</figure>
`;
}
