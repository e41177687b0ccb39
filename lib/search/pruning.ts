/**
 * Post-evolutionary pruning (arXiv 2508.08877): one pass over the kept weights of the best mask, dropping each whose
 * removal does not lower the accuracy below its value before pruning. On training data. A search for a mean over the
 * classes must not lose to the pass what it selected for: there that mean takes the place of the accuracy.
 */
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
 * The pass. `measure` gives the figure of each mask that must not fall below `baseline`, that of the unpruned mask.
 * Ends early after `maxEvaluations` evaluations. Candidates are tried in batches, each against the mask as it stands;
 * behind the first that can go the others are tried again, so the result is that of trying one after another.
 */
export async function prune(
  genome: Uint8Array,
  bits: number,
  baseline: number,
  measure: (masks: PackedMasks) => Promise<ArrayLike<number>>,
  maxEvaluations: number,
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
    const without = candidates.map((bit) => withFlippedBit(current, bit));
    const figures = await measure(packGenomes(without, bits));
    evaluations += candidates.length;
    const dropped = candidates.findIndex((_, index) => (figures[index] ?? Number.NaN) >= baseline);
    const bit = candidates[dropped];
    if (bit === undefined) {
      next = last + 1;
      size = Math.min(LARGEST_BATCH, size * 2);
    } else {
      current = without[dropped] ?? current;
      next = bit + 1;
      size = Math.max(SMALLEST_BATCH, Math.floor(size / 2));
    }
  }
  return { genome: current, evaluations };
}
