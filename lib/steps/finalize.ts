/** finalize: prunes the best mask, scores the ticket on the test set, once, and exports it with its report. */
import { parsedIfSound } from '../base/artifact-json.ts';
import { AS_IF, costOf, type Platform } from '../cost/cost.ts';
import { addSpent, NOTHING_SPENT, withSpent } from '../cost/usage.ts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { TicketSession } from '../evaluation/ticket.ts';
import { buildTicketModel } from '../network/models/ticket-model.ts';
import { renderReport } from '../report/report.ts';
import { type Summary, summarySchema } from '../report/summary.ts';
import { decodeSamples } from '../runs/artifacts.ts';
import type { Found } from '../runs/found.ts';
import { readLandscape } from '../runs/landscape-artifacts.ts';
import { minimisedTicket } from '../runs/minimised.ts';
import { encodeTicket, layersOf, readNetwork, verified } from '../runs/networks.ts';
import { planeOf } from '../runs/plane.ts';
import { type Run, type RunName, type Spending, UNMETERED } from '../runs/run.ts';
import { readSearched } from '../runs/searched.ts';
import { readTrained } from '../runs/trained.ts';
import { isDrawn, nameOfNetwork } from '../runspec/network.ts';
import { imageOfTask } from '../runspec/shape.ts';
import { isTraining } from '../runspec/training.ts';
import { countOnes, sparsityOf } from '../search/genome.ts';
import { type ContentsOf, putsOf, type RUN_ARTIFACTS } from '../store/artifacts.ts';
import * as keys from '../store/keys.ts';
import { getIfThere } from '../store/store.ts';
import type { SearchResult, SearchState } from '../workflow/payloads.ts';

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
  const { bits, classNames, featureNames } = manifest;
  const image = imageOfTask(spec.task);
  const read = verified(run);
  const samples = async (key: string) => decodeSamples(await read(key), key);

  const [drawn, train, test, validation] = await Promise.all([
    readNetwork(run, read),
    samples(keys.TRAIN),
    samples(keys.TEST),
    manifest.checksums[keys.VALIDATION] === undefined ? undefined : samples(keys.VALIDATION),
  ]);
  const selectedAt = context.now();
  const found = isTraining(spec.algorithm)
    ? await readTrained(run, event, layersOf(drawn), selectedAt)
    : await readSearched(run, event, { network: drawn, validation }, selectedAt, context);
  const { network, genome, taken } = found;
  const earlier = event.done ? await earlierSummary(run, found) : undefined;
  // Nothing of the run's name or place: the ticket is a function of the spec alone.
  const metadata = {
    tombola: manifest.version,
    spec: manifest.specHash,
    seed: String(spec.seed),
    ...(classNames ? { classes: JSON.stringify(classNames) } : {}),
    ...(featureNames ? { features: JSON.stringify(featureNames) } : {}),
    ...(image ? { image: JSON.stringify(image) } : {}),
  };
  const ticket = buildTicketModel(network, genome, manifest.scaling, metadata);
  await using session = await TicketSession.open(ticket);
  const trained = await session.score(train);
  const tested = await session.score(test);
  const validated = validation && (await session.score(validation));
  const kept = countOnes(genome);

  const { spent = UNMETERED, platform = AS_IF } = context;
  const summary: Omit<Summary, 'cost' | 'seconds'> = {
    runId: manifest.runId,
    preset: spec.preset ?? null,
    seed: spec.seed,
    status: event.done ? 'succeeded' : 'stopped',
    stopReason: event.stopReason ?? earlier?.stopReason ?? null,
    algorithm: spec.algorithm,
    objective: found.objective,
    layers: spec.network.layers ?? null,
    network: nameOfNetwork(spec.network),
    generations: found.generations,
    evaluations: found.evaluations,
    pruningEvaluations: found.pruningEvaluations,
    trainAccuracy: trained.accuracy,
    testAccuracy: tested.accuracy,
    validationAccuracy: validated?.accuracy ?? null,
    trainBalancedAccuracy: trained.balancedAccuracy,
    testBalancedAccuracy: tested.balancedAccuracy,
    trainMacroF1: trained.macroF1,
    testMacroF1: tested.macroF1,
    trainLoss: trained.loss,
    testLoss: tested.loss,
    sparsity: sparsityOf(genome, bits),
    sparsityBeforePruning: found.before?.sparsity ?? sparsityOf(genome, bits),
    trainAccuracyBeforePruning: found.before?.accuracy ?? trained.accuracy,
    keptWeights: kept,
    prunableWeights: bits,
    trainSamples: manifest.trainSamples,
    testSamples: manifest.testSamples,
    evaluationsPerSecond:
      earlier?.evaluationsPerSecond ??
      (taken.evaluating > 0 ? found.evaluations / (taken.evaluating / 1000) : 0),
    version: manifest.version,
    specHash: manifest.specHash,
    ...(manifest.asked === undefined ? {} : { asked: manifest.asked }),
  };
  const { model: smaller, sizes } = await minimisedTicket({
    network,
    genome,
    scaling: manifest.scaling,
    metadata,
    ticket,
    session,
    samples: [test, ...(validation ? [validation] : []), train],
    earlier: earlier?.minimised,
  });
  const plane = await planeOf(session, train);
  // Nobody looks around a ticket before there is one: a first finalize does not ask for a landscape.
  const landscape = earlier && (await readLandscape(store, manifest.specHash, genome));
  let own = NOTHING_SPENT;
  const complete = (putsToCome: number): Summary => {
    // A report of a run that is not over is no part of the run.
    if (event.done) own = addSpent(own, spent(putsToCome));
    const seconds = (taken.active + (event.done ? context.now() - selectedAt : 0)) / 1000;
    const cost = costOf(withSpent(taken.usage, 'finalize', own), platform);
    return {
      ...summary,
      minimised: sizes,
      seconds: earlier?.seconds ?? seconds,
      cost: earlier?.cost ?? cost,
    };
  };
  const report = await renderReport({
    summary: complete(putsOf('Finalize', [])),
    spec,
    history: found.history,
    population: found.population,
    ...(found.epochs ? { epochs: found.epochs } : {}),
    objective: found.objective,
    network,
    given: !isDrawn(spec.network),
    names: { classes: classNames, features: featureNames },
    ticket: genome,
    ...(found.kept ? { kept: found.kept } : {}),
    confusion: tested.confusion,
    ...(plane ? { plane } : {}),
    ...(landscape ? { landscape } : {}),
  });
  const contents: Omit<ContentsOf<'Finalize', typeof RUN_ARTIFACTS>, typeof keys.SUMMARY> = {
    [keys.TICKET]: ticket,
    [keys.TICKET_MINIMISED]: smaller,
    [keys.TICKET_MASK]: encodeTicket(network, genome, bits, metadata),
    [keys.HISTORY]: found.historyCsv,
    [keys.REPORT]: report,
  };
  await Promise.all(Object.entries(contents).map(([key, content]) => store.put(key, content)));
  const written = complete(1);
  await store.put(keys.SUMMARY, `${JSON.stringify(written, null, 2)}\n`);
  return {
    status: 'succeeded',
    run: store.uri,
    trainAccuracy: summary.trainAccuracy,
    testAccuracy: summary.testAccuracy,
    sparsity: summary.sparsity,
    generations: summary.generations,
    evaluations: summary.evaluations,
    costDollars: written.cost.dollars.total,
    ticket: `${store.uri}${keys.TICKET}`,
    report: `${store.uri}${keys.REPORT}`,
  };
}

/** The summary of this very end of the run, where it was finalized before: to report on it later took no time of its. */
async function earlierSummary(
  { store, manifest }: Run,
  { generations, evaluations }: Found,
): Promise<Summary | undefined> {
  const summary = parsedIfSound(await getIfThere(store, keys.SUMMARY), summarySchema);
  const same =
    summary?.specHash === manifest.specHash &&
    summary.generations === generations &&
    summary.evaluations === evaluations;
  return same && summary.status === 'succeeded' ? summary : undefined;
}
