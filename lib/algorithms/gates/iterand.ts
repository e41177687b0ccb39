/** iterand: edge-popup that draws pruned weights anew from time to time (Chijiwa et al. 2021, arXiv 2106.09269). */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { random } from '../../base/random.ts';
import { countWeights, denseLayers } from '../../network/architecture.ts';
import type { Trainable } from '../../network/trainable.ts';
import { initialScores } from './edge-popup.ts';
import { byGates, descentFields } from './gated.ts';
import { keptCounts, largestGates, largestMask } from './largest.ts';

const iterandSchema = z.strictObject({
  keep: z.number().gt(0).max(1).default(0.5).meta({ description: 'Share of the weights kept in each layer' }),
  every: z.int().min(1).max(10_000).default(5).meta({
    description: 'Epochs after which weights are drawn anew',
  }),
  rate: z.number().gt(0).max(1).default(0.1).meta({
    description: 'Probability that a pruned weight is drawn anew',
  }),
  ...descentFields({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
});

interface IterandPart {
  readonly seed: number;
  readonly iterand: z.output<typeof iterandSchema>;
}

export const iterand = byGates({
  summary: 'trains scores that choose the mask, and draws pruned weights anew',
  section: { key: 'iterand', schema: iterandSchema },
  changesWeights: true,
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ iterand: { keep: 1 - sparsity } }),
  },
  sectionOf: ({ iterand }: IterandPart) => iterand,
  gating({ keep, every, rate, epochs }, network, seed) {
    const { widths } = network;
    const bits = countWeights(widths);
    const mask = (scores: Float32Array) => largestMask(widths, scores, 'layer', keep);
    return {
      gates: () => ({ ...largestGates(widths, 'layer', keep), fixed: { weights: bits } }),
      start: () => ({
        scores: initialScores(widths, seed),
        weights: Float32Array.from(network.weights.flatMap((layer) => [...layer])),
      }),
      mask,
      kept: () => keptCounts(widths, 'layer', keep).reduce((sum, count) => sum + count, 0),
      keep: () => keep,
      // None is drawn anew after the last epoch: the scores have seen the weights of the ticket.
      after({ epoch }, state) {
        if ((epoch + 1) % every !== 0 || epoch + 1 >= epochs) return state;
        const { scores = new Float32Array(), weights = new Float32Array() } = state;
        return {
          ...state,
          weights: redrawn(network, weights, mask(scores), rate, random(seed, 'redraw', epoch)),
        };
      },
      weights: ({ weights = new Float32Array() }) =>
        denseLayers(widths).map(({ inputs, outputs, offset }) =>
          weights.slice(offset, offset + inputs * outputs),
        ),
    };
  },
});

/**
 * Of the pruned weights each with probability `rate` another one: a value that was drawn for its layer at first, so that the distribution
 * stays. `network`: as it was drawn.
 */
export function redrawn(
  { widths, weights: first }: Trainable,
  weights: Float32Array,
  mask: Uint8Array,
  rate: number,
  stream: ReturnType<typeof random>,
): Float32Array {
  const next = weights.slice();
  for (const [index, { inputs, outputs, offset }] of denseLayers(widths).entries()) {
    for (let place = offset; place < offset + inputs * outputs; place++) {
      if (mask[place] === 1 || stream.uniform() >= rate) continue;
      next[place] = at(at(first, index), stream.below(inputs * outputs));
    }
  }
  return next;
}
