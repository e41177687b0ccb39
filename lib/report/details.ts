/** The report's tables: every figure of the summary, and what the ticket keeps of each layer. */
import type { Cost } from '../cost/cost.ts';
import { formatCost, formatUsage } from '../cost/wording.ts';
import { denseLayers, type Network } from '../network/architecture.ts';
import type { StopReason } from '../search/stopping.ts';
import { type Html, html } from './html.ts';
import { OBJECTIVE_NAMES } from './objective.ts';
import { formatCount, formatDuration, formatLoss, formatRate, formatShare } from './quantities.ts';
import type { Summary } from './summary.ts';
import { countKept, unitRoles } from './wiring.ts';
import { wordingOf } from './wording.ts';

const STOP_REASON_TEXTS: Readonly<Record<StopReason, string>> = {
  'target-accuracy': 'target accuracy',
  stagnation: 'stagnation',
  'max-generations': 'generation limit',
  'max-evaluations': 'evaluation limit',
  'max-epochs': 'epoch limit',
  'early-stopping': 'early stopping',
};

/** What ended the search, or that nothing did. */
export function stopReasonText(reason: StopReason | null): string {
  return reason === null ? 'not over yet' : STOP_REASON_TEXTS[reason];
}

/** What the run cost, or would have cost, and for what. */
function describeCost(cost: Cost): string {
  return `${formatCost(cost)}: ${formatUsage(cost.usage)}; list prices of ${cost.priceDate}, ${cost.priceRegion}`;
}

/** Every key of the summary, in the order of the table. */
const ROWS: { readonly [Key in keyof Summary]: readonly [string, (value: Summary[Key]) => string] } = {
  runId: ['Run', String],
  preset: ['Preset', (preset) => preset ?? 'none'],
  seed: ['Seed', String],
  status: ['Status', String],
  stopReason: ['Stopped by', stopReasonText],
  algorithm: ['Algorithm', String],
  objective: ['Objective', (objective) => OBJECTIVE_NAMES[objective]],
  layers: ['Network', (layers) => layers.join(' → ')],
  generations: ['Generations', formatCount],
  evaluations: ['Evaluations of the search', formatCount],
  pruningEvaluations: ['Evaluations of the pruning pass', formatCount],
  testAccuracy: ['Test accuracy', formatShare],
  trainAccuracy: ['Train accuracy', formatShare],
  trainAccuracyBeforePruning: ['Train accuracy before pruning', formatShare],
  testBalancedAccuracy: ['Test balanced accuracy', formatShare],
  trainBalancedAccuracy: ['Train balanced accuracy', formatShare],
  testMacroF1: ['Test macro-F1', formatShare],
  trainMacroF1: ['Train macro-F1', formatShare],
  testLoss: ['Test cross-entropy, nats', formatLoss],
  trainLoss: ['Train cross-entropy, nats', formatLoss],
  sparsity: ['Sparsity', formatShare],
  sparsityBeforePruning: ['Sparsity before pruning', formatShare],
  keptWeights: ['Weights kept', formatCount],
  prunableWeights: ['Prunable weights', formatCount],
  trainSamples: ['Training samples', formatCount],
  testSamples: ['Test samples', formatCount],
  seconds: ['Wall-clock time', formatDuration],
  evaluationsPerSecond: ['Evaluations per second', formatRate],
  cost: ['Cost', describeCost],
  version: ['Tombola version', String],
  specHash: ['Hash of the spec', String],
};

/** Training has no pruning pass. */
const PRUNING_KEYS: ReadonlySet<keyof Summary> = new Set([
  'pruningEvaluations',
  'trainAccuracyBeforePruning',
  'sparsityBeforePruning',
]);

export function summaryTable(summary: Summary): Html {
  const trains = wordingOf(summary.algorithm).process === 'training';
  const rows = (Object.keys(ROWS) as (keyof Summary)[])
    .filter((key) => !trains || !PRUNING_KEYS.has(key))
    .map((key) => summaryRow(summary, key));
  return html`<div class="scroll"><table>
<caption>Summary</caption>
<tbody>${rows}</tbody>
</table></div>`;
}

function summaryRow<Key extends keyof Summary>(summary: Summary, key: Key): Html {
  const [name, format] = ROWS[key];
  const words = wordingOf(summary.algorithm);
  const counted: ReadonlyMap<keyof Summary, string> = new Map([
    ['generations', words.generations],
    ['evaluations', words.evaluations],
    ['evaluationsPerSecond', words.evaluationsPerSecond],
  ]);
  const label = words.process === 'training' ? capitalized(counted.get(key) ?? name) : name;
  return html`<tr><th scope="row">${label}</th><td class="value">${format(summary[key])}</td></tr>`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Networks up to this many prunable weights have their idle units counted, which reads every weight. */
const MOST_WEIGHTS_READ = 2_000_000;

/** Weights kept per dense layer, and how many of its units the ticket leaves at work. */
export function layersTable(network: Network, ticket: Uint8Array): Html {
  const layers = denseLayers(network.widths);
  const weights = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const roles = weights <= MOST_WEIGHTS_READ ? unitRoles(network, ticket) : null;
  const rows = layers.map(({ name, inputs, outputs, offset }, index) => {
    const size = inputs * outputs;
    const kept = countKept(ticket, offset, offset + size);
    const live = roles?.[index + 1]?.filter((role) => role === 'live').length;
    return html`<tr><th scope="row">${name}</th><td class="number">${formatCount(inputs)} → ${formatCount(outputs)}</td><td class="number">${formatCount(kept)} of ${formatCount(size)}</td><td class="number">${formatShare(1 - kept / size)}</td><td class="number">${live === undefined ? '–' : formatCount(live)}</td></tr>`;
  });
  return html`<div class="scroll"><table>
<caption>Layers</caption>
<thead><tr><th scope="col">layer</th><th scope="col" class="number">size</th><th scope="col" class="number">kept</th><th scope="col" class="number">sparsity</th><th scope="col" class="number">live units</th></tr></thead>
<tbody>${rows}</tbody>
</table></div>`;
}
