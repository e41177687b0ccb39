/**
 * multicoated: edge-popup with several nested masks, whose sum multiplies the weights (Okoshi et al. 2022, Multicoated supermasks,
 * ICML).
 */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { countWeights, denseLayers, type Widths } from '../../network/architecture.ts';
import type { Trainable } from '../../network/trainable.ts';
import { initialScores } from './edge-popup.ts';
import { byGates, descentFields } from './gated.ts';
import { type Gates, splitLayers } from './gates.ts';
import { chosen, keptCounts, largestMask } from './largest.ts';

const multicoatedSchema = z.strictObject({
  keep: z
    .array(z.number().gt(0).max(1))
    .min(1)
    .max(10)
    .default([0.5, 0.25, 0.125])
    .meta({ description: 'Share of the weights that each coat keeps in each layer, falling' }),
  ...descentFields({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
});

interface MulticoatedPart {
  readonly seed: number;
  readonly multicoated: z.output<typeof multicoatedSchema>;
}

export const multicoated = byGates({
  summary: 'trains scores that choose nested masks, whose sum multiplies the weights',
  section: { key: 'multicoated', schema: multicoatedSchema },
  changesWeights: true,
  sectionOf: ({ multicoated }: MulticoatedPart) => multicoated,
  gating({ keep }, network, seed) {
    const { widths } = network;
    const [first = 1] = keep;
    return {
      gates: () => coatedGates(widths, keep),
      start: () => ({ scores: initialScores(widths, seed) }),
      mask: (scores) => largestMask(widths, scores, 'layer', first),
      kept: () => keptCounts(widths, 'layer', first).reduce((sum, count) => sum + count, 0),
      keep: () => first,
      weights: ({ scores = new Float32Array() }) => coatedWeights(network, scores, keep),
    };
  },
  problems({ multicoated: { keep } }) {
    return keep.every((share, coat) => coat === 0 || share < at(keep, coat - 1))
      ? []
      : [`multicoated.keep: found ${JSON.stringify(keep)}, expected shares that fall from coat to coat`];
  },
});

/** The weights times the number of coats that keep them; those that none keeps as they are. */
export function coatedWeights({ widths, weights }: Trainable, scores: Float32Array, keep: readonly number[]) {
  const coats = new Uint8Array(countWeights(widths));
  for (const share of keep) {
    for (const [place, kept] of largestMask(widths, scores, 'layer', share).entries())
      coats[place] = (coats[place] ?? 0) + kept;
  }
  return denseLayers(widths).map(({ offset }, index) =>
    at(weights, index).map((weight, place) => weight * Math.max(1, coats[offset + place] ?? 0)),
  );
}

/** Gates of 0 … coats. The scores learn as if all were open. */
export function coatedGates(widths: Widths, keep: readonly number[]): Gates {
  return {
    scores: countWeights(widths),
    open(step) {
      const parts = splitLayers(step, widths, step.node('Abs', ['scores'], 'ranks'), 'ranks');
      return denseLayers(widths).map(({ name, inputs, outputs }, index) => {
        const coats = keep.map((share, coat) => {
          const own = `${name}.coat.${coat}`;
          const count = at(keptCounts(widths, 'layer', share), index);
          return chosen(step, at(parts, index), inputs * outputs, step.ints(`${own}.kept`, [count]), own);
        });
        return step.node('Sum', coats, `${name}.coats`);
      });
    },
    slope: (step, ofGates) =>
      step.node('Mul', [ofGates, step.node('Sign', ['scores'], 'scores.sign')], 'scores.gradient'),
  };
}
