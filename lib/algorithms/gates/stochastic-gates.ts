/**
 * stochastic-gates: every weight has a gate between 0 and 1, noisy while it is trained, and open gates cost (continuously
 * relaxed Bernoulli gates; the relaxation of Yamada et al. 2020, arXiv 1810.04247).
 */
import { z } from 'zod';
import { random } from '../../base/random.ts';
import { countWeights, type Widths } from '../../network/architecture.ts';
import { ELEMENT_TYPES } from '../../network/onnx/types.ts';
import { byGates, descentFields, openMask } from './gated.ts';
import { type Gates, splitLayers } from './gates.ts';

const stochasticGatesSchema = z.strictObject({
  lambda: z.number().min(0).max(1_000_000).default(1).meta({
    description:
      'Price of open gates: nats that all of them cost together, each by its probability to be above 0',
  }),
  sigma: z.number().gt(0).max(100).default(0.5).meta({ description: 'Standard deviation of the noise' }),
  ...descentFields({ learningRate: 3, momentum: 0.9, weightDecay: 0 }),
});

interface StochasticGatesPart {
  readonly seed: number;
  readonly stochasticGates: z.output<typeof stochasticGatesSchema>;
}

export const stochasticGates = byGates({
  summary: 'trains noisy gates between 0 and 1, of which open ones have a price',
  section: { key: 'stochasticGates', schema: stochasticGatesSchema },
  sectionOf: ({ stochasticGates }: StochasticGatesPart) => stochasticGates,
  draws: true,
  gating: ({ lambda, sigma }, { widths }, seed) => ({
    gates: () => noisyGates(widths, lambda, sigma),
    start: () => ({ scores: new Float32Array(countWeights(widths)).fill(0.5) }),
    mask: (scores) => openMask(scores, (score) => score > 0),
    noise(epoch, step) {
      return { normal: random(seed, 'gates', epoch, step).normals(new Float32Array(countWeights(widths))) };
    },
  }),
});

/**
 * Noise: `normal`, standard normal numbers ε. A gate is μ + σε, clipped to 0..1; the loss grows by λ · Φ(μ/σ), on average
 * over the weights.
 */
export function noisyGates(widths: Widths, lambda: number, sigma: number): Gates {
  const bits = countWeights(widths);
  return {
    scores: bits,
    noise: { normal: bits },
    open(step) {
      const noise = step.node('Mul', ['normal', step.floats('sigma', [], [sigma])], 'noise');
      const free = step.node('Add', ['scores', noise], 'gates.free');
      const limits = [step.floats('closed', [], [0]), step.floats('open', [], [1])];
      return splitLayers(step, widths, step.node('Clip', [free, ...limits], 'gates'), 'mask');
    },
    slope(step, ofGates) {
      const moves = step.node('Equal', ['gates', 'gates.free'], 'gates.inside');
      const inside = step.node('Cast', [moves], 'gates.moving', { to: ELEMENT_TYPES.float32 });
      const own = step.node('Mul', [ofGates, inside], 'own.gradient');
      if (lambda === 0) return own;
      // The density of the normal distribution at μ/σ, over σ.
      const square = step.node('Mul', ['scores', 'scores'], 'scores.square');
      const exponent = step.node('Mul', [square, step.floats('scale', [], [-0.5 / sigma ** 2])], 'exponent');
      const peak = step.floats('peak', [], [lambda / bits / sigma / Math.sqrt(2 * Math.PI)]);
      const price = step.node('Mul', [step.node('Exp', [exponent], 'bell'), peak], 'price.gradient');
      return step.node('Add', [own, price], 'scores.gradient');
    },
  };
}
