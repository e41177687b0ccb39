/**
 * Post-evolutionary pruning (arXiv 2508.08877): one pass over the kept weights of the best mask, dropping each whose
 * removal does not lower the accuracy below its value before pruning. On training data. A search for a mean over the
 * classes must not lose to the pass what it selected for: there that mean takes the place of the accuracy.
 */
import { at } from '../base/at.ts';
import { getBit, type PackedMasks, packGenomes, withFlippedBit } from './genome.ts';
import { isMacroAverage, type Objective, type Score } from './individual.ts';

/** Candidates that are tried at once; between these bounds the batch follows how often a weight can go. */
const SMALLEST_BATCH = 16;
const LARGEST_BATCH = 64;

/**
 * Multiply-adds that the pass may take unless the spec says otherwise: a minute or two on one thread, where those of a
 * graph take more than twice as long as those of a multilayer perceptron.
 */
export const PRUNING_WORK = { layers: 5e12, graph: 2e12 } as const;

/** The figure of a score that the pass must not lower. */
export function pruningFigure(objective: Objective): Extract<keyof Score, 'correct' | 'macroAverage'> {
  return isMacroAverage(objective) ? 'macroAverage' : 'correct';
}

export interface PruningResult {
  readonly genome: Uint8Array;
  readonly evaluations: number;
}

/**
 * Looks for a weight that can go: gives the index of the first of the `candidates` without which, alone, the mask keeps its
 * figure, or −1.
 */
export type FindRemovable = (genome: Uint8Array, candidates: readonly number[]) => Promise<number>;

/** Evaluates all candidates at once. `measure` gives the figures that must not fall below `baseline`. */
export function byEvaluation(
  bits: number,
  baseline: number,
  measure: (masks: PackedMasks) => Promise<ArrayLike<number>>,
): FindRemovable {
  return async (genome, candidates) => {
    const figures = await measure(
      packGenomes(
        candidates.map((bit) => withFlippedBit(genome, bit)),
        bits,
      ),
    );
    return candidates.findIndex((_, index) => at(figures, index) >= baseline);
  };
}

/** A walk over single flips, with the figure that an evaluator would give. */
export interface FlipWalk {
  figureIf(bit: number): number;
  flip(bit: number): void;
}

/** Evaluates one flip after another. The walk starts at the mask that is pruned, and drops what can go. */
export function byFlips(walk: FlipWalk, baseline: number): FindRemovable {
  return async (_, candidates) => {
    const found = candidates.findIndex((bit) => walk.figureIf(bit) >= baseline);
    if (found >= 0) walk.flip(at(candidates, found));
    return found;
  };
}

/**
 * The pass. Ends early after `maxEvaluations` evaluations. Candidates are tried in batches, each against the mask as it
 * stands; after the first that can go the others are tried again, so the result is that of trying one after another. All of
 * a batch count as evaluated. `onProgress` is told how many
 * evaluations are done, of about how many.
 */
export async function prune(
  genome: Uint8Array,
  bits: number,
  findRemovable: FindRemovable,
  maxEvaluations: number,
  onProgress?: (done: number, about: number) => void,
): Promise<PruningResult> {
  let current = genome;
  let evaluations = 0;
  let next = 0;
  let size = SMALLEST_BATCH;
  while (evaluations < maxEvaluations) {
    const candidates: number[] = [];
    for (let bit = next; bit < bits && candidates.length < size; bit++) {
      if (getBit(current, bit) === 1) candidates.push(bit);
    }
    candidates.length = Math.min(candidates.length, maxEvaluations - evaluations);
    const last = candidates.at(-1);
    if (last === undefined) break;
    const dropped = await findRemovable(current, candidates);
    evaluations += candidates.length;
    if (dropped < 0) {
      next = last + 1;
      size = Math.min(LARGEST_BATCH, size * 2);
    } else {
      const bit = at(candidates, dropped);
      current = withFlippedBit(current, bit);
      next = bit + 1;
      size = Math.max(SMALLEST_BATCH, Math.floor(size / 2));
    }
    onProgress?.(evaluations, Math.min(maxEvaluations, Math.ceil((evaluations * bits) / next)));
  }
  return { genome: current, evaluations };
}
