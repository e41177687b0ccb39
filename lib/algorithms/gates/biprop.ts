/**
 * biprop: edge-popup over binary weights, each the sign of what was drawn times one factor of its layer (Diffenderfer and Kailkhura 2021,
 * arXiv 2103.09377).
 */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { denseLayers } from '../../network/architecture.ts';
import type { Trainable } from '../../network/trainable.ts';
import { initialScores } from './edge-popup.ts';
import { byGates, descentFields } from './gated.ts';
import type { Gates } from './gates.ts';
import { keptCounts, largestGates, largestMask } from './largest.ts';

const bipropSchema = z.strictObject({
  keep: z.number().gt(0).max(1).default(0.5).meta({ description: 'Share of the weights kept in each layer' }),
  ...descentFields({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
});

interface BipropPart {
  readonly seed: number;
  readonly biprop: z.output<typeof bipropSchema>;
}

export const biprop = byGates({
  summary: 'trains scores that choose a mask over weights that become binary',
  section: { key: 'biprop', schema: bipropSchema },
  changesWeights: true,
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ biprop: { keep: 1 - sparsity } }),
  },
  sectionOf: ({ biprop }: BipropPart) => biprop,
  gating({ keep }, network, seed) {
    const { widths } = network;
    return {
      frozen: { ...network, weights: network.weights.map((layer) => layer.map(Math.sign)) },
      gates: () => binaryGates(network, keep),
      start: () => ({ scores: initialScores(widths, seed) }),
      mask: (scores) => largestMask(widths, scores, 'layer', keep),
      kept: () => keptCounts(widths, 'layer', keep).reduce((sum, count) => sum + count, 0),
      keep: () => keep,
      weights: (_, mask) => binaryWeights(network, mask()),
    };
  },
});

/** The signs of all weights times α: per layer, the mean of the kept |weights|. */
export function binaryWeights({ widths, weights }: Trainable, mask: Uint8Array): Float32Array[] {
  return denseLayers(widths).map(({ offset }, index) => {
    const layer = at(weights, index);
    let [sum, kept] = [0, 0];
    for (const [place, weight] of layer.entries()) {
      if (mask[offset + place] !== 1) continue;
      sum += Math.abs(weight);
      kept++;
    }
    return layer.map((weight) => (Math.sign(weight) * sum) / Math.max(1, kept));
  });
}

/** Gates of α or 0 over the signs; the scores learn as if all were open, α fixed. */
export function binaryGates({ widths, weights }: Trainable, keep: number): Gates {
  const layers = denseLayers(widths);
  const largest = largestGates(widths, 'layer', keep);
  const counts = keptCounts(widths, 'layer', keep);
  return {
    ...largest,
    open(step) {
      return largest.open(step).map((mask, index) => {
        const { name, inputs, outputs } = at(layers, index);
        const sizes = step.floats(`${name}.sizes`, [inputs * outputs], at(weights, index).map(Math.abs));
        const total = step.node(
          'ReduceSum',
          [step.node('Mul', [mask, sizes], `${name}.sizes.kept`)],
          `${name}.sizes.sum`,
          {
            keepdims: 0,
          },
        );
        const count = step.floats(`${name}.count`, [], [at(counts, index)]);
        return step.node(
          'Mul',
          [mask, step.node('Div', [total, count], `${name}.alpha`)],
          `${name}.mask.scaled`,
        );
      });
    },
    slope(step, ofGates) {
      const alphas = layers.map(({ name, inputs, outputs }) =>
        step.node(
          'Expand',
          [`${name}.alpha`, step.ints(`${name}.size`, [inputs * outputs])],
          `${name}.alphas`,
        ),
      );
      const all = step.node('Concat', alphas, 'alphas', { axis: 0 });
      return largest.slope(step, step.node('Mul', [ofGates, all], 'gates.gradient.scaled'));
    },
  };
}
