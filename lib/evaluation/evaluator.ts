/** What evaluates masks: one interface, whatever the path to the numbers. */
import type { PackedMasks } from '../search/genome.ts';

/** Scores of many individuals, in the order of their masks. */
export interface Scores {
  /** Correct predictions, 0..samples. */
  readonly correct: Uint32Array;
  /** Cross-entropy summed over the samples, in nats; NaN where it is not computed or not finite. */
  readonly loss: Float64Array;
}

export interface Evaluator {
  /** The scores of any number of masks over the whole data set. Masks of another length are an error of ours. */
  evaluate(masks: PackedMasks): Promise<Scores>;
  /** Frees the session. The evaluator cannot be used afterwards. */
  release(): Promise<void>;
}

/** How the evaluator works through the individuals and the samples. */
export interface EvaluationShape {
  /** Individuals a run of the graph. */
  readonly batch: number;
  /** Samples a run of the graph. */
  readonly tile: number;
}
