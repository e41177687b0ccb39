/** What a search ended with, or has up to now: what finalize makes a ticket of. */

import { DamagedArtifact } from '../base/errors.ts';
import { usageSchema } from '../cost/usage.ts';
import type { Samples } from '../data/dataset.ts';
import { createEvaluator } from '../evaluation/choose.ts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { keptWeights } from '../landscape/kept.ts';
import { withoutDeadWeights } from '../network/minimising/liveness.ts';
import type { AnyNetwork } from '../network/network.ts';
import { historyCsv } from '../report/history.ts';
import { pruningEvaluations } from '../runspec/shape.ts';
import { type PackedMasks, packGenomes, sparsityOf } from '../search/genome.ts';
import { fitnessOf, type Individual } from '../search/individual.ts';
import { prune, pruningFigure } from '../search/pruning.ts';
import * as keys from '../store/keys.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { decodeSurvivors, type GenerationState, generationStateSchema } from './artifacts.ts';
import type { Found, Taken } from './found.ts';
import { parseArtifact, type Run, required } from './run.ts';
import { readHistory } from './segments.ts';

export interface SearchedContext {
  readonly evaluator: (run: Run) => Promise<Evaluator>;
}

/** What a search is finished with. */
export interface Searched {
  /** As it was drawn. */
  readonly network: AnyNetwork;
  /** Data that the search has not seen, to choose the ticket by. */
  readonly validation: Samples | undefined;
}

/** Reads the last population, and prunes its best: the best on validation data, where there are any. */
export async function readSearched(
  run: Run,
  event: SearchState,
  { network, validation }: Searched,
  now: number,
  context: SearchedContext,
): Promise<Found> {
  const { store, manifest, spec } = run;
  const { bits } = manifest;
  const { generation } = event;
  const survivorsKey = keys.survivorsOf(generation);
  const stateKey = keys.stateOf(generation, event.round);
  const [survivorsBytes, stateBytes, history] = await Promise.all([
    required(store, survivorsKey),
    required(store, stateKey),
    readHistory(store, 0, generation),
  ]);
  const survivors = decodeSurvivors(survivorsBytes, bits, survivorsKey);
  const state = parseArtifact(stateKey, store, stateBytes, generationStateSchema);
  const best = await bestOf(run, network, survivors, validation);
  const lastRow = history.at(-1);
  const missing = history.findIndex((row, index) => row.generation !== index);
  if (!best || !lastRow || missing >= 0 || lastRow.generation !== generation) {
    const gap = missing >= 0 ? missing : history.length;
    throw new DamagedArtifact(
      `${store.uri}${keys.HISTORY_SEGMENTS}: the row of generation ${gap} is missing`,
    );
  }
  const taken = await takenBy(run, event, state, now);
  const pruned = await pruneBest(run, network, best, context);
  return {
    network,
    genome: pruned.genome,
    before: {
      sparsity: sparsityOf(best.genome, bits),
      accuracy: best.score.correct / manifest.trainSamples,
    },
    objective: spec.search.objective,
    generations: generation,
    evaluations: lastRow.evaluations,
    pruningEvaluations: pruned.evaluations,
    taken,
    historyCsv: historyCsv(history),
    history,
    kept: keptWeights(
      network,
      survivors.map(({ genome }) => genome),
    ),
    population: survivors.map(({ score, genome, origin, born }) => ({
      accuracy: score.correct / manifest.trainSamples,
      loss: Number.isFinite(score.loss) ? score.loss / manifest.trainSamples : null,
      macroAverage: Number.isFinite(score.macroAverage) ? score.macroAverage : null,
      sparsity: sparsityOf(genome, bits),
      origin,
      born,
    })),
  };
}

/** The individual that becomes the ticket. Of those that validate equally well, the one that selection puts first. */
async function bestOf(
  { manifest, spec }: Run,
  network: AnyNetwork,
  survivors: readonly Individual[],
  validation: Samples | undefined,
): Promise<Individual | undefined> {
  const [first] = survivors;
  if (!first || !validation) return first;
  const { objective } = spec.search;
  const evaluator = await createEvaluator(network, validation, manifest.scaling, { objective });
  try {
    const genomes = survivors.map(({ genome }) => genome);
    const { correct, loss, macroAverage } = await evaluator.evaluate(packGenomes(genomes, manifest.bits));
    let [best, bestFitness] = [first, Number.NEGATIVE_INFINITY];
    for (const [index, individual] of survivors.entries()) {
      const score = {
        correct: correct[index] ?? 0,
        loss: loss[index] ?? Number.NaN,
        macroAverage: macroAverage[index] ?? Number.NaN,
      };
      const fitness = fitnessOf(score, objective);
      if (fitness > bestFitness) [best, bestFitness] = [individual, fitness];
    }
    return best;
  } finally {
    await evaluator.release();
  }
}

/** What the run took up to `now`; one that is not over, up to its last complete generation. */
async function takenBy(
  { store }: Run,
  { done, generation }: SearchState,
  { clock }: GenerationState,
  now: number,
): Promise<Taken> {
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

/** Weights that cannot matter go first, at no cost; then one pass over the others; then those that it left dead. */
async function pruneBest(
  run: Run,
  network: AnyNetwork,
  best: Individual,
  context: SearchedContext,
): Promise<{ genome: Uint8Array; evaluations: number }> {
  if (!run.spec.pruning.enabled) return { genome: best.genome, evaluations: 0 };
  const evaluator = await context.evaluator(run);
  const figure = pruningFigure(run.spec.search.objective);
  const measure = async (masks: PackedMasks) => (await evaluator.evaluate(masks))[figure];
  const start = withoutDeadWeights(network, best.genome);
  const { bits } = run.manifest;
  const [baseline = 0] = await measure(packGenomes([start], bits));
  const affordable = pruningEvaluations(run.spec, run.manifest.trainSamples);
  const pass = await prune(start, bits, baseline, measure, affordable);
  return { genome: withoutDeadWeights(network, pass.genome), evaluations: pass.evaluations + 1 };
}
