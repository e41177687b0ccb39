/** The summary of a run. */
import { artifactIfSound, changed } from '../../base/artifact-json.ts';
import { at } from '../../base/at.ts';
import type { Confusion } from '../../base/classes.ts';
import { defined } from '../../base/defined.ts';
import { elapsed } from '../../base/elapsed.ts';
import { indexOfLargest } from '../../base/largest.ts';
import { hasChanged } from '../../base/seal.ts';
import { costOf, type Platform } from '../../cost/cost.ts';
import { addSpent, NOTHING_SPENT, withSpent } from '../../cost/usage.ts';
import { fairnessReport } from '../../report/fairness.ts';
import { type RunSummary, summarySchema } from '../../report/summary.ts';
import { classScores } from '../../report/tables/class-scores.ts';
import { nameOfNetwork } from '../../runspec/network.ts';
import type { RunSpec } from '../../runspec/schema.ts';
import { countOnes, sparsityOf } from '../../search/genome.ts';
import * as keys from '../../store/keys.ts';
import { checksum, getIfThere, type Store } from '../../store/store.ts';
import type { SearchState } from '../../workflow/payloads.ts';
import type { Manifest } from '../manifest.ts';
import type { Run, Spending } from '../run.ts';
import type { Contender } from './contender.ts';
import type { Found } from './found.ts';
import type { TicketScores } from './ticket.ts';

/** The summary that a run has; undefined where there is none, or a torn one. Throws DamagedArtifact. */
export async function readSummary(store: Store): Promise<RunSummary | undefined> {
  return artifactIfSound(keys.SUMMARY, store, await getIfThere(store, keys.SUMMARY), summarySchema);
}

/** Throws DamagedArtifact unless a ticket or a table is the one that its run ended with, as far as its summary says so. */
export function verifyResult(
  store: Pick<Store, 'uri'>,
  key: string,
  bytes: Uint8Array,
  summary: Pick<RunSummary, 'checksums'> | undefined,
): void {
  const expected = summary?.checksums?.[key];
  if (hasChanged(bytes) || (expected !== undefined && checksum(bytes) !== expected))
    throw changed(`${store.uri}${key}`, "restore the file, or write it again with 'tombola report'");
}

/** The summary of this very end of the run, where it was finalized before: to report on it later took no time of its. */
export async function earlierSummary({ store, manifest }: Run, { generations, evaluations }: Found) {
  const summary = await readSummary(store);
  if (!summary || summary.specHash !== manifest.specHash || summary.status !== 'succeeded') return undefined;
  return summary.generations === generations && summary.evaluations === evaluations ? summary : undefined;
}

export interface Summarised {
  readonly event: SearchState;
  readonly found: Found;
  readonly own: Contender;
  readonly scores: TicketScores;
  readonly earlier: RunSummary | undefined;
}

/** All of it but what finalize itself takes: see `withCost`. */
export function summaryOf(
  { spec, manifest }: Run,
  { event, found, own, scores, earlier }: Summarised,
): Omit<RunSummary, 'cost' | 'seconds'> {
  const { train, test, validation } = scores;
  const { bits, trainSamples, testSamples } = manifest;
  const { taken, evaluations } = found;
  const { candidate, ticket } = own;
  const rate = (count: number) => (taken.evaluating > 0 ? count / (taken.evaluating / 1000) : 0);
  const flips = found.history.by === 'generation' ? found.history.rows.at(-1)?.flips : undefined;
  return {
    runId: manifest.runId,
    preset: spec.preset ?? null,
    seed: spec.seed,
    status: event.done ? 'succeeded' : 'stopped',
    stopReason: event.stopReason ?? earlier?.stopReason ?? null,
    algorithm: spec.algorithm,
    objective: found.objective,
    layers: 'layers' in spec.network ? spec.network.layers : null,
    network: nameOfNetwork(spec.network),
    generations: found.generations,
    evaluations,
    ...(flips !== undefined && { flips, flipsPerSecond: earlier?.flipsPerSecond ?? rate(flips) }),
    ...defined({ restarts: found.restarts }),
    pruningEvaluations: own.pruningEvaluations,
    trainAccuracy: train.accuracy,
    testAccuracy: test.accuracy,
    largestClassAccuracy: shareOfLargest(train.confusion, test.confusion),
    validationAccuracy: validation?.accuracy ?? null,
    trainBalancedAccuracy: train.balancedAccuracy,
    testBalancedAccuracy: test.balancedAccuracy,
    trainMacroF1: train.macroF1,
    testMacroF1: test.macroF1,
    ...defined({ trainOwnObjective: train.own, testOwnObjective: test.own, own: ownNames(spec) }),
    trainLoss: train.loss,
    testLoss: test.loss,
    trainConfidence: train.confidence,
    testConfidence: test.confidence,
    sparsity: sparsityOf(ticket.genome, bits),
    sparsityBeforePruning: sparsityOf(candidate.genome, bits),
    trainAccuracyBeforePruning: candidate.score ? candidate.score.correct / trainSamples : train.accuracy,
    keptWeights: countOnes(ticket.genome),
    prunableWeights: bits,
    ...defined({ fairness: fairnessOfTicket(spec, manifest, scores), readAs: manifest.readAs }),
    trainSamples,
    testSamples,
    evaluationsPerSecond: earlier?.evaluationsPerSecond ?? rate(evaluations),
    version: manifest.version,
    specHash: manifest.specHash,
    ...defined({ asked: manifest.asked }),
  };
}

/** Undefined where the data have no groups, or no class is the positive one. */
function fairnessOfTicket({ search }: RunSpec, { groups, classNames }: Manifest, scores: TicketScores) {
  const label = groups?.positive ?? null;
  const { train, validation, test } = scores;
  if (!groups || label === null || !train.groups || !test.groups) return undefined;
  const positive = { label, name: classNames?.[label] ?? String(label) };
  const confusions = { train: train.groups, validation: validation?.groups, test: test.groups };
  return fairnessReport(confusions, groups.names, positive, search.constraints);
}

/** Code of a program, by its names. */
function ownNames({ own }: Run['spec']): RunSummary['own'] {
  return own && defined({ algorithm: own.algorithm?.name, objective: own.objective?.name });
}

/** How many of the test samples are of the largest class of the training data. */
function shareOfLargest(train: Confusion, test: Confusion): number {
  const samplesOf = (confusion: Confusion) => classScores(confusion).map(({ samples }) => samples);
  const tested = samplesOf(test);
  return at(tested, indexOfLargest(samplesOf(train))) / tested.reduce((sum, count) => sum + count, 0);
}

/** Adds what the run took, up to now and with the PUTs that are still to come. */
export function costing(
  { done }: SearchState,
  { taken }: Found,
  began: number,
  { now, spent, platform }: { now: () => number; spent: Spending; platform: Platform },
  earlier: RunSummary | undefined,
): (putsToCome: number) => Pick<RunSummary, 'seconds' | 'cost'> {
  let own = NOTHING_SPENT;
  return (putsToCome) => {
    // A report of a run that is not over is no part of the run.
    if (done) own = addSpent(own, spent(putsToCome));
    const seconds = (taken.active + (done ? elapsed(began, now()) : 0)) / 1000;
    const cost = costOf(withSpent(taken.usage, 'finalize', own), platform);
    return { seconds: earlier?.seconds ?? seconds, cost: earlier?.cost ?? cost };
  };
}
