/** From the scores of a round's chunks to its individuals. */

import { at } from '../base/at.ts';
import { DamagedArtifact } from '../base/errors.ts';
import type { Spent } from '../cost/usage.ts';
import { scoreAt } from '../evaluation/evaluator.ts';
import { genomeAt } from '../search/genome.ts';
import { evaluated, type Individual, type Score } from '../search/individual.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';
import { type Brood, decodeScores, fingerprint } from './artifacts.ts';

/** The generation's scores are not exactly one for each of its individuals. */
export class IncompleteGeneration extends Error {
  override readonly name = 'IncompleteGeneration';
}

type Chunk = ReturnType<typeof decodeScores>;

/** The scores of those chunks that have any; whether they are complete, `joinScores` finds out. */
export async function readScores(
  store: Store,
  { generation, round, chunks }: { generation: number; round: number; chunks: readonly number[] },
): Promise<{ chunks: Chunk[]; milliseconds: number; spent: Spent[] }> {
  const read = await Promise.all(
    chunks.map(async (chunk) => {
      const key = keys.scoresOf(generation, chunk, round);
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
      scores[index] = scoreAt(found, offset);
    }
  }
  return scores.map((score, index) => {
    if (!score) throw refuse(index, 'has no score');
    return score;
  });
}

/** Offspring with their scores: evaluated, or those of the equal one among `known`. */
export function matchScores(
  brood: Brood,
  scores: readonly Score[],
  known: readonly Individual[],
  nextId: number,
  generation: number,
  bits: number,
): Individual[] {
  return Array.from(brood.sources, (source, index) => {
    const twin = source < 0 ? known[-1 - source] : undefined;
    const score = source < 0 ? twin?.score : scores[source];
    const genome = source < 0 ? twin?.genome : genomeAt(brood.masks, source);
    if (!score || !genome) {
      throw new DamagedArtifact(
        `generation ${generation}: offspring ${index} refers to an individual that is not there`,
      );
    }
    const newborn = { id: nextId + index, genome, origin: at(brood.origins, index), born: generation };
    return evaluated(newborn, score, bits);
  });
}
