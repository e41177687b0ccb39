/** The page of a landscape that is part of no report: across runs, or of a run whose large artifacts are gone. */
import { whole } from '../base/format.ts';
import type { Landscape } from '../landscape/schema.ts';
import type { Figure } from './figures/figure.ts';
import { keptFigure } from './figures/kept-figure.ts';
import { landscapeFigures, landscapeNote } from './figures/landscape-figures.ts';
import { type Html, html } from './html.ts';
import { page, section } from './page.ts';
import { statisticsSection } from './tables/statistics-table.ts';

const KEPT = 'How often each weight is kept';

export async function renderLandscapePage(landscape: Landscape): Promise<string> {
  const { runs, evaluations } = landscape;
  const [first] = runs;
  const single = runs.length === 1;
  const title = single ? `Landscape of ${first?.name ?? 'a run'}` : `Landscape of ${whole(runs.length)} runs`;
  const names = runs.map(({ name }) => html`<li>${name}</li>`);
  return page(
    title,
    html`<header>
<p class="run">Tombola · landscape seed ${landscape.seed}</p>
<h1>${title}</h1>
<p>Masks over ${sizes(landscape)} frozen random weights.</p>
</header>
${section('kept-weights', 'Kept weights', keptFigures(landscape), keptNote(landscape))}
${section('landscape', 'Landscape', await landscapeFigures(landscape), evaluations > 0 ? landscapeNote(landscape) : undefined)}
${statisticsSection(landscape)}
<section aria-labelledby="runs">
<h2 id="runs">Runs</h2>
<ul class="files">${names}</ul>
</section>`,
  );
}

/** The final population of one run, or a figure per group of tickets of several. */
function keptFigures({ kept, groups }: Landscape): Figure[] {
  const [first, ...others] = groups;
  const drawn =
    others.length > 0
      ? groups.map((one, index) =>
          keptFigure(one, `${one.name}: kept weights`, 'tickets', `kept-${index + 1}`),
        )
      : [
          first
            ? keptFigure(first, KEPT, 'tickets')
            : kept && keptFigure(kept, KEPT, 'masks of the final population'),
        ];
  return drawn.filter((figure) => figure !== null);
}

function keptNote({ runs, groups }: Landscape): Html | undefined {
  const others = runs.filter(({ sameWeights }) => !sameWeights).length;
  const all = new Set(runs.map(({ group }) => group)).size;
  const several = groups.length > 1;
  const cut =
    groups.length > 0 && groups.length < all
      ? `The first ${whole(groups.length)} of ${whole(all)} groups of runs are drawn.`
      : '';
  const drew =
    others > 0
      ? `${whole(others)} of the runs drew other weights than the first${several ? ' of their group' : ''}. Inputs and classes mean the same in all of them; hidden units do not, so single cells of different draws have nothing in common but their place.`
      : '';
  const note = [cut, drew].filter((sentence) => sentence !== '').join(' ');
  return note === '' ? undefined : html`<p class="note">${note}</p>`;
}

/** Weights of the network, or of the smallest and the largest. */
function sizes({ bits, groups }: Landscape): string {
  const counts = groups.map(({ layers }) =>
    layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0),
  );
  const [least, most] = [Math.min(bits, ...counts), Math.max(bits, ...counts)];
  return least === most ? whole(bits) : `${whole(least)} to ${whole(most)}`;
}
