/** The parts of every page: the document around it, and its sections. */
import { printableLines } from '../base/printable.ts';
import { type Figure, figureElement } from './figures/figure.ts';
import { Html, html } from './html.ts';
import { STYLESHEET } from './stylesheet.ts';

/** The complete HTML document around the content of its `main`. */
export function page(title: string, main: Html): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tombola</title>
<style>${new Html(STYLESHEET)}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
  // Names that others chose stand in drawings, too.
  return printableLines(document.markup);
}

/** Figures under a heading; nothing where there are neither figures nor a note. */
export function section(id: string, title: string, figures: readonly Figure[], note?: Html): Html {
  if (figures.length === 0 && note === undefined) return html``;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${note}
<div class="figures">
${figures.map(figureElement)}</div>
</section>`;
}
