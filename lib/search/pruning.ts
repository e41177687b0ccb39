/**
 * Post-evolutionary pruning (arXiv 2508.08877): a pass over the kept weights of the best mask, dropping each whose
 * removal does not lower a figure below its value before pruning. On training data. The paper's figure is the accuracy;
 * another takes its place where a search must not lose to the pass what it selected for.
 */
import { at } from '../base/at.ts';
import { getBit, type PackedMasks, packGenomes, withFlippedBit } from './genome.ts';

/** Candidates that are tried at once; between these bounds the batch follows how often a weight can go. */
const SMALLEST_BATCH = 16;
const LARGEST_BATCH = 64;

/**
 * Multiply-adds that the pass may take unless the spec says otherwise: a minute or two on one thread, where those of a
 * graph take more than twice as long as those of a multilayer perceptron.
 */
export const PRUNING_WORK = { layers: 5e12, graph: 2e12 } as const;

export interface PruningLimits {
  /** Evaluations after which the pass ends. */
  readonly maxEvaluations: number;
  /** Passes are repeated until one drops nothing, but not more often than this. */
  readonly passes: number;
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
  figure(): number;
  figureIf(bit: number): number;
  flip(bit: number): void;
  /** Goes to another mask. */
  moveTo(genome: Uint8Array): void;
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
 * The passes. Candidates are tried in batches, each against the mask as it then is; after the first that can go the others
 * are tried again, so the result is that of trying one after another. All of a batch count as evaluated. `onProgress`:
 * evaluations done, of about how many in this pass and those before.
 */
export async function prune(
  genome: Uint8Array,
  bits: number,
  findRemovable: FindRemovable,
  { maxEvaluations, passes }: PruningLimits,
  onProgress?: (done: number, about: number) => void,
): Promise<PruningResult> {
  let current = genome;
  let evaluations = 0;
  for (let pass = 0; pass < passes && evaluations < maxEvaluations; pass++) {
    const before = current;
    const spent = evaluations;
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
      onProgress?.(
        evaluations,
        Math.min(maxEvaluations, spent + Math.ceil(((evaluations - spent) * bits) / next)),
      );
    }
    if (current === before) break;
  }
  return { genome: current, evaluations };
}
