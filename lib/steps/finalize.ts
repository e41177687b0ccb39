/** finalize: prunes the best mask, scores the ticket on the test set, once, and exports it with its report. */
import { AS_IF, costOf, type Platform } from '../cost/cost.ts';
import { addSpent, NOTHING_SPENT, usageSchema, withSpent } from '../cost/usage.ts';
import type { Samples } from '../data/dataset.ts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { TicketSession } from '../evaluation/ticket.ts';
import { keptWeights } from '../landscape/kept.ts';
import { multiplyAdds, type Network } from '../network/architecture.ts';
import { withoutDeadWeights } from '../network/liveness.ts';
import { buildTicketModel } from '../network/ticket-model.ts';
import { historyCsv } from '../report/history.ts';
import { type ReportInput, renderReport } from '../report/report.ts';
import { parseSummary, type Summary } from '../report/summary.ts';
import { countOnes, type PackedMasks, packGenomes, sparsityOf, unpack } from '../search/genome.ts';
import type { Individual } from '../search/individual.ts';
import { PRUNING_WORK, prune, pruningFigure } from '../search/pruning.ts';
import { DamagedArtifact } from '../spec/errors.ts';
import * as keys from '../store/keys.ts';
import { getIfThere } from '../store/store.ts';
import type { SearchResult, SearchState } from '../workflow/payloads.ts';
import {
  decodeNetwork,
  decodeSamples,
  decodeSurvivors,
  encodeNetwork,
  type GenerationState,
  generationStateSchema,
} from './artifacts.ts';
import { readLandscape } from './landscape-artifacts.ts';
import { parseArtifact, type Run, type RunName, required, type Spending, UNMETERED, verify } from './run.ts';
import { readHistory } from './segments.ts';

export interface FinalizeContext {
  readonly run: (name: RunName) => Promise<Run>;
  readonly evaluator: (run: Run) => Promise<Evaluator>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  readonly spent?: Spending;
  /** Where the run is, for its price. */
  readonly platform?: Platform;
}

/** Writes ticket, mask, history, summary and report. Safe to repeat. */
export async function finalize(event: SearchState, context: FinalizeContext): Promise<SearchResult> {
  const run = await context.run(event);
  const { store, spec, manifest } = run;
  const { bits } = manifest;
  const { generation } = event;
  const read = async (key: string) => verify(store, key, await required(store, key), manifest.checksums[key]);

  const survivorsKey = keys.survivorsOf(generation);
  const stateKey = keys.stateOf(generation, event.round);
  const [survivorsBytes, stateBytes, weights, train, test, history] = await Promise.all([
    required(store, survivorsKey),
    required(store, stateKey),
    read(keys.WEIGHTS),
    read(keys.TRAIN).then((bytes) => decodeSamples(bytes, keys.TRAIN)),
    read(keys.TEST).then((bytes) => decodeSamples(bytes, keys.TEST)),
    readHistory(store, 0, generation),
  ]);
  const survivors = decodeSurvivors(survivorsBytes, bits, survivorsKey);
  const state = parseArtifact(stateKey, store, stateBytes, generationStateSchema);
  const [best] = survivors;
  const lastRow = history.at(-1);
  const missing = history.findIndex((row, index) => row.generation !== index);
  if (!best || !lastRow || missing >= 0 || lastRow.generation !== generation) {
    const gap = missing >= 0 ? missing : history.length;
    throw new DamagedArtifact(
      `${store.uri}${keys.HISTORY_SEGMENTS}: the row of generation ${gap} is missing`,
    );
  }
  const selectedAt = context.now();
  const taken = await takenBy(run, event, state, selectedAt);
  const earlier = event.done ? await earlierSummary(run, generation) : undefined;

  const network = decodeNetwork(weights, spec.network.layers, keys.WEIGHTS);
  const pruned = await pruneBest(run, network, best, context);
  // Nothing of the run's name or place: the ticket is a function of the spec alone.
  const metadata = {
    tombola: manifest.version,
    spec: manifest.specHash,
    seed: String(spec.seed),
  };
  const ticket = buildTicketModel(network, pruned.genome, manifest.scaling, metadata);
  await using session = await TicketSession.open(ticket);
  const trained = await session.score(train);
  const tested = await session.score(test);
  const kept = countOnes(pruned.genome);

  const { spent = UNMETERED, platform = AS_IF } = context;
  const summary: Omit<Summary, 'cost' | 'seconds'> = {
    runId: manifest.runId,
    preset: spec.preset ?? null,
    seed: spec.seed,
    status: event.done ? 'succeeded' : 'stopped',
    stopReason: event.stopReason ?? earlier?.stopReason ?? null,
    objective: spec.search.objective,
    layers: spec.network.layers,
    generations: generation,
    evaluations: lastRow.evaluations,
    pruningEvaluations: pruned.evaluations,
    trainAccuracy: trained.accuracy,
    testAccuracy: tested.accuracy,
    trainBalancedAccuracy: trained.balancedAccuracy,
    testBalancedAccuracy: tested.balancedAccuracy,
    trainMacroF1: trained.macroF1,
    testMacroF1: tested.macroF1,
    trainLoss: trained.loss,
    testLoss: tested.loss,
    sparsity: sparsityOf(pruned.genome, bits),
    sparsityBeforePruning: sparsityOf(best.genome, bits),
    trainAccuracyBeforePruning: best.score.correct / manifest.trainSamples,
    keptWeights: kept,
    prunableWeights: bits,
    trainSamples: manifest.trainSamples,
    testSamples: manifest.testSamples,
    evaluationsPerSecond:
      earlier?.evaluationsPerSecond ??
      (taken.evaluating > 0 ? lastRow.evaluations / (taken.evaluating / 1000) : 0),
    version: manifest.version,
    specHash: manifest.specHash,
  };
  const plane = await planeOf(session, train);
  // Nobody looks around a ticket before there is one: a first finalize does not ask for a landscape.
  const landscape = earlier && (await readLandscape(store, manifest.specHash, pruned.genome));
  let own = NOTHING_SPENT;
  const complete = (putsToCome: number): Summary => {
    // A report of a run that is not over is no part of the run.
    if (event.done) own = addSpent(own, spent(putsToCome));
    const seconds = (taken.active + (event.done ? context.now() - selectedAt : 0)) / 1000;
    const cost = costOf(withSpent(taken.usage, 'finalize', own), platform);
    return { ...summary, seconds: earlier?.seconds ?? seconds, cost: earlier?.cost ?? cost };
  };
  const report = await renderReport({
    summary: complete(PUTS),
    spec,
    history,
    population: survivors.map(({ score, genome, origin, born }) => ({
      accuracy: score.correct / manifest.trainSamples,
      loss: Number.isFinite(score.loss) ? score.loss / manifest.trainSamples : null,
      macroAverage: Number.isFinite(score.macroAverage) ? score.macroAverage : null,
      sparsity: sparsityOf(genome, bits),
      origin,
      born,
    })),
    objective: spec.search.objective,
    network,
    ticket: pruned.genome,
    kept: keptWeights(
      network.widths,
      survivors.map(({ genome }) => genome),
    ),
    confusion: tested.confusion,
    ...(plane ? { plane } : {}),
    ...(landscape ? { landscape } : {}),
  });
  await Promise.all([
    store.put(keys.TICKET, ticket),
    store.put(keys.TICKET_MASK, encodeNetwork(network, unpack(pruned.genome, bits), metadata)),
    store.put(keys.HISTORY, historyCsv(history)),
    store.put(keys.REPORT, report),
  ]);
  const written = complete(1);
  await store.put(keys.SUMMARY, `${JSON.stringify(written, null, 2)}\n`);
  return {
    status: 'succeeded',
    run: store.uri,
    trainAccuracy: summary.trainAccuracy,
    testAccuracy: summary.testAccuracy,
    sparsity: summary.sparsity,
    generations: generation,
    evaluations: summary.evaluations,
    costDollars: written.cost.dollars.total,
    ticket: `${store.uri}${keys.TICKET}`,
    report: `${store.uri}${keys.REPORT}`,
  };
}

/** Artifacts that this step writes. */
const PUTS = 5;

/** What the run took up to `now`; one that is not over, up to its last complete generation. */
async function takenBy(
  { store }: Run,
  { done, generation }: SearchState,
  { clock }: GenerationState,
  now: number,
): Promise<Pick<GenerationState['clock'], 'active' | 'evaluating'> & Pick<GenerationState, 'usage'>> {
  if (!done) {
    const key = keys.stateOf(generation + 1);
    const next = parseArtifact(key, store, await required(store, key), generationStateSchema);
    return { ...next.clock, usage: next.usage };
  }
  const key = keys.usageOf(generation);
  const usage = parseArtifact(key, store, await required(store, key), usageSchema);
  const since = now - clock.at;
  return { active: clock.active + since, evaluating: clock.evaluating + since, usage };
}

/** The summary of this very end of the run, where it was finalized before: to report on it later took no time of its. */
async function earlierSummary({ store, manifest }: Run, generation: number): Promise<Summary | undefined> {
  const bytes = await getIfThere(store, keys.SUMMARY);
  const summary = bytes && parseSummary(Buffer.from(bytes).toString('utf8'));
  const same = summary?.specHash === manifest.specHash && summary.generations === generation;
  return same && summary.status === 'succeeded' ? summary : undefined;
}

/** Weights that cannot matter go first, at no cost; then one pass over the others; then those that it left dead. */
async function pruneBest(
  run: Run,
  network: Network,
  best: Individual,
  context: FinalizeContext,
): Promise<{ genome: Uint8Array; evaluations: number }> {
  const { enabled, maxEvaluations } = run.spec.pruning;
  if (!enabled) return { genome: best.genome, evaluations: 0 };
  const evaluator = await context.evaluator(run);
  const figure = pruningFigure(run.spec.search.objective);
  const measure = async (masks: PackedMasks) => (await evaluator.evaluate(masks))[figure];
  const start = withoutDeadWeights(network, best.genome);
  const { bits } = run.manifest;
  const [baseline = 0] = await measure(packGenomes([start], bits));
  const affordable = Math.floor(PRUNING_WORK / (multiplyAdds(network.widths) * run.manifest.trainSamples));
  const pass = await prune(start, bits, baseline, measure, maxEvaluations ?? affordable);
  return { genome: withoutDeadWeights(network, pass.genome), evaluations: pass.evaluations + 1 };
}

/** Points a figure shows, and cells along each side of the grid behind them. */
const SHOWN_POINTS = 1_500;
const GRID = 160;

/** For two features: a sample of the training data, and the ticket's class on a grid around it; raw units. */
async function planeOf(
  session: TicketSession,
  { features, x, labels }: Samples,
): Promise<ReportInput['plane']> {
  if (features !== 2) return undefined;
  let [xMin, xMax, yMin, yMax] = [x[0] ?? 0, x[0] ?? 0, x[1] ?? 0, x[1] ?? 0];
  for (let index = 0; index < x.length; index += 2) {
    const [px = 0, py = 0] = [x[index], x[index + 1]];
    xMin = Math.min(xMin, px);
    xMax = Math.max(xMax, px);
    yMin = Math.min(yMin, py);
    yMax = Math.max(yMax, py);
  }
  const cells = new Float32Array(GRID * GRID * 2);
  for (let row = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++) {
      const cell = 2 * (row * GRID + column);
      cells[cell] = xMin + ((xMax - xMin) * (column + 0.5)) / GRID;
      cells[cell + 1] = yMin + ((yMax - yMin) * (row + 0.5)) / GRID;
    }
  }
  const classes = await session.predict(cells, 2);
  const points = Array.from({ length: Math.min(SHOWN_POINTS, labels.length) }, (_, index) => ({
    x: x[2 * index] ?? 0,
    y: x[2 * index + 1] ?? 0,
    label: labels[index] ?? 0,
  }));
  return {
    points,
    grid: { xMin, xMax, yMin, yMax, columns: GRID, rows: GRID, labels: Uint8Array.from(classes) },
  };
}
