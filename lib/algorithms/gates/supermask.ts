/** supermask: every weight has a logit, and is kept with its probability in each step (Zhou et al. 2019, arXiv 1905.01067). */
import { z } from 'zod';
import { random } from '../../base/random.ts';
import { countWeights, type Widths } from '../../network/architecture.ts';
import { ELEMENT_TYPES } from '../../network/onnx/types.ts';
import { byGates, descentFields } from './gated.ts';
import { type Gates, splitLayers } from './gates.ts';

const supermaskSchema = z.strictObject(descentFields({ learningRate: 100, momentum: 0.9, weightDecay: 0 }));

interface SupermaskPart {
  readonly seed: number;
  readonly supermask: z.output<typeof supermaskSchema>;
}

export const supermask = byGates({
  summary: 'trains a probability per weight, from which each step draws a mask',
  section: { key: 'supermask', schema: supermaskSchema },
  sectionOf: ({ supermask }: SupermaskPart) => supermask,
  gating: (_, { widths }, seed) => ({
    gates: () => drawnGates(widths),
    start: () => ({ scores: new Float32Array(countWeights(widths)) }),
    mask: (scores) => Uint8Array.from(scores, (score) => (score > 0 ? 1 : 0)),
    noise(epoch, step) {
      const stream = random(seed, 'gates', epoch, step);
      return { uniform: Float32Array.from({ length: countWeights(widths) }, () => stream.uniform()) };
    },
  }),
});

/** Noise: `uniform`, numbers in 0..1. A gate is open where its number is below its probability; straight through that. */
export function drawnGates(widths: Widths): Gates {
  const bits = countWeights(widths);
  return {
    scores: bits,
    noise: { uniform: bits },
    open(step) {
      step.node('Sigmoid', ['scores'], 'probabilities');
      const drawn = step.node('Less', ['uniform', 'probabilities'], 'drawn');
      const gates = step.node('Cast', [drawn], 'gates', { to: ELEMENT_TYPES.float32 });
      return splitLayers(step, widths, gates, 'mask');
    },
    slope(step, ofGates) {
      const others = step.node('Sub', [step.floats('one', [], [1]), 'probabilities'], 'others');
      const steepness = step.node('Mul', ['probabilities', others], 'steepness');
      return step.node('Mul', [ofGates, steepness], 'scores.gradient');
    },
  };
}
