/** How a landscape asks for scores. */
import { at } from '../base/at.ts';
import { type PackedMasks, packGenomes } from '../search/genome.ts';

/** Correct predictions and cross-entropy (summed over the samples, nats; NaN where not finite), in the masks' order. */
export type Evaluate = (masks: PackedMasks) => Promise<{
  readonly correct: ArrayLike<number>;
  readonly loss: ArrayLike<number>;
}>;

export interface Measured {
  readonly correct: number;
  readonly loss: number;
}

/** Masks in one call: enough to keep the evaluator busy, and little enough for progress to be seen. */
const BATCH = 256;

export async function evaluateAll(evaluate: Evaluate, genomes: readonly Uint8Array[], bits: number) {
  const measured: Measured[] = [];
  for (let start = 0; start < genomes.length; start += BATCH) {
    const batch = genomes.slice(start, start + BATCH);
    const { correct, loss } = await evaluate(packGenomes(batch, bits));
    for (let index = 0; index < batch.length; index++) {
      measured.push({ correct: at(correct, index), loss: loss[index] ?? Number.NaN });
    }
  }
  return measured;
}
