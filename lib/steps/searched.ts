/** What a search ended with, or has up to now: what finalize makes a ticket of. */
import { usageSchema } from '../cost/usage.ts';
import type { Evaluator } from '../evaluation/evaluator.ts';
import { keptWeights } from '../landscape/kept.ts';
import { multiplyAdds, type Network } from '../network/architecture.ts';
import { withoutDeadWeights } from '../network/minimising/liveness.ts';
import { historyCsv } from '../report/history.ts';
import { type PackedMasks, packGenomes, sparsityOf } from '../search/genome.ts';
import type { Individual } from '../search/individual.ts';
import { PRUNING_WORK, prune, pruningFigure } from '../search/pruning.ts';
import { DamagedArtifact } from '../spec/errors.ts';
import * as keys from '../store/keys.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { decodeSurvivors, type GenerationState, generationStateSchema } from './artifacts.ts';
import type { Found, Taken } from './found.ts';
import { parseArtifact, type Run, required } from './run.ts';
import { readHistory } from './segments.ts';

export interface SearchedContext {
  readonly evaluator: (run: Run) => Promise<Evaluator>;
}

/** Reads the last population, and prunes its best. */
export async function readSearched(
  run: Run,
  event: SearchState,
  network: Network,
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
  const [best] = survivors;
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
      network.widths,
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
  network: Network,
  best: Individual,
  context: SearchedContext,
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
