/**
 * Positions: a mask with everything that is computed of it, so that what a flipped bit changes is found without evaluating
 * the network. One interface, whatever the network.
 *
 * A position's figures guide a search; they are float32's. What is reported or selected is scored by an evaluator.
 */
import type { Score } from './individual.ts';

/** Bits whose flips take long: from `first` to before `end`. */
export interface SlowBits {
  readonly first: number;
  readonly end: number;
  /** How many times as long as the other flips; above 1. */
  readonly times: number;
}

/** The share of such bits that a search considers in a pass after so many others: one in `times`, then two, and so on. */
export function shareInPass(times: number, passes: number): number {
  return Math.min(1, (passes + 1) / times);
}

export interface Position {
  /** Names what computes the figures: another build may give other last bits. */
  readonly build: string;
  readonly bits: number;
  readonly samples: number;
  /** Flips from this bit on are evaluated incrementally; those of earlier bits take longer than a whole evaluation. */
  readonly firstQuick: number;
  /** In the order of the bits, each once at most. */
  readonly slow: readonly SlowBits[];
  /** Memory that it holds. */
  readonly bytes: number;
  /**
   * The objective of the mask as it stands, smaller is better: the share of wrong predictions, 1 less the mean over the
   * classes, or the mean cross-entropy in nats. A pure function of mask, network and data, however the mask came about.
   */
  readonly cost: number;
  /** Kept weights of the mask as it stands. */
  readonly kept: number;
  has(bit: number): boolean;
  /** A copy of the mask as it stands. */
  genome(): Uint8Array;
  /** Correct predictions, and loss or mean over the classes where the objective needs it, as an evaluator gives them. */
  score(): Score;
  /**
   * By how much the cost would change if the bit were flipped. More than `limit` if that is certain before all samples are
   * seen: then it is a lower bound. `samples`: only so many of them, the first, rounded up to whole blocks.
   */
  change(bit: number, limit?: number, samples?: number): number;
  /** By how much the cost would change if all these bits, each given once, were flipped together. */
  changeOf(bits: ArrayLike<number>): number;
  /** To flip a bit again takes it back, to the last bit of every figure. */
  flip(bit: number): void;
  /** All these bits, each given once; those of one unit cost little more than one. */
  flipAll(bits: ArrayLike<number>): void;
  /** Flips whatever differs from that mask. */
  moveTo(genome: Uint8Array): void;
}
