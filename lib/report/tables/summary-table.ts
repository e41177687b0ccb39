/** The report's table of every figure of the summary. */
import type { StopReason } from '../../algorithms/parts/stopping.ts';
import { wordingOf } from '../../algorithms/registry.ts';
import { capitalized } from '../../base/capitalized.ts';
import { amount, duration, nats, percent, whole } from '../../base/format.ts';
import { namesOf } from '../../base/record.ts';
import type { Cost } from '../../cost/cost.ts';
import { formatCost, formatUsage } from '../../cost/wording.ts';
import { type Html, html } from '../html.ts';
import { networkName, type RunSummary } from '../summary.ts';
import { plantedText, testAccuracyContext, unprunedText } from '../test-accuracy.ts';
import { OBJECTIVE_NAMES } from '../text/objective.ts';
import { pickedText } from '../text/picked.ts';

const STOP_REASON_TEXTS: Readonly<Record<StopReason, string>> = {
  'target-accuracy': 'target accuracy',
  stagnation: 'stagnation',
  'max-generations': 'generation limit',
  'max-evaluations': 'evaluation limit',
  'max-epochs': 'epoch limit',
  'early-stopping': 'early stopping',
  'max-flips': 'flip limit',
  budget: 'budget',
};

/** The reason why the search ended, or that it has not. */
export function stopReasonText(reason: StopReason | null): string {
  return reason === null ? 'not over yet' : STOP_REASON_TEXTS[reason];
}

/** The cost of a run, real or as it would be, and its usage. */
function describeCost(cost: Cost): string {
  return `${formatCost(cost)}: ${formatUsage(cost.usage)}; list prices of ${cost.priceDate}, ${cost.priceRegion}`;
}

/** The fields that the table shows: all that no other row or table has. */
type Shown = Omit<
  Required<RunSummary>,
  | 'network'
  | 'minimised'
  | 'asked'
  | 'readAs'
  | 'largestClassAccuracy'
  | 'checksums'
  | 'front'
  | 'frontAxes'
  | 'nested'
  | 'fairness'
  | 'paths'
  | 'own'
>;

const share = (value: number | null) => percent(value, 2);

/** Every key that is shown, in the order of the table. */
const ROWS: {
  readonly [Key in keyof Shown]: readonly [string, (value: RunSummary[Key], all: RunSummary) => string];
} = {
  runId: ['Run', String],
  preset: ['Preset', (preset) => preset ?? 'none'],
  seed: ['Seed', String],
  status: ['Status', String],
  stopReason: ['Stopped by', stopReasonText],
  algorithm: ['Algorithm', (algorithm, { own }) => own?.algorithm ?? algorithm],
  objective: ['Objective', (objective, { own }) => own?.objective ?? OBJECTIVE_NAMES[objective]],
  layers: ['Network', (layers, all) => layers?.join(' → ') ?? networkName(all)],
  generations: ['Generations', whole],
  evaluations: ['Evaluations of the search', whole],
  flips: ['Flips considered', (flips = 0) => whole(flips)],
  restarts: ['Restarts', (restarts = 0) => whole(restarts)],
  pruningEvaluations: ['Evaluations of the pruning pass', whole],
  testAccuracy: ['Test accuracy', (accuracy, all) => `${share(accuracy)} (${testAccuracyContext(all)})`],
  trainAccuracy: ['Train accuracy', share],
  unpruned: ['Before anything was pruned', (_, all) => unprunedText(all) ?? '–'],
  planted: ['Planted ticket', (_, all) => plantedText(all) ?? '–'],
  validationAccuracy: ['Validation accuracy', share],
  trainAccuracyBeforePruning: ['Train accuracy before pruning', share],
  testBalancedAccuracy: ['Test balanced accuracy', share],
  trainBalancedAccuracy: ['Train balanced accuracy', share],
  testMacroF1: ['Test macro-F1', share],
  trainMacroF1: ['Train macro-F1', share],
  testOwnObjective: ['Test fitness by the objective', (fitness = 0) => share(fitness)],
  trainOwnObjective: ['Train fitness by the objective', (fitness = 0) => share(fitness)],
  testLoss: ['Test cross-entropy, nats', nats],
  trainLoss: ['Train cross-entropy, nats', nats],
  testConfidence: ['Test confidence', (confidence = null) => share(confidence)],
  trainConfidence: ['Train confidence', (confidence = null) => share(confidence)],
  picked: ['Picked from the front', (_, all) => pickedText(all) ?? '–'],
  sparsity: ['Sparsity', share],
  sparsityBeforePruning: ['Sparsity before pruning', share],
  keptWeights: ['Weights kept', whole],
  prunableWeights: ['Prunable weights', whole],
  trainSamples: ['Training samples', whole],
  testSamples: ['Test samples', whole],
  seconds: ['Wall-clock time', duration],
  evaluationsPerSecond: ['Evaluations per second', amount],
  flipsPerSecond: ['Flips per second', (rate = 0) => amount(rate)],
  cost: ['Cost', describeCost],
  version: ['Tombola version', String],
  specHash: ['Hash of the spec', String],
};

/** Training has no pruning pass. */
const PRUNING_KEYS: readonly string[] = [
  'pruningEvaluations',
  'trainAccuracyBeforePruning',
  'sparsityBeforePruning',
];

/** A sentence about starts that began anew; undefined where none did. */
export function restartsText({ restarts }: Pick<RunSummary, 'restarts'>): string | undefined {
  if (restarts === undefined) return undefined;
  const often = restarts === 1 ? 'once' : `${restarts} times`;
  return `All starts of the search were at chance ${often}, and began anew at other random masks.`;
}

export function summaryTable(summary: RunSummary): Html {
  const trains = wordingOf(summary.algorithm).process === 'training';
  const rows = namesOf(ROWS)
    .filter((key) => key !== 'validationAccuracy' || summary.validationAccuracy !== null)
    .filter((key) => !trains || !PRUNING_KEYS.includes(key))
    .filter((key) => summary[key] !== undefined)
    .filter((key) => summary.flips === undefined || key !== 'evaluationsPerSecond')
    .map((key) => summaryRow(summary, key));
  return html`<div class="scroll" tabindex="0"><table>
<caption>Summary</caption>
<tbody>${rows}</tbody>
</table></div>`;
}

function summaryRow<Key extends keyof Shown>(summary: RunSummary, key: Key): Html {
  const [name, format] = ROWS[key];
  const { process, generations, evaluations, evaluationsPerSecond } = wordingOf(summary.algorithm);
  const counted: Partial<Record<keyof Shown, string>> = { generations, evaluations, evaluationsPerSecond };
  const label = process === 'training' ? capitalized(counted[key] ?? name) : name;
  return html`<tr><th scope="row">${label}</th><td class="value">${format(summary[key], summary)}</td></tr>`;
}
