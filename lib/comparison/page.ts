/** compare.html: runs side by side, in one HTML document that needs neither a network nor JavaScript. */
import { counted } from '../base/format.ts';
import type { Figure } from '../report/figures/figure.ts';
import { type Html, html } from '../report/html.ts';
import { page, section } from '../report/page.ts';
import { numbersTable } from '../report/tables/table.ts';
import { curvesFigure } from '../sweep/curve-figures.ts';
import { bandOf, learningCurve, type Measure } from '../sweep/curves.ts';
import { type FigureContext, sparsityFigure } from '../sweep/figures.ts';
import { parseHistory } from '../sweep/parsed-history.ts';
import type { RunComparison } from './comparison.ts';
import {
  COMPARISON_NOTES,
  differenceRows,
  figureNotes,
  figureRows,
  OVERLAP_HEAD,
  overlapRows,
  type TextRow,
} from './tables.ts';

export async function renderComparison(comparison: RunComparison): Promise<string> {
  const { runs } = comparison;
  const title = comparisonTitle(comparison);
  return page(
    `Comparison of ${title}`,
    html`<header>
<p class="run">Tombola · comparison</p>
<h1>${title}</h1>
${runs.length > 2 && html`<p>${runs.map(({ name }) => name).join(', ')}</p>`}
</header>
${await comparisonSections(comparison)}`,
  );
}

export function comparisonTitle({ runs }: RunComparison): string {
  return runs.length === 2 ? runs.map(({ name }) => name).join(' and ') : counted(runs.length, 'run');
}

/** All that it has to tell, without the document around it. */
export async function comparisonSections(comparison: RunComparison): Promise<Html> {
  const { runs, differences, overlaps } = comparison;
  const names = runs.map(({ name }) => name);
  return html`${part('figures', 'Figures', ['', ...names], figureRows(comparison), [COMPARISON_NOTES.interval, ...figureNotes(comparison)].join(' '))}
${section('curves', 'Curves', await figuresOf(comparison))}
${differences.length > 0 && part('specs', 'Where the specs differ', ['field', ...names], differenceRows(comparison))}
${overlaps.length > 0 && part('masks', 'What the masks have in common', OVERLAP_HEAD, overlapRows(comparison), COMPARISON_NOTES.overlap)}`;
}

function part(id: string, title: string, head: TextRow, rows: readonly TextRow[], note = ''): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${numbersTable('', head, rows)}
${note !== '' && html`<p class="note">${note}</p>`}
</section>`;
}

/** A run is in all of them in the same colour. */
async function figuresOf({ runs }: RunComparison): Promise<Figure[]> {
  const place: FigureContext = { id: 'runs', title: '', algorithms: runs.map(({ name }) => name) };
  const histories = runs.map(({ name, history = '' }) => ({ name, history: parseHistory(history) }));
  const caption = [
    'On training data: of the best mask, or of the best epoch so far.',
    ...(runs.some(({ summary }) => summary?.flips !== undefined)
      ? ['Flips, each of which computes what one bit changes, are not counted as evaluations.']
      : []),
  ].join(' ');
  const curves = async (measure: Measure) => {
    const bands = histories.map(({ name, history }) => ({
      algorithm: name,
      band: bandOf([learningCurve(history, measure)]),
    }));
    const figure = await curvesFigure(place, bands, measure);
    return figure && { ...figure, caption };
  };
  const found = runs.flatMap(({ name, summary }, index) =>
    summary ? [{ algorithm: name, runs: [{ seed: summary.seed, id: String(index), summary }] }] : [],
  );
  const figures = [await curves('accuracy'), await curves('loss'), await sparsityFigure(place, found)];
  return figures.filter((figure) => figure !== null);
}
