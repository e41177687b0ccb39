/** A run's artifacts as bytes: what the steps leave for each other in the store. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { at } from '../base/at.ts';
import { DamagedArtifact } from '../base/errors.ts';
import { type Spent, usageSchema } from '../cost/usage.ts';
import type { Dataset, Samples } from '../data/dataset.ts';
import {
  type ArrayOf,
  decodeSafetensors,
  type ElementType,
  encodeSafetensors,
  type Tensors,
  tensorNamed,
} from '../data/safetensors.ts';
import { type Scores, scoreAt } from '../evaluation/evaluator.ts';
import type { Admission } from '../search/accuracy-bound.ts';
import type { EvaluationPlan } from '../search/breeding.ts';
import { bytesPerGenome, countZeros, genomeAt, type PackedMasks, packGenomes } from '../search/genome.ts';
import { type Individual, type Newborn, OBJECTIVES, ORIGINS } from '../search/individual.ts';

/** run.json: what `prepare` made, for the steps behind it. Its checksums guard every artifact that it names. */
export const manifestSchema = z.object({
  version: z.string(),
  runId: z.string(),
  /** Identity of the search: see `specHash`. */
  specHash: z.string(),
  /** Of a spec with files: see `askedHash`. */
  asked: z.string().optional(),
  bits: z.int(),
  classes: z.int(),
  features: z.int(),
  trainSamples: z.int(),
  testSamples: z.int(),
  /** Absent without validation data. */
  validationSamples: z.int().optional(),
  /** One value for each feature, or a single one for all. */
  scaling: z.object({ scale: z.array(z.number()).readonly(), offset: z.array(z.number()).readonly() }),
  /** What the data call their classes and features. */
  classNames: z.array(z.string()).optional(),
  featureNames: z.array(z.string()).optional(),
  /** What must be computed of every mask. */
  objective: z.enum(OBJECTIVES),
  checksums: z.record(z.string(), z.string()),
});
export type Manifest = z.output<typeof manifestSchema>;

const admissionSchema: z.ZodType<Admission> = z.object({
  bound: z.number(),
  tries: z.int(),
  failures: z.int(),
  wanted: z.int(),
  pace: z.number(),
  drawn: z.int(),
});

/** state.json of a round: all that the search remembers beside masks and scores. */
export const generationStateSchema = z.object({
  generation: z.int(),
  round: z.int(),
  /** Genomes to evaluate in this round. */
  evaluate: z.int(),
  /** How many of the round's offspring, the last ones, stand in the queue of random masks. */
  queued: z.int(),
  /** How the queue stands; null where there is none. */
  admission: admissionSchema.nullable(),
  /** Of the individuals set aside, how many are born; the others wait at the head of the queue. */
  born: z.int(),
  /** Id of the first offspring of this generation. */
  nextId: z.int(),
  /** Evaluations up to and without this round, and up to and without this generation. */
  evaluations: z.int(),
  evaluationsBefore: z.int(),
  /** The best fitness so far (null before the first selection, or where it is the worst there is). */
  bestFitness: z.number().nullable(),
  /** Generations since it last changed. */
  unchanged: z.int(),
  /** Measured in the last generation; before that estimated. */
  secondsPerIndividual: z.number(),
  /** Time that the run was at work up to this state, and when this state was reached (Unix time), in milliseconds. */
  clock: z.object({ active: z.number(), evaluating: z.number(), at: z.number() }),
  /** What the run used up to this state. */
  usage: usageSchema,
  checksums: z.record(z.string(), z.string()),
});
export type GenerationState = z.output<typeof generationStateSchema>;

/** end.json of the last generation: what the run used, and what it leaves to finalize. */
export const endSchema = generationStateSchema.pick({ usage: true, checksums: true });
export type End = z.output<typeof endSchema>;

export function encodeSamples({ x, labels, features }: Samples): Uint8Array {
  return encodeSafetensors({
    x: { shape: [labels.length, features], data: x },
    y: { shape: [labels.length], data: labels },
  });
}

export function decodeSamples(bytes: Uint8Array, name: string): Samples {
  const tensors = decodeSafetensors(bytes, name);
  const x = tensorNamed(tensors, 'x', 'F32', name);
  return { features: x.shape[1] ?? 0, x: x.data, labels: tensorNamed(tensors, 'y', 'U16', name).data };
}

export type Scaling = Dataset['scaling'];

function masksTensor(masks: PackedMasks) {
  return { shape: [masks.count, bytesPerGenome(masks.bits)], data: masks.bytes };
}

export function encodeSurvivors(survivors: readonly Individual[], bits: number): Uint8Array {
  const shape = [survivors.length];
  const genomes = survivors.map(({ genome }) => genome);
  return encodeSafetensors({
    masks: masksTensor(packGenomes(genomes, bits)),
    id: { shape, data: Uint32Array.from(survivors, ({ id }) => id) },
    born: { shape, data: Uint32Array.from(survivors, ({ born }) => born) },
    origin: { shape, data: Uint8Array.from(survivors, ({ origin }) => ORIGINS.indexOf(origin)) },
    correct: { shape, data: Uint32Array.from(survivors, ({ score }) => score.correct) },
    loss: { shape, data: Float64Array.from(survivors, ({ score }) => score.loss) },
    macroAverage: { shape, data: Float64Array.from(survivors, ({ score }) => score.macroAverage) },
  });
}

/** Throws DamagedArtifact unless every individual has all of its values: a missing one would be mistaken for a fitness. */
export function decodeSurvivors(bytes: Uint8Array, bits: number, name: string): Individual[] {
  const tensors = decodeSafetensors(bytes, name);
  const masks = masksOf(tensors, bits, name);
  const { count } = masks;
  const ids = columnOf(tensors, 'id', 'U32', count, name);
  const born = columnOf(tensors, 'born', 'U32', count, name);
  const origins = originsOf(tensors, count, name);
  const scores = scoresOf(tensors, count, name);
  return origins.map((origin, index) => {
    const genome = genomeAt(masks, index);
    return {
      id: at(ids, index),
      genome,
      origin,
      born: at(born, index),
      score: scoreAt(scores, index),
      zeros: countZeros(genome, bits),
    };
  });
}

/** A tensor with exactly one value for each of `count` individuals. Throws DamagedArtifact. */
function columnOf<Type extends ElementType>(
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

function scoresOf(tensors: Tensors, count: number, name: string): Scores {
  return {
    correct: columnOf(tensors, 'correct', 'U32', count, name),
    loss: columnOf(tensors, 'loss', 'F64', count, name),
    macroAverage: columnOf(tensors, 'macroAverage', 'F64', count, name),
  };
}

function originsOf(tensors: Tensors, count: number, name: string): Newborn['origin'][] {
  return Array.from(columnOf(tensors, 'origin', 'U8', count, name), (code) => {
    const origin = ORIGINS[code];
    if (origin !== undefined) return origin;
    throw new DamagedArtifact(
      `${name}: damaged: tensor 'origin' holds ${code}, expected 0 to ${ORIGINS.length - 1}`,
    );
  });
}

/** A generation's offspring: the masks to evaluate, and per offspring which of them, or which survivor, it equals. */
export interface Brood {
  readonly masks: PackedMasks;
  readonly sources: Int32Array;
  readonly origins: readonly Newborn['origin'][];
}

export function encodeBrood(offspring: readonly Newborn[], plan: EvaluationPlan, bits: number): Uint8Array {
  return encodeSafetensors({
    masks: masksTensor(packGenomes(plan.genomes, bits)),
    source: { shape: [offspring.length], data: plan.sources },
    origin: {
      shape: [offspring.length],
      data: Uint8Array.from(offspring, ({ origin }) => ORIGINS.indexOf(origin)),
    },
  });
}

export function decodeBrood(bytes: Uint8Array, bits: number, name: string): Brood {
  const tensors = decodeSafetensors(bytes, name);
  const sources = tensorNamed(tensors, 'source', 'I32', name).data;
  return {
    masks: masksOf(tensors, bits, name),
    sources,
    origins: originsOf(tensors, sources.length, name),
  };
}

function masksOf(tensors: Tensors, bits: number, name: string): PackedMasks {
  const { shape, data } = tensorNamed(tensors, 'masks', 'U8', name);
  const [count = 0, size = 0] = shape;
  if (size !== bytesPerGenome(bits)) {
    throw new DamagedArtifact(`${name}: masks of ${size} bytes for a network of ${bits} prunable weights`);
  }
  return { count, bits, bytes: data };
}

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
  const scores = scoresOf(tensors, tensorNamed(tensors, 'correct', 'U32', name).data.length, name);
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
