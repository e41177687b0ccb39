/** The scores of a round: as its chunks leave them in the store, and joined. */
import { hash } from 'node:crypto';
import { at } from '../base/at.ts';
import type { Spent } from '../cost/usage.ts';
import { decodeSafetensors, encodeSafetensors, tensorNamed } from '../data/safetensors.ts';
import { type Scores, scoreAt } from '../evaluation/evaluator.ts';
import { genomeAt, type PackedMasks } from '../search/genome.ts';
import type { Score } from '../search/individual.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';
import { columnOf, scoresIn } from './individuals.ts';
import { throwRefusal } from './refusal.ts';

/** Bytes of a genome's fingerprint in a scores file. */
const FINGERPRINT = 8;

/** The first 8 bytes of a genome's SHA-256: what a score says it belongs to. */
export function fingerprint(genome: Uint8Array): string {
  return hash('sha256', genome, 'hex').slice(0, FINGERPRINT * 2);
}

/** The scores of individuals `start`… of a generation's masks, and how long they took. */
export interface ChunkScores {
  readonly start: number;
  readonly scores: Scores;
  readonly fingerprints: readonly string[];
  readonly milliseconds: number;
  /** What the function spent on them, and on earlier tries. */
  readonly spent: Spent;
}

/** The order of a scores file's tensor `spent`. */
const SPENT = ['requests', 'milliseconds', 'gbSeconds', 'puts', 'lists', 'gets'] as const;

export function encodeScores(chunk: ChunkScores): Uint8Array {
  const count = chunk.scores.correct.length;
  return encodeSafetensors({
    correct: { shape: [count], data: chunk.scores.correct },
    loss: { shape: [count], data: chunk.scores.loss },
    macroAverage: { shape: [count], data: chunk.scores.macroAverage },
    fingerprint: {
      shape: [count, FINGERPRINT],
      data: Uint8Array.from(Buffer.from(chunk.fingerprints.join(''), 'hex')),
    },
    start: { shape: [1], data: Uint32Array.of(chunk.start) },
    milliseconds: { shape: [1], data: Float64Array.of(chunk.milliseconds) },
    spent: { shape: [SPENT.length], data: Float64Array.from(SPENT, (key) => chunk.spent[key]) },
  });
}

/** Throws DamagedArtifact unless every mask has all of its figures. */
export function decodeScores(bytes: Uint8Array, name: string): ChunkScores {
  const tensors = decodeSafetensors(bytes, name);
  const scores = scoresIn(tensors, tensorNamed(tensors, 'correct', 'U32', name).data.length, name);
  const prints = columnOf(tensors, 'fingerprint', 'U8', scores.correct.length * FINGERPRINT, name);
  const spent = columnOf(tensors, 'spent', 'F64', SPENT.length, name);
  const value = (key: (typeof SPENT)[number]) => at(spent, SPENT.indexOf(key));
  return {
    start: at(columnOf(tensors, 'start', 'U32', 1, name), 0),
    scores,
    fingerprints: Buffer.from(prints).toString('hex').match(/.{16}/g) ?? [],
    milliseconds: at(columnOf(tensors, 'milliseconds', 'F64', 1, name), 0),
    spent: {
      requests: value('requests'),
      milliseconds: value('milliseconds'),
      gbSeconds: value('gbSeconds'),
      puts: value('puts'),
      lists: value('lists'),
      gets: value('gets'),
    },
  };
}

/** The generation's scores are not exactly one for each of its individuals. */
export class IncompleteGeneration extends Error {
  override readonly name = 'IncompleteGeneration';
}

/** The scores of those chunks that have any; whether they are complete, `joinScores` finds out. Throws what a chunk was refused with. */
export async function readScores(
  store: Store,
  { generation, round, chunks }: { generation: number; round: number; chunks: readonly number[] },
): Promise<{ chunks: ChunkScores[]; milliseconds: number; spent: Spent[] }> {
  const read = await Promise.all(
    chunks.map(async (chunk) => {
      const key = keys.scoresOf(generation, chunk, round);
      const bytes = await getIfThere(store, key);
      if (bytes) return [decodeScores(bytes, key)];
      await throwRefusal(store, { generation, round, chunk });
      return [];
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
export function joinScores(masks: PackedMasks, chunks: readonly ChunkScores[], generation: number): Score[] {
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
