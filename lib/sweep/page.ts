/** sweep.html: one HTML document that needs neither a network nor JavaScript. */
import { counted, duration, whole } from '../base/format.ts';
import type { Figure } from '../report/figures/figure.ts';
import { type Html, html } from '../report/html.ts';
import { page, section } from '../report/page.ts';
import { bandOf, type Measure, parseCurve } from './curves.ts';
import { accuracyFigure, curvesFigure, type FigureContext, sparsityFigure } from './figures.ts';
import type { Group, Results } from './results.ts';
import { type Sweep, sweepDocument } from './schema.ts';
import { LEGENDS, readableTables, type TextTable, valueText } from './tables.ts';

/** Grid points that are drawn; beyond, the tables have to do. */
const MOST_DRAWN = 24;

/** Failed cells that are listed. */
const MOST_FAILURES = 50;

const FILES = [
  ['sweep.csv', 'a row per run'],
  ['table.csv', 'the tables of this page, in full precision'],
  ['table.md', 'the tables of this page, as Markdown'],
  ['sweep.json', 'the sweep'],
  ['cells', 'the runs, each with its ticket and its report'],
] as const;

/** Reads the history.csv of a cell; undefined if there is none. */
export type ReadHistory = (cell: string) => Promise<string | undefined>;

/** The complete HTML document. */
export async function renderPage(sweep: Sweep, results: Results, readHistory: ReadHistory): Promise<string> {
  const name = sweep.name ?? 'Sweep';
  const tables = readableTables(sweep, results);
  const { length: points } = [...new Set(results.groups.map(({ point }) => point.index))];
  const drawn = await drawFigures(sweep, results, readHistory);
  const note =
    points > MOST_DRAWN
      ? html`<p class="note">The first ${MOST_DRAWN} of ${whole(points)} grid points; the tables have them all.</p>`
      : html``;
  const main = html`<header>
<p class="run">Tombola · sweep</p>
<h1>${name}</h1>
<p>${abstract(sweep, results, points)}</p>
</header>
<section aria-labelledby="results">
<h2 id="results">Results</h2>
${tableElement(tables.results)}
<p class="note">${LEGENDS.results}</p>
</section>
${
  tables.comparisons.rows.length > 0
    ? html`<section aria-labelledby="comparisons">
<h2 id="comparisons">Against ${sweep.reference}</h2>
${tableElement(tables.comparisons)}
<p class="note">${LEGENDS.comparisons(sweep.reference)}</p>
</section>`
    : html``
}
${failures(results)}
${sections(drawn, points === 1, note)}
<section aria-labelledby="files">
<h2 id="files">Files</h2>
<ul class="files">${FILES.map(([file, content]) => html`<li><a href="${file}">${file}</a>: ${content}</li>`)}</ul>
<details>
<summary>Sweep</summary>
<pre><code>${JSON.stringify(sweepDocument(sweep), null, 2)}</code></pre>
</details>
</section>`;
  return page(name, main, TABLE_STYLE);
}

/** Wide tables scroll in themselves; their words do not break, and figures come two to a row. */
const TABLE_STYLE = `
.scroll td,.scroll th{white-space:nowrap}
.scroll td:last-child,.scroll th:last-child{padding-right:.25rem}
`;

function abstract({ algorithms, seeds }: Sweep, { runs }: Results, points: number): string {
  const succeeded = runs.flatMap(({ result }) => (result?.status === 'succeeded' ? [result.summary] : []));
  const seconds = succeeded.reduce((sum, summary) => sum + summary.seconds, 0);
  const failed = runs.filter(({ result }) => result?.status === 'failed').length;
  const missing = runs.length - succeeded.length - failed;
  return (
    `${counted(points, 'grid point')} × ${counted(algorithms.length, 'algorithm')} × ${counted(seeds.length, 'seed')}: ` +
    `${whole(succeeded.length)} of ${counted(runs.length, 'run')} succeeded` +
    (failed > 0 ? `, ${whole(failed)} failed` : '') +
    (missing > 0 ? `, ${whole(missing)} are still to come` : '') +
    `. Together they took ${duration(seconds)}.`
  );
}

function tableElement({ head, words, rows }: TextTable): Html {
  const number = (index: number) => (index < words ? html`` : html` class="number"`);
  return html`<div class="scroll"><table>
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
<ul class="files">${failed.slice(0, MOST_FAILURES)}${more > 0 ? html`<li>and ${whole(more)} more: see sweep.csv</li>` : html``}</ul>
</section>`;
}

interface Drawn {
  readonly accuracy: readonly Figure[];
  readonly sparsity: readonly Figure[];
  /** Learning curves: of accuracy, and where there is a loss, of that. */
  readonly curves: readonly Figure[];
  readonly losses: readonly Figure[];
}

async function drawFigures(sweep: Sweep, results: Results, readHistory: ReadHistory): Promise<Drawn> {
  const algorithms = sweep.algorithms.map(({ name }) => name);
  const byPoint = Map.groupBy(results.groups, ({ point }) => point.index);
  const accuracy: Figure[] = [];
  const sparsity: Figure[] = [];
  const curves: Figure[] = [];
  const losses: Figure[] = [];
  const add = (figures: Figure[], figure: Figure | null) => {
    if (figure) figures.push(figure);
  };
  for (const [index, groups] of [...byPoint].slice(0, MOST_DRAWN)) {
    const values = Object.entries(groups[0]?.point.values ?? {});
    const title = values
      .map(([field, value]) => (field === 'preset' ? valueText(value) : `${field} ${valueText(value)}`))
      .join(', ');
    const place: FigureContext = { id: String(index), title, algorithms };
    add(accuracy, await accuracyFigure(place, groups));
    add(sparsity, await sparsityFigure(place, groups));
    for (const [measure, bands] of await bandsOf(groups, readHistory)) {
      add(measure === 'loss' ? losses : curves, await curvesFigure(place, bands, measure));
    }
  }
  return { accuracy, sparsity, curves, losses };
}

/** One history at a time: those of a study do not fit into memory together. */
async function bandsOf(groups: readonly Group[], readHistory: ReadHistory) {
  const bands: Record<Measure, { algorithm: string; band: ReturnType<typeof bandOf> }[]> = {
    accuracy: [],
    loss: [],
  };
  for (const { algorithm, runs } of groups) {
    const curves: Record<Measure, ReturnType<typeof parseCurve>[]> = { accuracy: [], loss: [] };
    for (const { id } of runs) {
      const history = await readHistory(id);
      if (history === undefined) continue;
      curves.accuracy.push(parseCurve(history, 'accuracy'));
      curves.loss.push(parseCurve(history, 'loss'));
    }
    bands.accuracy.push({ algorithm, band: bandOf(curves.accuracy) });
    bands.loss.push({ algorithm, band: bandOf(curves.loss) });
  }
  return [['accuracy', bands.accuracy] as const, ['loss', bands.loss] as const];
}

const NOTES = {
  accuracy:
    'Boxes hold the middle half of the runs, the mark inside is the median, the line reaches from the worst to the best; a dot is a run.',
  curves:
    'Learning curves are of the best individual, on training data, by evaluations of the whole training set; of training, the best epoch so far (on validation data where some are held out), by passes over it.',
} as const;

/** A section for each kind of figure; a single grid point has its figures side by side. */
function sections({ accuracy, sparsity, curves, losses }: Drawn, single: boolean, note: Html): Html {
  const told = (text: string) => html`${note}<p class="note">${text}</p>`;
  if (single) {
    const all = [...accuracy, ...sparsity, ...curves, ...losses];
    return sectionOf('all', 'Figures', all, told(`${NOTES.accuracy} ${NOTES.curves}`));
  }
  return html`${sectionOf('accuracy', 'Test accuracy', accuracy, told(NOTES.accuracy))}
${sectionOf('sparsity', 'Accuracy against sparsity', sparsity, note)}
${sectionOf('curves', 'Learning curves', curves, told(NOTES.curves))}
${sectionOf('losses', 'Learning curves, cross-entropy', losses, note)}`;
}

function sectionOf(id: string, title: string, figures: readonly Figure[], note: Html): Html {
  return figures.length === 0 ? html`` : section(`${id}-section`, title, figures, note);
}
