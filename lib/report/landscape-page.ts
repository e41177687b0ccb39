/** The page of a landscape that is part of no report: across runs, or of a run whose large artifacts are gone. */
import type { Landscape } from '../landscape/schema.ts';
import { html } from './html.ts';
import { keptFigure } from './kept-figure.ts';
import { landscapeFigures, landscapeNote } from './landscape-figures.ts';
import { page, section } from './page.ts';
import { formatCount } from './quantities.ts';

export async function renderLandscapePage(landscape: Landscape): Promise<string> {
  const { runs, kept, bits, evaluations } = landscape;
  const [first] = runs;
  const single = runs.length === 1;
  const title = single
    ? `Landscape of ${first?.name ?? 'a run'}`
    : `Landscape of ${formatCount(runs.length)} runs`;
  const counted = single ? 'masks of the final population' : 'tickets';
  const keptDrawn = kept && keptFigure(kept, 'How often each weight is kept', counted);
  const others = runs.filter(({ sameWeights }) => !sameWeights).length;
  const note =
    others === 0
      ? undefined
      : html`<p class="note">${formatCount(others)} of the runs drew other weights than the first. Inputs and classes mean the same in all of them; hidden units do not, so single cells of different draws have nothing in common but their place.</p>`;
  const names = runs.map(({ name }) => html`<li>${name}</li>`);
  return page(
    title,
    html`<header>
<p class="run">Tombola · landscape seed ${landscape.seed}</p>
<h1>${title}</h1>
<p>Masks over ${formatCount(bits)} frozen random weights.</p>
</header>
${section('kept-weights', 'Kept weights', keptDrawn ? [keptDrawn] : [], note)}
${section('landscape', 'Landscape', await landscapeFigures(landscape), evaluations > 0 ? landscapeNote(landscape) : undefined)}
<section aria-labelledby="runs">
<h2 id="runs">Runs</h2>
<ul class="files">${names}</ul>
</section>`,
  );
}
