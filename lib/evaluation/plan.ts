/** How the evaluator works through individuals and samples: chosen from the shapes, here and nowhere else. */
import type { EvaluationShape } from './evaluator.ts';

/** Activations that one tile of one batch may fill, in float32 values: about what the L2 cache holds. */
const CACHED_ACTIVATIONS = 512 * 1024;
const LARGEST_BATCH = 16;
const SMALLEST_TILE = 64;
const LARGEST_TILE = 2048;

/**
 * Batch and tile for a network of these layer widths over `samples` samples. A pure function of its arguments: it
 * decides the order in which losses are summed, so it must not depend on the machine.
 */
export function planEvaluator(widths: readonly number[], samples: number): EvaluationShape {
  const widest = Math.max(...widths);
  const batch = Math.max(
    1,
    Math.min(LARGEST_BATCH, Math.floor(CACHED_ACTIVATIONS / (widest * SMALLEST_TILE))),
  );
  const room = Math.floor(CACHED_ACTIVATIONS / (widest * batch));
  const largest = Math.max(SMALLEST_TILE, Math.min(LARGEST_TILE, room));
  // Tiles of equal size, so that the last one is not mostly padding; a multiple of 16 for the widest registers.
  const tiles = Math.ceil(samples / largest);
  return { batch, tile: Math.ceil(samples / tiles / 16) * 16 };
}
