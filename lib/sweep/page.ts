/** sweep.html: one HTML document that needs neither a network nor JavaScript. */
import { at } from '../base/at.ts';
import { counted, duration, whole } from '../base/format.ts';
import { namesOf } from '../base/record.ts';
import { type Figure, figureElement } from '../report/figures/figure.ts';
import { type Html, html } from '../report/html.ts';
import { page, section } from '../report/page.ts';
import { gridTitle } from './columns.ts';
import { curvesFigure } from './curve-figures.ts';
import type { GroupCurves } from './curves.ts';
import { accuracyFigure, type FigureContext, sparsityFigure } from './figures.ts';
import { frontsFigure } from './front-figures.ts';
import { MOST_DRAWN } from './histories.ts';
import { overallFigures } from './overall-figures.ts';
import { OVERALL_TITLE, overallNotes } from './overall-tables.ts';
import { PROGRESS_NOTE, PROGRESS_TITLE, progressTable } from './progress-tables.ts';
import { reachNotes, reachTable, reachTitle } from './reach-tables.ts';
import { LEGENDS, notesOfComparisons, readableTables } from './readable-tables.ts';
import { byPoint } from './repeated.ts';
import type { Group, Results } from './results.ts';
import { type Sweep, sweepDocument } from './schema.ts';
import { sizesFigure } from './size-figures.ts';
import { SIZES_NOTE, SIZES_TITLE } from './size-tables.ts';
import type { TextTable } from './text-table.ts';
import { trendFigures } from './trend-figures.ts';

/** Failed cells that are listed. */
const MOST_FAILURES = 50;

const FILES = [
  ['sweep.csv', 'a row per run'],
  ['runs.jsonl', 'what the sweep goes on from where the folders of runs are gone'],
  ['table.csv', 'the tables of this page, in full precision; seconds and dollars are in sweep.csv'],
  ['algorithms.csv', 'a row per algorithm, over all grid points'],
  ['fronts.csv', 'what shares of the runs attain by sparsity, where they have fronts'],
  ['sizes.csv', 'accuracy at equal sizes, where runs have nested tickets'],
  ['reach.csv', 'the evaluations until an algorithm is as fit as the reference was'],
  [
    'progress.csv',
    'how accurate searches were after parts of their generations, and how often they improved',
  ],
  ['table.md', 'the tables of this page, as Markdown'],
  ['sweep.json', 'the sweep'],
  ['cells', 'the runs, each with its ticket and its report'],
] as const;

/** The complete HTML document. */
export async function renderPage(sweep: Sweep, results: Results): Promise<string> {
  const name = sweep.name ?? 'Sweep';
  const main = html`<header>
<p class="run">Tombola · sweep</p>
<h1>${name}</h1>
<p>${sweepAbstract(sweep, results)}</p>
</header>
${await resultSections(sweep, results)}
<section aria-labelledby="files">
<h2 id="files">Files</h2>
<ul class="files">${FILES.map(([file, content]) => html`<li><a href="${file}">${file}</a>: ${content}</li>`)}</ul>
<details>
<summary>Sweep</summary>
<pre><code>${JSON.stringify(sweepDocument(sweep), null, 2)}</code></pre>
</details>
</section>`;
  return page(name, main);
}

/** Results of its runs: tables, failures and figures. */
export async function resultSections(sweep: Sweep, results: Results): Promise<Html> {
  const tables = readableTables(sweep, results);
  const points = byPoint(results.groups);
  const drawn: Drawn[] = [];
  for (const groups of points.slice(0, MOST_DRAWN)) {
    drawn.push(await figuresOf(sweep, groups, results.curves));
  }
  const note =
    points.length > MOST_DRAWN &&
    html`<p class="note">The first ${MOST_DRAWN} of ${whole(points.length)} grid points; the tables have them all.</p>`;
  return html`<section aria-labelledby="results">
<h2 id="results">Results</h2>
${tableElement(tables.results)}
<p class="note">${LEGENDS.results}</p>
</section>
${
  tables.comparisons.rows.length > 0 &&
  html`<section aria-labelledby="comparisons">
<h2 id="comparisons">Against ${sweep.reference}</h2>
${tableElement(tables.comparisons)}
${notesOfComparisons(sweep, results).map((note) => html`<p class="note">${note}</p>`)}
</section>`
}
${
  tables.sizes.rows.length > 0 &&
  html`<section aria-labelledby="sizes">
<h2 id="sizes">${SIZES_TITLE}</h2>
${tableElement(tables.sizes)}
<p class="note">${SIZES_NOTE}</p>
</section>`
}
${
  results.reach.length > 0 &&
  html`<section aria-labelledby="reach">
<h2 id="reach">${reachTitle(sweep)}</h2>
${tableElement(reachTable(sweep, results.reach))}
${reachNotes(sweep).map((note) => html`<p class="note">${note}</p>`)}
</section>`
}
${
  results.progress.length > 0 &&
  html`<section aria-labelledby="progress">
<h2 id="progress">${PROGRESS_TITLE}</h2>
${tableElement(progressTable(sweep, results.progress))}
<p class="note">${PROGRESS_NOTE}</p>
</section>`
}
${await overallSection(sweep, results, tables.overall)}
${section('trends', 'Along the grid', await trendFigures(sweep, results))}
${failures(results)}
${sections(drawn, note)}`;
}

/** All grid points together; nothing where there is nothing to compare. */
async function overallSection(
  { algorithms }: Sweep,
  { overall }: Results,
  table: TextTable,
): Promise<Html | false> {
  if (table.rows.length === 0) return false;
  const figures = await overallFigures(
    algorithms.map(({ name }) => name),
    overall,
  );
  return html`<section aria-labelledby="overall">
<h2 id="overall">${OVERALL_TITLE}</h2>
${tableElement(table)}
${overallNotes(overall).map((note) => html`<p class="note">${note}</p>`)}
<div class="figures">
${figures.map(figureElement)}</div>
</section>`;
}

/** How large it is, and how far. */
export function sweepAbstract({ algorithms, seeds }: Sweep, { runs, groups }: Results): string {
  const points = byPoint(groups).length;
  const succeeded = runs.flatMap(({ result }) => (result?.status === 'succeeded' ? [result.summary] : []));
  const seconds = succeeded.reduce((sum, summary) => sum + summary.seconds, 0);
  const failed = runs.filter(({ result }) => result?.status === 'failed').length;
  const missing = runs.length - succeeded.length - failed;
  return (
    `${counted(points, 'grid point')} × ${counted(algorithms.length, 'algorithm')} × ${counted(seeds.length, 'seed')}: ` +
    `${whole(succeeded.length)} of ${counted(runs.length, 'run')} succeeded` +
    (failed > 0 ? `, ${whole(failed)} failed` : '') +
    (missing > 0 ? `, ${whole(missing)} are still to come` : '') +
    `. Together they took ${duration(seconds).replaceAll(' ', '\u00a0')}.`
  );
}

function tableElement({ head, words, rows }: TextTable): Html {
  const number = (index: number) => index >= words && html` class="number"`;
  return html`<div class="scroll unbroken" tabindex="0"><table>
<thead><tr>${head.map((title, index) => html`<th scope="col"${number(index)}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((cell, index) => html`<td${number(index)}>${cell}</td>`)}</tr>
`,
  )}</tbody>
</table></div>`;
}

function failures({ runs }: Results): Html {
  const failed = runs.flatMap(({ cell, result }) =>
    result?.status === 'failed' ? [html`<li>${cell.id}: ${result.error}</li>`] : [],
  );
  if (failed.length === 0) return html``;
  const more = failed.length - MOST_FAILURES;
  return html`<section aria-labelledby="failures">
<h2 id="failures">Failed runs</h2>
<p class="note">They are in none of the figures above and below.</p>
<ul class="files">${failed.slice(0, MOST_FAILURES)}${more > 0 && html`<li>and ${whole(more)} more: see sweep.csv</li>`}</ul>
</section>`;
}

/** Figures of one grid point, by kind: a key of KINDS. */
type Drawn = Readonly<Record<keyof typeof KINDS, Figure | null>>;

/** `curves`: of all groups. */
async function figuresOf(
  sweep: Sweep,
  groups: readonly Group[],
  curves: readonly GroupCurves[],
): Promise<Drawn> {
  const { index, values } = at(groups, 0).point;
  const names = sweep.algorithms.map(({ name }) => name);
  const place: FigureContext = { id: String(index), title: gridTitle(sweep, values), algorithms: names };
  const own = curves.filter(({ point }) => point.index === index);
  const bandsOf = (kind: keyof GroupCurves['bands']) =>
    own.map(({ algorithm, bands }) => ({ algorithm, band: bands[kind] }));
  return {
    accuracy: await accuracyFigure(place, groups),
    sparsity: await sparsityFigure(place, groups),
    fronts: await frontsFigure(place, groups),
    sizes: await sizesFigure(place, groups),
    curves: await curvesFigure(place, bandsOf('evaluations'), 'accuracy'),
    seconds: await curvesFigure(place, bandsOf('seconds'), 'accuracy', 'seconds'),
    dollars: await curvesFigure(place, bandsOf('dollars'), 'accuracy', 'dollars'),
    losses: await curvesFigure(place, bandsOf('loss'), 'loss'),
  };
}

/** Their titles, and what is said about them; learning curves of cross-entropy need not be explained again. */
const KINDS = {
  accuracy: {
    title: 'Test accuracy',
    about:
      'Boxes hold the middle half of the runs, the mark inside is the median, the line reaches from the worst to the best; a dot is a run.',
  },
  sparsity: { title: 'Accuracy against sparsity', about: '' },
  fronts: {
    title: 'Fronts',
    about:
      'Fronts show test accuracy by sparsity. Half of the runs attain the line with a ticket that is at least so sparse; a quarter of them attain the upper edge of the band, and three quarters the lower one (empirical attainment surfaces). The band meets the bottom where fewer than three quarters have a ticket so sparse. A run contributes the ticket with the highest train accuracy among those that are sparse enough; a run without a front has its ticket alone.',
  },
  sizes: { title: 'Nested tickets', about: '' },
  curves: {
    title: 'Learning curves',
    about:
      'Learning curves show the best individual so far on training data, by evaluations of the whole training set; for a training, the best epoch so far (on validation data where some are held out), by passes over it. The line is the median of the runs, the band the middle half of them. Both begin once all runs have begun. A run that is over stays where it ended.',
  },
  seconds: {
    title: 'Learning curves by seconds',
    about:
      'Histories have no times. The seconds of a run, from its data to its summary on the computer that ran it, beside other runs, are spread evenly over its evaluations and flips, or its epochs. So are its dollars: what it cost in the cloud, or would have.',
  },
  dollars: { title: 'Learning curves by dollars', about: '' },
  losses: { title: 'Learning curves, cross-entropy', about: '' },
} as const;

/** A section for each kind of figure; a single grid point has its figures side by side. */
function sections(points: readonly Drawn[], note: Html | false): Html[] {
  const sectionOf = (id: string, title: string, about: string, figures: readonly (Figure | null)[]) => {
    const drawn = figures.filter((figure) => figure !== null);
    const told = html`${note}${about !== '' && html`<p class="note">${about}</p>`}`;
    return drawn.length === 0 ? html`` : section(`${id}-section`, title, drawn, told);
  };
  const kinds = namesOf(KINDS);
  const [point, ...others] = points;
  if (point && others.length === 0) {
    const about = kinds
      .flatMap((kind) => (point[kind] && KINDS[kind].about !== '' ? [KINDS[kind].about] : []))
      .join(' ');
    return [
      sectionOf(
        'all',
        'Figures',
        about,
        kinds.map((kind) => point[kind]),
      ),
    ];
  }
  return kinds.map((kind) => {
    const { title, about } = KINDS[kind];
    return sectionOf(
      kind,
      title,
      about,
      points.map((one) => one[kind]),
    );
  });
}
