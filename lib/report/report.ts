/** The report of a run: one HTML document that needs neither a network nor JavaScript. */

import type { History } from '../algorithms/algorithm.ts';
import type { HistoryRow } from '../algorithms/parts/history-row.ts';
import { wordingOf } from '../algorithms/registry.ts';
import type { Confusion } from '../base/classes.ts';
import { amount, duration, percent, whole } from '../base/format.ts';
import type { KeptWeights, Landscape } from '../landscape/schema.ts';
import { type AnyNetwork, isGraph } from '../network/network.ts';
import type { Objective } from '../search/individual.ts';
import { type Artifact, RUN_ARTIFACTS } from '../store/artifacts.ts';
import { confusionFigure } from './figures/confusion-figure.ts';
import type { Figure } from './figures/figure.ts';
import { frontFigures } from './figures/front-figure.ts';
import { historyFigures } from './figures/history-figures.ts';
import { keptFigure } from './figures/kept-figure.ts';
import { landscapeFigures, landscapeNote } from './figures/landscape-figures.ts';
import { layersFigure } from './figures/layers-figure.ts';
import { learningFigures } from './figures/learning-figures.ts';
import { nestedFigure } from './figures/nested-figure.ts';
import { networkFigure } from './figures/network-figure.ts';
import { pathsFigure } from './figures/paths-figure.ts';
import { type Plane, planeFigure } from './figures/plane-figure.ts';
import { populationFigure, type Survivor } from './figures/population-figure.ts';
import { type Html, html } from './html.ts';
import { page, section } from './page.ts';
import { networkName, type RunSummary } from './summary.ts';
import { classesTable } from './tables/class-scores.ts';
import { fairnessTables } from './tables/fairness-table.ts';
import { layersTable } from './tables/layers-table.ts';
import { pathsTable } from './tables/paths-table.ts';
import { sizesTable } from './tables/sizes-table.ts';
import { statisticsSection } from './tables/statistics-table.ts';
import { restartsText, stopReasonText, summaryTable } from './tables/summary-table.ts';
import { testAccuracyContext, untaughtText } from './test-accuracy.ts';
import type { Names } from './text/names.ts';
import { macroAverageOf } from './text/objective.ts';

export interface ReportInput {
  readonly summary: RunSummary;
  /** The complete run spec, shown as JSON. */
  readonly spec: unknown;
  /** Rows in order; any number of them. */
  readonly history: History;
  /** The final population, best first. */
  readonly population: readonly Survivor[];
  readonly objective: Objective;
  readonly network: AnyNetwork;
  /** Its weights were given, as a trained model has them, not drawn. */
  readonly given?: boolean;
  /** Names of classes and features, as the data have them. */
  readonly names?: Names;
  /** The packed mask of the ticket, after pruning. */
  readonly ticket: Uint8Array;
  /** The ticket's predictions of the test data. */
  readonly confusion: Confusion;
  /** Two-dimensional tasks only: what the ticket decides over the plane. */
  readonly plane?: Plane;
  /** How often the final population keeps each weight. */
  readonly kept?: KeptWeights;
  /** Measured by `tombola landscape` around the ticket. */
  readonly landscape?: Landscape;
}

/** The complete HTML document. Its size and the time it takes do not grow with the number of generations drawn. */
export async function renderReport(input: ReportInput): Promise<string> {
  const { summary } = input;
  const ticketFigures = await figuresOfTicket(input);
  const { landscape } = input;
  const name = summary.preset ?? summary.runId;
  return page(
    name,
    html`<header>
<p class="run">Tombola · run ${summary.runId} · seed ${summary.seed}</p>
<h1>${name}</h1>
<p>${abstract(input)}</p>
${tiles(summary)}
</header>
${section('ticket', 'Ticket', ticketFigures)}
${await courseSection(input)}
${landscape && section('landscape', 'Landscape', await landscapeFigures(landscape), landscapeNote(landscape))}
${landscape && statisticsSection(landscape)}
<section aria-labelledby="details">
<h2 id="details">Details</h2>
<div class="tables">
${summaryTable(summary)}
<div class="stack">
<div>${layersTable(input.network, input.ticket)}
<p class="note">Kept and pruned are weights; biases are never pruned. A live ${isGraph(input.network) ? 'channel' : 'unit'} depends on the input and reaches a class.</p></div>
${sizesTable(summary)}
${classesTable(input.confusion, input.names ?? {})}
${pathsTable(summary, input.names ?? {})}
${fairnessTables(summary.fairness)}
</div>
</div>
</section>
<section aria-labelledby="files">
<h2 id="files">Files</h2>
<ul class="files">${filesOf(summary, landscape).map(([file, content]) => html`<li><a href="${file}">${file}</a>: ${content}</li>`)}</ul>
<details>
<summary>Run spec</summary>
<pre><code>${JSON.stringify(input.spec, null, 2) ?? ''}</code></pre>
</details>
</section>`,
  );
}

/** The files beside the report, and what is in them. */
function filesOf(
  { algorithm, nested, front }: RunSummary,
  landscape?: Landscape,
): (readonly [string, string])[] {
  const { found, row } = wordingOf(algorithm);
  const isThere: Readonly<Partial<Record<NonNullable<Artifact['only']>, boolean>>> = {
    landscape: landscape !== undefined,
    statistics: landscape !== undefined && landscape.statistics.length > 0,
    nested: nested !== undefined,
    front: front !== undefined,
  };
  const rows: [string, Artifact][] = Object.entries(RUN_ARTIFACTS);
  return rows.flatMap(([file, { content, contentTrained, only }]) => {
    if (content === undefined || (only && isThere[only] === false)) return [];
    const told = found === 'trained' ? (contentTrained ?? content) : content;
    return [[file, told.replace('{row}', row)]];
  });
}

async function figuresOfTicket({
  network,
  ticket,
  plane,
  confusion,
  summary,
  names = {},
  given = false,
}: ReportInput): Promise<Figure[]> {
  const trained = wordingOf(summary.algorithm).found === 'trained';
  const drawn = isGraph(network)
    ? layersFigure(network, ticket)
    : networkFigure(network, ticket, { ...names, trained, given });
  const figures = [
    plane && (await planeFigure(plane, names)),
    drawn,
    await confusionFigure(confusion, names),
    await pathsFigure(summary, names),
  ];
  return figures.filter((figure) => figure !== undefined && figure !== null);
}

/** How the run went: its history, and the population that it ended with. */
async function courseSection(input: ReportInput): Promise<Html> {
  const { history, population, objective, summary, kept } = input;
  if (history.by === 'epoch') {
    const short = html`<p class="note">The training has one epoch, too few to draw.</p>`;
    const curves = await learningFigures(history.rows);
    const figures = [...curves, await nestedFigure(summary.nested)].filter((figure) => figure !== null);
    return section('training', 'Training', figures, history.rows.length < 2 ? short : undefined);
  }
  const figures = [
    ...(await historyFigures(history.rows, objective)),
    await populationFigure(population, objective, summary),
    ...(await frontFigures(summary)),
    await nestedFigure(summary.nested),
    kept ? keptFigure(kept, 'How often each weight is kept', 'masks of the final population') : null,
  ].filter((figure) => figure !== null);
  return section('search', 'Search', figures, history.rows.length < 2 ? tooShort(history.rows) : undefined);
}

/** In place of curves, where a search ended before there was anything to draw. */
function tooShort([row]: readonly HistoryRow[]): Html {
  if (row === undefined) return html`<p class="note">The search has no generations to draw.</p>`;
  return html`<p class="note">The search has one generation, too few to draw: best accuracy ${percent(row.bestAccuracy)}, mean ${percent(row.meanAccuracy)}; sparsity of the best ${percent(row.bestSparsity)}.</p>`;
}

function abstract({ summary, network: of, given = false }: ReportInput): string {
  const { algorithm, layers, keptWeights, prunableWeights, testAccuracy, testSamples, status, unpruned } =
    summary;
  const { found, process } = wordingOf(algorithm);
  const name = networkName(summary);
  const network = layers ? `${layers.join('–')} ReLU network` : `${name} network`;
  const origin = given
    ? `A pruned subnetwork of ${name}`
    : `A subnetwork of a random ${isGraph(of) && name.endsWith('.onnx') ? `network built as ${name}` : network}`;
  const weights = whole(keptWeights);
  const what =
    found === 'trained'
      ? `A ${network} trained by backpropagation: with ${keptWeights === prunableWeights ? `all ${weights}` : `${weights} of its ${whole(prunableWeights)}`} weights it`
      : `${origin}, found ${given ? found.replace('without', 'without further') : found}: with ${weights} of its weights, all as they were ${given ? 'given' : 'drawn'}, it`;
  return (
    `${what} classifies ${percent(testAccuracy, 2)} of ${whole(testSamples)} unseen samples correctly (${testAccuracyContext(summary)}).` +
    (unpruned
      ? ` With all ${whole(prunableWeights)} weights, before anything was pruned, ${name} classified ${percent(unpruned.testAccuracy, 2)} of them correctly.`
      : '') +
    [restartsText(summary), untaughtText(summary)].map((text) => text && ` ${text}`).join('') +
    (status === 'stopped' ? ` The ${process} was stopped before it was over.` : '')
  );
}

function tiles(summary: RunSummary): Html {
  const words = wordingOf(summary.algorithm);
  const objective = macroAverageOf(summary.objective, summary);
  const { validationAccuracy } = summary;
  return html`<dl class="tiles main">${tile('test accuracy', percent(summary.testAccuracy, 2))}
${tile('train accuracy', percent(summary.trainAccuracy, 2))}
${validationAccuracy !== null && tile('validation accuracy', percent(validationAccuracy, 2))}
${objective && tile(`test ${objective.name}`, percent(objective.test, 2))}
${objective && tile(`train ${objective.name}`, percent(objective.train, 2))}
${tile('sparsity', percent(summary.sparsity, 1))}
${tile('weights kept', whole(summary.keptWeights), `of ${whole(summary.prunableWeights)}`)}</dl>
<dl class="tiles">${tile(words.generations, whole(summary.generations))}
${
  summary.flips === undefined
    ? html`${tile(words.evaluations, whole(summary.evaluations))}
${tile(words.evaluationsPerSecond, amount(summary.evaluationsPerSecond))}`
    : html`${tile('flips considered', whole(summary.flips))}
${tile('flips per second', amount(summary.flipsPerSecond ?? 0))}`
}
${tile('wall-clock time', duration(summary.seconds))}
${tile('stopped by', stopReasonText(summary.stopReason))}</dl>`;
}

function tile(label: string, value: string, unit = ''): Html {
  return html`<div><dt>${label}</dt><dd>${value}${unit !== '' && html` <small>${unit}</small>`}</dd></div>`;
}
