/** A run's artifacts as bytes: what the steps leave for each other in the store. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { DamagedArtifact } from '../base/errors.ts';
import { type Spent, usageSchema } from '../cost/usage.ts';
import type { Dataset, Samples } from '../data/dataset.ts';
import { decodeSafetensors, encodeSafetensors, tensorNamed } from '../data/safetensors.ts';
import type { Scores } from '../evaluation/evaluator.ts';
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

export function decodeSurvivors(bytes: Uint8Array, bits: number, name: string): Individual[] {
  const tensors = decodeSafetensors(bytes, name);
  const masks = readMasks(bytes, bits, name);
  const ids = tensorNamed(tensors, 'id', 'U32', name).data;
  const born = tensorNamed(tensors, 'born', 'U32', name).data;
  const origins = tensorNamed(tensors, 'origin', 'U8', name).data;
  const correct = tensorNamed(tensors, 'correct', 'U32', name).data;
  const loss = tensorNamed(tensors, 'loss', 'F64', name).data;
  const macroAverage = tensorNamed(tensors, 'macroAverage', 'F64', name).data;
  return Array.from({ length: masks.count }, (_, index) => {
    const genome = genomeAt(masks, index);
    return {
      id: ids[index] ?? 0,
      genome,
      origin: originAt(origins, index),
      born: born[index] ?? 0,
      score: {
        correct: correct[index] ?? 0,
        loss: loss[index] ?? Number.NaN,
        macroAverage: macroAverage[index] ?? Number.NaN,
      },
      zeros: countZeros(genome, bits),
    };
  });
}

function originAt(origins: Uint8Array, index: number): Newborn['origin'] {
  return ORIGINS[origins[index] ?? 0] ?? 'start';
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
  const origins = tensorNamed(tensors, 'origin', 'U8', name).data;
  return {
    masks: readMasks(bytes, bits, name),
    sources: tensorNamed(tensors, 'source', 'I32', name).data,
    origins: Array.from(origins, (_, index) => originAt(origins, index)),
  };
}

/** The tensor `masks` of a file. */
function readMasks(bytes: Uint8Array, bits: number, name: string): PackedMasks {
  const { shape, data } = tensorNamed(decodeSafetensors(bytes, name), 'masks', 'U8', name);
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

export function decodeScores(bytes: Uint8Array, name: string): ChunkScores {
  const tensors = decodeSafetensors(bytes, name);
  const prints = tensorNamed(tensors, 'fingerprint', 'U8', name).data;
  const text = Buffer.from(prints).toString('hex');
  const [requests = 0, spentMs = 0, gbSeconds = 0, puts = 0, lists = 0, gets = 0] = tensorNamed(
    tensors,
    'spent',
    'F64',
    name,
  ).data;
  return {
    start: tensorNamed(tensors, 'start', 'U32', name).data[0] ?? 0,
    scores: {
      correct: tensorNamed(tensors, 'correct', 'U32', name).data,
      loss: tensorNamed(tensors, 'loss', 'F64', name).data,
      macroAverage: tensorNamed(tensors, 'macroAverage', 'F64', name).data,
    },
    fingerprints: text.match(/.{16}/g) ?? [],
    milliseconds: tensorNamed(tensors, 'milliseconds', 'F64', name).data[0] ?? 0,
    spent: { requests, milliseconds: spentMs, gbSeconds, puts, lists, gets },
  };
}
