/** Evaluators of masks: one interface for every path. */
import { at } from '../base/at.ts';
import { recordOf } from '../base/record.ts';
import { GAPS } from '../search/fairness.ts';
import type { PackedMasks } from '../search/genome.ts';
import type { Score } from '../search/individual.ts';

/** Scores of many individuals, in the order of their masks. */
export interface Scores {
  /** Correct predictions, 0..samples: those of the forward pass in double precision, on every path. */
  readonly correct: Uint32Array;
  /** Cross-entropy summed over the samples, in nats; NaN where it is not computed or not finite. */
  readonly loss: Float64Array;
  /** Mean over the classes of the objective's figure, from counts as exact as `correct`, or the fitness by an own objective; NaN where it is not computed. */
  readonly macroAverage: Float64Array;
  /** For each its gaps and its excess, in the order of `FAIRNESS`, where they are measured. */
  readonly fairness?: Float64Array;
}

/** The figures of a mask in `Scores.fairness`. */
export const FAIRNESS = [...GAPS, 'excess'] as const;

/** The score of one of them. */
export function scoreAt({ correct, loss, macroAverage, fairness }: Scores, index: number): Score {
  const first = index * FAIRNESS.length;
  return {
    correct: at(correct, index),
    loss: at(loss, index),
    macroAverage: at(macroAverage, index),
    ...(fairness && { fairness: recordOf(FAIRNESS, (name) => at(fairness, first + FAIRNESS.indexOf(name))) }),
  };
}

/** Room for the scores of so many masks, of which nothing is computed yet. */
export function emptyScores(count: number): Scores {
  const none = () => new Float64Array(count).fill(Number.NaN);
  return { correct: new Uint32Array(count), loss: none(), macroAverage: none() };
}

export function setScore({ correct, loss, macroAverage }: Scores, index: number, score: Score): void {
  correct[index] = score.correct;
  loss[index] = score.loss;
  macroAverage[index] = score.macroAverage;
}

export function requireBits(masks: PackedMasks, bits: number): void {
  if (masks.bits !== bits)
    throw new RangeError(`masks of ${masks.bits} bits for a network of ${bits} weights`);
}

export interface Evaluator {
  /** Memory that it holds, estimated. */
  readonly bytes: number;
  /** The scores of any number of masks over the whole data set. Masks of another length are an error of ours. */
  evaluate(masks: PackedMasks): Promise<Scores>;
  /** Frees the session. The evaluator cannot be used afterwards. */
  release(): Promise<void>;
}

/** Data as evaluators take it: `x` scaled float32, samples × features, row-major; labels 0..classes−1. */
export interface ScaledData {
  readonly features: number;
  readonly x: Float32Array;
  readonly labels: Uint16Array;
}
