/** select: survivors from parents and offspring, a row of history, and the next generation's offspring. */
import { type Spent, withGeneration, withSpent } from '../cost/usage.ts';
import { historyRow } from '../report/history.ts';
import { breedOffspring, planEvaluation } from '../search/breeding.ts';
import { genomeAt } from '../search/genome.ts';
import { evaluated, fitnessOf, type Individual, type Score, selectSurvivors } from '../search/individual.ts';
import { stopReason } from '../search/stopping.ts';
import { DamagedArtifact } from '../spec/errors.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import { eventsOfGeneration } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';
import {
  type Brood,
  decodeBrood,
  decodeScores,
  decodeSurvivors,
  encodeBrood,
  encodeSurvivors,
  fingerprint,
  type GenerationState,
  generationStateSchema,
} from './artifacts.ts';
import { parseArtifact, type Run, type RunName, required, type Spending, UNMETERED, verify } from './run.ts';
import { appendHistory } from './segments.ts';
import { finishedState, searchState } from './state.ts';

export interface SelectContext {
  readonly run: (name: RunName) => Promise<Run>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  readonly spent?: Spending;
}

/** The generation's scores are not exactly one for each of its individuals. */
export class IncompleteGeneration extends Error {
  override readonly name = 'IncompleteGeneration';
}

/** Selects generation `event.generation`. Costs the same at any generation; safe to repeat. */
export async function select(event: SearchState, context: SelectContext): Promise<SearchState> {
  const run = await context.run(event);
  const { store, spec, manifest } = run;
  const { bits, trainSamples: samples } = manifest;
  const { objective, population } = spec.search;
  const { generation } = event;

  const stateKey = keys.stateOf(generation);
  const state = parseArtifact(stateKey, store, await required(store, stateKey), generationStateSchema);
  const broodKey = keys.offspringOf(generation);
  const [broodBytes, parents, scored] = await Promise.all([
    required(store, broodKey),
    readSurvivors(run, state, generation - 1),
    readScores(store, generation, event.chunks.length),
  ]);
  const brood = decodeBrood(verify(store, broodKey, broodBytes, state.checksums[broodKey]), bits, broodKey);
  const scores = joinScores(brood, scored.chunks, generation);
  const offspring = matchScores(brood, scores, parents, state.nextId, generation, bits);
  const survivors = selectSurvivors(parents, offspring, population, objective);

  const [best] = survivors;
  if (!best) throw new IncompleteGeneration(`generation ${generation}: no survivors`);
  const fitness = fitnessOf(best.score, objective);
  const bestFitness = Number.isFinite(fitness) ? fitness : null;
  const unchanged = generation > 0 && bestFitness === state.bestFitness ? state.unchanged + 1 : 0;
  const evaluations = state.evaluations + brood.masks.count;
  const row = historyRow(survivors, {
    generation,
    offspring: offspring.length,
    evaluated: brood.masks.count,
    evaluations,
    samples,
    bits,
    objective,
  });
  const survivorsKey = keys.survivorsOf(generation);
  const survivorsBytes = encodeSurvivors(survivors, bits);
  await Promise.all([store.put(survivorsKey, survivorsBytes), appendHistory(store, row)]);
  if (!spec.keepGenerations && generation >= 2)
    await store.deletePrefix(keys.generationFolder(generation - 2));
  const over = stopReason(spec.stop, generation, unchanged, row.bestAccuracy);
  const { spent = UNMETERED } = context;
  const evaluating = withGeneration(state.usage, event.fanOut, scored.spent);
  if (over) {
    await store.put(keys.usageOf(generation), JSON.stringify(withSpent(evaluating, 'select', spent(1))));
    return finishedState(run, evaluations, row, over);
  }

  const nextId = state.nextId + offspring.length;
  const next = breedOffspring(spec.seed, spec.search, bits, generation + 1, survivors, nextId);
  const plan = planEvaluation(next, survivors);
  const nextKey = keys.offspringOf(generation + 1);
  const nextBytes = encodeBrood(next, plan, bits);
  const now = context.now();
  const nextState: GenerationState = {
    generation: generation + 1,
    evaluate: plan.genomes.length,
    nextId,
    evaluations,
    bestFitness,
    unchanged,
    secondsPerIndividual:
      brood.masks.count > 0 ? scored.milliseconds / 1000 / brood.masks.count : state.secondsPerIndividual,
    clock: {
      active: state.clock.active + now - state.clock.at,
      evaluating: state.clock.evaluating + now - state.clock.at,
      at: now,
    },
    usage: withSpent(evaluating, 'select', spent(2)),
    checksums: { [nextKey]: checksum(nextBytes), [survivorsKey]: checksum(survivorsBytes) },
  };
  await store.put(nextKey, nextBytes);
  await store.put(keys.stateOf(generation + 1), JSON.stringify(nextState));
  return searchState(run, nextState, row, event.events + eventsOfGeneration(event));
}

/** The survivors of a generation, best first; none before the first. */
async function readSurvivors(run: Run, state: GenerationState, generation: number): Promise<Individual[]> {
  if (generation < 0) return [];
  const key = keys.survivorsOf(generation);
  const bytes = verify(run.store, key, await required(run.store, key), state.checksums[key]);
  return decodeSurvivors(bytes, run.manifest.bits, key);
}

type Chunk = ReturnType<typeof decodeScores>;

/** The scores of those chunks that have any; whether they are complete, `joinScores` finds out. */
async function readScores(
  store: Store,
  generation: number,
  chunks: number,
): Promise<{ chunks: Chunk[]; milliseconds: number; spent: Spent[] }> {
  const read = await Promise.all(
    Array.from({ length: chunks }, async (_, chunk) => {
      const key = keys.scoresOf(generation, chunk);
      const bytes = await getIfThere(store, key);
      return bytes ? [decodeScores(bytes, key)] : [];
    }),
  );
  const there = read.flat();
  return {
    chunks: there,
    milliseconds: there.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    spent: there.map(({ spent }) => spent),
  };
}

/** Exactly one score per mask, each for that very mask. Throws IncompleteGeneration, which names the individual. */
export function joinScores(brood: Brood, chunks: readonly Chunk[], generation: number): Score[] {
  const { masks } = brood;
  const scores: (Score | undefined)[] = Array.from({ length: masks.count });
  const refuse = (index: number, what: string) =>
    new IncompleteGeneration(`generation ${generation}: individual ${index} of ${masks.count} ${what}`);
  for (const { start, scores: found, fingerprints } of chunks) {
    for (let offset = 0; offset < found.correct.length; offset++) {
      const index = start + offset;
      if (index >= masks.count) throw refuse(index, 'was scored but never bred');
      if (scores[index]) throw refuse(index, 'was scored twice');
      if (fingerprints[offset] !== fingerprint(genomeAt(masks, index))) {
        throw refuse(index, 'has the score of another genome');
      }
      scores[index] = { correct: found.correct[offset] ?? 0, loss: found.loss[offset] ?? Number.NaN };
    }
  }
  return scores.map((score, index) => {
    if (!score) throw refuse(index, 'has no score');
    return score;
  });
}

/** Offspring with their scores: evaluated, or those of the equal survivor. */
function matchScores(
  brood: Brood,
  scores: readonly Score[],
  parents: readonly Individual[],
  nextId: number,
  generation: number,
  bits: number,
): Individual[] {
  return Array.from(brood.sources, (source, index) => {
    const known = source < 0 ? parents[-1 - source] : undefined;
    const score = source < 0 ? known?.score : scores[source];
    const genome = source < 0 ? known?.genome : genomeAt(brood.masks, source);
    if (!score || !genome) {
      throw new DamagedArtifact(
        `generation ${generation}: offspring ${index} refers to an individual that is not there`,
      );
    }
    const newborn = { id: nextId + index, genome, origin: brood.origins[index] ?? 'start', born: generation };
    return evaluated(newborn, score, bits);
  });
}
