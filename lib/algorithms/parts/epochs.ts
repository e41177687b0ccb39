/** A training by epochs: the work is done by `lib/training`, and what training goes on from is kept as flat vectors. */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import type { AnyNetwork } from '../../network/network.ts';
import type { Algorithm, Doubts, Match, Memory, Moment, RunPlace, Section, Told } from '../algorithm.ts';
import { EPOCH_COLUMNS, type EpochRow, epochRowSchema } from './epoch-row.ts';
import { unfitValidationShare } from './held-out.ts';
import type { Progress } from './progress.ts';
import type { StopReason } from './stopping.ts';
import { epochPlace, type TrainingMethod, type TrainingProgress, type Vectors } from './training-method.ts';
import { TRAINING, type Wording } from './wording.ts';

/** Fields of the section of every algorithm that trains. */
interface TrainingSection {
  readonly epochs: number;
  readonly batchSize: number;
  readonly validationShare: number;
}

/** The parts of a training. */
export interface Trained<Spec, Key extends Section> {
  readonly summary: string;
  readonly section: Key;
  readonly finds: 'mask' | 'weights';
  /** The networks that it trains; multilayer perceptrons only if absent. */
  readonly networks?: 'convolutional';
  readonly mostWeights?: number;
  readonly found: Wording['found'];
  readonly match?: Match;
  sectionOf(spec: Spec): TrainingSection;
  method(spec: Spec, network: AnyNetwork): TrainingMethod;
  /** Passes over the training data in an epoch; 1 if absent. */
  readonly passes?: number;
  /** Whether each step draws a random number for every weight; false if absent. */
  readonly draws?: boolean;
  /** Epochs of all courses together, at least and at most; those of the section if absent. */
  epochs?(spec: Spec): Record<Doubts['search'], number>;
  /** Why it is over before all epochs are trained; `unchanged`: epochs since the best. */
  endsEarly?(spec: Spec, unchanged: number): StopReason | undefined;
  problems?(spec: Spec): string[];
}

const factsSchema = z.object({
  /** The row that the best result is of; null before the first epoch. */
  best: z.int().nullable(),
});

const STATE = 'state.';
const BEST = 'best.';

export function byEpochs<Spec extends { readonly seed: number }, const Key extends Section>(
  trained: Trained<Spec, Key>,
): Algorithm<Spec, Key> {
  const { section } = trained;

  function extentOf(spec: Spec): Record<Doubts['search'], number> {
    const { epochs } = trained.sectionOf(spec);
    return trained.epochs?.(spec) ?? { shortest: epochs, longest: epochs };
  }

  function overAfter(spec: Spec, epochs: number, unchanged: number): StopReason | undefined {
    if (epochs >= extentOf(spec).longest) return 'max-epochs';
    return trained.endsEarly?.(spec, unchanged);
  }

  function progressOf(spec: Spec, epochs: number, row?: EpochRow): Progress {
    return {
      evaluations: epochs,
      maxGenerations: extentOf(spec).longest,
      bestAccuracy: row?.trainAccuracy ?? null,
      meanAccuracy: null,
      bestLoss: row?.trainLoss ?? null,
      meanLoss: null,
      objective: 'cross-entropy',
      bestMacroAverage: null,
      meanMacroAverage: null,
      bestSparsity: row?.sparsity ?? null,
      validationAccuracy: row?.validationAccuracy ?? null,
      start: null,
    };
  }

  function moment(spec: Spec, place: RunPlace, progress: TrainingProgress | undefined): Moment {
    return {
      ...place,
      population: [],
      ask: {
        work: 'train',
        progress,
        method: (network) => trained.method(spec, network),
        isOver: (epochs, unchanged) => overAfter(spec, epochs, unchanged) !== undefined,
        tell: (after) => tell(spec, after),
      },
    };
  }

  function tell(spec: Spec, progress: TrainingProgress): Told {
    const epochs = progress.rows.length;
    const place = {
      work: 'train',
      generation: epochs,
      round: 0,
      complete: epochs,
      progress: progressOf(spec, epochs, progress.rows.at(-1)),
      memory: encode(progress),
    } as const;
    const over = overAfter(spec, epochs, epochs - 1 - (progress.best?.row ?? 0));
    return { next: over ? { ...place, over } : moment(spec, place, progress) };
  }

  return {
    summary: trained.summary,
    wording: { ...TRAINING, found: trained.found },
    section,
    heeds: [section.key],
    starts: false,
    networks: trained.networks ?? 'layers',
    mostWeights: trained.mostWeights,
    finds: trained.finds,
    improves: false,
    hasFront: false,
    constrains: false,
    restricts: false,
    match: trained.match,
    problems(spec, classes) {
      const { validationShare } = trained.sectionOf(spec);
      return [
        ...(trained.problems?.(spec) ?? []),
        ...unfitValidationShare(section.key, validationShare, classes),
      ];
    },
    needsNetwork: () => false,
    course(spec, { search }) {
      const { batchSize, validationShare } = trained.sectionOf(spec);
      return {
        work: 'train',
        epochs: extentOf(spec)[search],
        passes: trained.passes ?? 1,
        draws: trained.draws ?? false,
        batchSize,
        validationShare,
      };
    },
    start(spec) {
      const memory = { facts: { best: null }, aside: [], vectors: {} };
      const place = { generation: 0, round: 0, complete: null, work: 'train' } as const;
      return moment(spec, { ...place, progress: progressOf(spec, 0), memory }, undefined);
    },
    resume(spec, _, { population: _population, brood: _brood, ...place }) {
      return moment(spec, place, place.generation === 0 ? undefined : decode(place.memory));
    },
    result(spec, network, { memory }) {
      const { rows, best } = decode(memory);
      const method = trained.method(spec, network);
      const { row, result } = best ?? { row: 0, result: {} };
      return {
        candidates: [method.outcome(epochPlace(method, row), result).ticket()],
        ...(best && method.order && { order: method.order(result) }),
        objective: 'cross-entropy',
        generations: Math.min(rows.length, method.epochs),
        evaluations: rows.length,
        history: { by: 'epoch', rows },
      };
    },
  };
}

/** Vectors `state.*`, `best.*` and `epochs`: the rows one after another, NaN where nothing was measured. */
function encode({ rows, state, best }: TrainingProgress): Memory {
  const named = (prefix: string, vectors: Vectors) =>
    Object.entries(vectors).map(([name, data]) => [`${prefix}${name}`, data] as const);
  const values = rows.flatMap((row) => EPOCH_COLUMNS.map((column) => row[column] ?? Number.NaN));
  return {
    facts: { best: best?.row ?? null },
    aside: [],
    vectors: {
      ...Object.fromEntries([...named(STATE, state), ...named(BEST, best?.result ?? {})]),
      epochs: Float64Array.from(values),
    },
  };
}

function decode({ facts, vectors }: Memory): TrainingProgress {
  const { best } = factsSchema.parse(facts);
  const { epochs } = vectors;
  if (!epochs || epochs.length % EPOCH_COLUMNS.length !== 0)
    throw new TypeError('rows of epochs are incomplete');
  const rows = Array.from({ length: epochs.length / EPOCH_COLUMNS.length }, (_, row) => {
    const values = EPOCH_COLUMNS.map((column, index) => {
      const value = at(epochs, row * EPOCH_COLUMNS.length + index);
      return [column, Number.isNaN(value) ? null : value];
    });
    return epochRowSchema.parse(Object.fromEntries(values));
  });
  if (best !== null && best >= rows.length) throw new RangeError('the best epoch was never trained');
  return {
    rows,
    state: named(vectors, STATE),
    best: best === null ? undefined : { row: best, result: named(vectors, BEST) },
  };
}

/** The float32 vectors of a prefix, without it. */
function named(vectors: Memory['vectors'], prefix: string): Vectors {
  return Object.fromEntries(
    Object.entries(vectors).flatMap(([name, data]) =>
      name.startsWith(prefix) && data instanceof Float32Array ? [[name.slice(prefix.length), data]] : [],
    ),
  );
}
