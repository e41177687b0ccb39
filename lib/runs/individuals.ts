/** Individuals as artifacts: survivors, offspring, and what an algorithm remembers beside them. */
import type { Brood, Memory } from '../algorithms/algorithm.ts';
import { at } from '../base/at.ts';
import { DamagedArtifact } from '../base/errors.ts';
import {
  type ArrayOf,
  decodeSafetensors,
  type ElementType,
  encodeSafetensors,
  type Tensor,
  type Tensors,
  tensorNamed,
} from '../data/safetensors.ts';
import { FAIRNESS, type Scores, scoreAt } from '../evaluation/evaluator.ts';
import { bytesPerGenome, genomeAt, type PackedMasks, packGenomes } from '../search/genome.ts';
import { evaluated, type Individual, ORIGINS, type Origin } from '../search/individual.ts';

function masksTensor(masks: PackedMasks) {
  return { shape: [masks.count, bytesPerGenome(masks.bits)], data: masks.bytes };
}

export function encodeSurvivors(survivors: readonly Individual[], bits: number): Uint8Array {
  return encodeSafetensors(individualTensors(survivors, bits));
}

function individualTensors(survivors: readonly Individual[], bits: number): Record<string, Tensor> {
  const shape = [survivors.length];
  const genomes = survivors.map(({ genome }) => genome);
  return {
    masks: masksTensor(packGenomes(genomes, bits)),
    id: { shape, data: Uint32Array.from(survivors, ({ id }) => id) },
    born: { shape, data: Uint32Array.from(survivors, ({ born }) => born) },
    origin: { shape, data: Uint8Array.from(survivors, ({ origin }) => ORIGINS.indexOf(origin)) },
    correct: { shape, data: Uint32Array.from(survivors, ({ score }) => score.correct) },
    loss: { shape, data: Float64Array.from(survivors, ({ score }) => score.loss) },
    macroAverage: { shape, data: Float64Array.from(survivors, ({ score }) => score.macroAverage) },
    ...fairnessTensor(fairnessIn(survivors), survivors.length),
  };
}

function fairnessIn(survivors: readonly Individual[]): Float64Array | undefined {
  const known = survivors.flatMap(({ score }) => (score.fairness ? [score.fairness] : []));
  if (known.length === 0) return undefined;
  return Float64Array.from(known.flatMap((one) => FAIRNESS.map((name) => one[name])));
}

/** Nothing where no gaps are measured. */
export function fairnessTensor(data: Float64Array | undefined, count: number): Record<string, Tensor> {
  return data ? { fairness: { shape: [count, FAIRNESS.length], data } } : {};
}

/** Throws DamagedArtifact unless every individual has all of its values: a missing one would be mistaken for a fitness. */
export function decodeSurvivors(bytes: Uint8Array, bits: number, name: string): Individual[] {
  return individualsOf(decodeSafetensors(bytes, name), bits, name);
}

function individualsOf(tensors: Tensors, bits: number, name: string): Individual[] {
  const masks = masksOf(tensors, bits, name);
  const { count } = masks;
  const ids = columnOf(tensors, 'id', 'U32', count, name);
  const born = columnOf(tensors, 'born', 'U32', count, name);
  const origins = originsOf(tensors, count, name);
  const scores = scoresIn(tensors, count, name);
  return origins.map((origin, index) => {
    const newborn = { id: at(ids, index), genome: genomeAt(masks, index), origin, born: at(born, index) };
    return evaluated(newborn, scoreAt(scores, index), bits);
  });
}

/** A tensor with exactly one value for each of `count` individuals. Throws DamagedArtifact. */
export function columnOf<Type extends ElementType>(
  tensors: Tensors,
  column: string,
  type: Type,
  count: number,
  name: string,
): ArrayOf[Type] {
  const { data } = tensorNamed(tensors, column, type, name);
  if (data.length === count) return data;
  throw new DamagedArtifact(
    `${name}: damaged: tensor '${column}' has ${data.length} values, expected ${count}`,
  );
}

export function scoresIn(tensors: Tensors, count: number, name: string): Scores {
  return {
    correct: columnOf(tensors, 'correct', 'U32', count, name),
    loss: columnOf(tensors, 'loss', 'F64', count, name),
    macroAverage: columnOf(tensors, 'macroAverage', 'F64', count, name),
    ...(tensors.has('fairness') && {
      fairness: columnOf(tensors, 'fairness', 'F64', count * FAIRNESS.length, name),
    }),
  };
}

function originsOf(tensors: Tensors, count: number, name: string): Origin[] {
  return Array.from(columnOf(tensors, 'origin', 'U8', count, name), (code) => {
    const origin = ORIGINS[code];
    if (origin !== undefined) return origin;
    throw new DamagedArtifact(
      `${name}: damaged: tensor 'origin' holds ${code}, expected 0 to ${ORIGINS.length - 1}`,
    );
  });
}

/** Offspring: tensors `masks`, `source` and `origin`. The masks come in rows, so that a chunk can read its own. */
export function encodeBrood({ masks, sources, origins }: Brood): Uint8Array {
  const shape = [sources.length];
  return encodeSafetensors({
    masks: masksTensor(masks),
    source: { shape, data: sources },
    origin: { shape, data: Uint8Array.from(origins, (origin) => ORIGINS.indexOf(origin)) },
  });
}

export function decodeBrood(bytes: Uint8Array, bits: number, name: string): Brood {
  const tensors = decodeSafetensors(bytes, name);
  const sources = tensorNamed(tensors, 'source', 'I32', name).data;
  const origins = originsOf(tensors, sources.length, name);
  return { masks: masksOf(tensors, bits, name), sources, origins };
}

const VECTOR = 'vector.';

/** Memory of an algorithm beside its population and facts: individuals aside, and tensors `vector.*`. */
export function encodeMemory({ aside, vectors }: Memory, bits: number): Uint8Array {
  const named = Object.entries(vectors).map(
    ([name, data]) => [`${VECTOR}${name}`, { shape: [data.length], data }] as const,
  );
  return encodeSafetensors({
    ...(aside.length > 0 ? individualTensors(aside, bits) : {}),
    ...Object.fromEntries(named),
  });
}

export function decodeMemory(bytes: Uint8Array, bits: number, name: string): Omit<Memory, 'facts'> {
  const tensors = decodeSafetensors(bytes, name);
  const vectors = [...tensors].flatMap(([key, { data }]) =>
    key.startsWith(VECTOR) &&
    (data instanceof Float32Array || data instanceof Float64Array || data instanceof Uint8Array)
      ? [[key.slice(VECTOR.length), data] as const]
      : [],
  );
  return {
    aside: tensors.has('masks') ? individualsOf(tensors, bits, name) : [],
    vectors: Object.fromEntries(vectors),
  };
}

function masksOf(tensors: Tensors, bits: number, name: string): PackedMasks {
  const { shape, data } = tensorNamed(tensors, 'masks', 'U8', name);
  const [count = 0, size = 0] = shape;
  if (size !== bytesPerGenome(bits))
    throw new DamagedArtifact(`${name}: masks of ${size} bytes for a network of ${bits} prunable weights`);
  return { count, bits, bytes: data };
}
