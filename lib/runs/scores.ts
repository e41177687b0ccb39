/** The scores of a round: as its chunks leave them in the store, and joined. */
import { hash } from 'node:crypto';
import { sum } from 'd3-array';
import type { Improved } from '../algorithms/algorithm.ts';
import { at } from '../base/at.ts';
import { DamagedArtifact } from '../base/errors.ts';
import { recordOf } from '../base/record.ts';
import type { Spent } from '../cost/usage.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type Tensors,
  tensorNamed,
} from '../data/safetensors.ts';
import { type Scores, scoreAt } from '../evaluation/evaluator.ts';
import { genomeAt, type PackedMasks, packGenomes } from '../search/genome.ts';
import { decodeImproving } from '../search/improving-checkpoint.ts';
import type { Score } from '../search/individual.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';
import { columnOf, fairnessTensor, scoresIn } from './individuals.ts';
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
  /** For improved individuals: the masks that were scored, and the states that they continue from. */
  readonly improved?: Improvements;
  /** Usage of the function for them, and for earlier tries. */
  readonly spent: Spent;
}

interface Improvements {
  readonly genomes: readonly Uint8Array[];
  /** As checkpoints. */
  readonly states: readonly Uint8Array[];
}

/** The order of a scores file's tensor `spent`. */
const SPENT = ['requests', 'milliseconds', 'gbSeconds', 'puts', 'lists', 'gets'] as const;

export function encodeScores(chunk: ChunkScores): Uint8Array {
  const count = chunk.scores.correct.length;
  return encodeSafetensors({
    correct: { shape: [count], data: chunk.scores.correct },
    loss: { shape: [count], data: chunk.scores.loss },
    macroAverage: { shape: [count], data: chunk.scores.macroAverage },
    ...fairnessTensor(chunk.scores.fairness, count),
    fingerprint: {
      shape: [count, FINGERPRINT],
      data: Uint8Array.from(Buffer.from(chunk.fingerprints.join(''), 'hex')),
    },
    start: { shape: [1], data: Uint32Array.of(chunk.start) },
    milliseconds: { shape: [1], data: Float64Array.of(chunk.milliseconds) },
    spent: { shape: [SPENT.length], data: Float64Array.from(SPENT, (key) => chunk.spent[key]) },
    ...(chunk.improved ? improvedTensors(chunk.improved) : {}),
  });
}

function improvedTensors({ genomes, states }: Improvements): Record<string, Tensor> {
  const size = genomes[0]?.length ?? 0;
  const bytes = Uint8Array.from(Buffer.concat(states));
  return {
    masks: { shape: [genomes.length, size], data: Uint8Array.from(Buffer.concat(genomes)) },
    states: { shape: [bytes.length], data: bytes },
    stateLengths: { shape: [states.length], data: Uint32Array.from(states, ({ length }) => length) },
  };
}

function improvedOf(tensors: Tensors, count: number, name: string): Improvements {
  const { shape, data: masks } = tensorNamed(tensors, 'masks', 'U8', name);
  const [rows, size = 0] = shape;
  const lengths = columnOf(tensors, 'stateLengths', 'U32', count, name);
  const bytes = columnOf(tensors, 'states', 'U8', sum(lengths), name);
  if (rows !== count) throw new DamagedArtifact(`${name}: damaged: ${rows} masks for ${count} scores`);
  let from = 0;
  const states = Array.from(lengths, (length) => {
    const state = bytes.subarray(from, from + length);
    from += length;
    return state;
  });
  return { genomes: states.map((_, index) => masks.slice(index * size, (index + 1) * size)), states };
}

/** Throws DamagedArtifact unless every mask has all of its figures. */
export function decodeScores(bytes: Uint8Array, name: string): ChunkScores {
  const tensors = decodeSafetensors(bytes, name);
  const scores = scoresIn(tensors, tensorNamed(tensors, 'correct', 'U32', name).data.length, name);
  const prints = columnOf(tensors, 'fingerprint', 'U8', scores.correct.length * FINGERPRINT, name);
  const spent = columnOf(tensors, 'spent', 'F64', SPENT.length, name);
  return {
    start: at(columnOf(tensors, 'start', 'U32', 1, name), 0),
    scores,
    fingerprints: Buffer.from(prints).toString('hex').match(/.{16}/g) ?? [],
    milliseconds: at(columnOf(tensors, 'milliseconds', 'F64', 1, name), 0),
    ...(tensors.has('states') ? { improved: improvedOf(tensors, scores.correct.length, name) } : {}),
    spent: recordOf(SPENT, (key) => at(spent, SPENT.indexOf(key))),
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
  const milliseconds = sum(there, (chunk) => chunk.milliseconds);
  return { chunks: there, milliseconds, spent: there.map(({ spent }) => spent) };
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
      if (fingerprints[offset] !== fingerprint(genomeAt(masks, index)))
        throw refuse(index, 'has the score of another genome');
      scores[index] = scoreAt(found, offset);
    }
  }
  return scores.map((score, index) => {
    if (!score) throw refuse(index, 'has no score');
    return score;
  });
}

/** The same of `count` individuals that were improved. */
export function joinImproved(
  count: number,
  bits: number,
  chunks: readonly ChunkScores[],
  generation: number,
): Improved[] {
  const all = chunks.toSorted((a, b) => a.start - b.start);
  const genomes = all.flatMap(({ improved }) => improved?.genomes ?? []);
  const states = all.flatMap(({ improved }) => improved?.states ?? []);
  if (genomes.length !== count || states.length !== count)
    throw new IncompleteGeneration(
      `generation ${generation}: ${genomes.length} of ${count} individuals were improved`,
    );
  const scores = joinScores(packGenomes(genomes, bits), all, generation);
  return scores.map((score, index) => {
    const state = decodeImproving(at(states, index), bits, `generation ${generation}, individual ${index}`);
    return { score, genome: at(genomes, index), state };
  });
}
