/** What a search ended with, or has up to now: what finalize makes a ticket of. */

import { parseArtifact } from '../base/artifact-json.ts';
import { at } from '../base/at.ts';
import { DamagedArtifact } from '../base/errors.ts';
import type { Samples } from '../data/dataset.ts';
import { createEvaluator } from '../evaluation/choose.ts';
import { type Evaluator, scoreAt } from '../evaluation/evaluator.ts';
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
import {
  decodeSurvivors,
  type End,
  endSchema,
  type GenerationState,
  generationStateSchema,
} from './artifacts.ts';
import type { Found, Taken } from './found.ts';
import { type Run, required, verify } from './run.ts';
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
  const state = parseArtifact(stateKey, store, stateBytes, generationStateSchema);
  const { taken, checksums } = await afterwards(run, event, state, now);
  verify(store, survivorsKey, survivorsBytes, checksums[survivorsKey]);
  const survivors = decodeSurvivors(survivorsBytes, bits, survivorsKey);
  const best = await bestOf(run, network, survivors, validation);
  const lastRow = history.at(-1);
  const missing = history.findIndex((row, index) => row.generation !== index);
  if (!best || !lastRow || missing >= 0 || lastRow.generation !== generation) {
    const gap = missing >= 0 ? missing : history.length;
    throw new DamagedArtifact(
      `${store.uri}${keys.HISTORY_SEGMENTS}: the row of generation ${gap} is missing`,
    );
  }
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
    const scores = await evaluator.evaluate(packGenomes(genomes, manifest.bits));
    let [best, bestFitness] = [first, Number.NEGATIVE_INFINITY];
    for (const [index, individual] of survivors.entries()) {
      const fitness = fitnessOf(scoreAt(scores, index), objective);
      if (fitness > bestFitness) [best, bestFitness] = [individual, fitness];
    }
    return best;
  } finally {
    await evaluator.release();
  }
}

/**
 * What the run took up to `now`, or, where it is not over, up to its last complete generation; and the checksums that were
 * written after that generation.
 */
async function afterwards(
  { store }: Run,
  { done, generation }: SearchState,
  { clock }: GenerationState,
  now: number,
): Promise<{ readonly taken: Taken; readonly checksums: End['checksums'] }> {
  if (!done) {
    const key = keys.stateOf(generation + 1);
    const next = parseArtifact(key, store, await required(store, key), generationStateSchema);
    return { taken: { ...next.clock, usage: next.usage }, checksums: next.checksums };
  }
  const key = keys.endOf(generation);
  const { usage, checksums } = parseArtifact(key, store, await required(store, key), endSchema);
  const since = now - clock.at;
  return {
    taken: { active: clock.active + since, evaluating: clock.evaluating + since, usage },
    checksums,
  };
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
  const baseline = at(await measure(packGenomes([start], bits)), 0);
  const affordable = pruningEvaluations(run.spec, run.manifest.trainSamples);
  const pass = await prune(start, bits, baseline, measure, affordable);
  return { genome: withoutDeadWeights(network, pass.genome), evaluations: pass.evaluations + 1 };
}
