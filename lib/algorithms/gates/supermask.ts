/** supermask: every weight has a logit, and is kept with its probability in each step (Zhou et al. 2019, arXiv 1905.01067). */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { random } from '../../base/random.ts';
import { countWeights, denseLayers, type Widths } from '../../network/architecture.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import { ELEMENT_TYPES } from '../../network/onnx/types.ts';
import { byGates, descentFields, openMask } from './gated.ts';
import { type Gates, splitLayers } from './gates.ts';

const TICKETS = ['threshold', 'drawn'] as const;

const supermaskSchema = z.strictObject({
  rescale: z.boolean().default(false).meta({
    description: 'Whether steps multiply the weights of a layer by all / kept; needs biases that are 0',
  }),
  ticket: z.enum(TICKETS).default('threshold').meta({
    description: 'threshold: weights with a probability above ½; drawn: a mask drawn from the probabilities',
  }),
  ...descentFields({ learningRate: 100, momentum: 0.9, weightDecay: 0 }),
});

interface SupermaskPart {
  readonly seed: number;
  readonly network: { readonly initializer?: unknown; readonly planted?: unknown };
  readonly supermask: z.output<typeof supermaskSchema>;
}

export const supermask = byGates({
  summary: 'trains a probability per weight, from which each step draws a mask',
  section: { key: 'supermask', schema: supermaskSchema },
  sectionOf: ({ supermask }: SupermaskPart) => supermask,
  draws: true,
  problems({ supermask: { rescale }, network }) {
    // Without biases, factors of whole layers change no prediction of the ticket, whose weights are those that were drawn.
    if (!rescale) return [];
    return [
      ...(network.initializer === 'uniform'
        ? [
            'supermask.rescale: found true with network.initializer "uniform", whose biases are not 0; choose another initializer, or false',
          ]
        : []),
      ...(network.planted
        ? [
            'supermask.rescale: found true with network.planted, whose ticket has biases that are not 0; leave one of the two out',
          ]
        : []),
    ];
  },
  gating: ({ rescale, ticket }, { widths }, seed) => ({
    gates: () => drawnGates(widths, rescale),
    start: () => ({ scores: new Float32Array(countWeights(widths)) }),
    mask(scores, { epoch }) {
      if (ticket === 'threshold') return openMask(scores, (score) => score > 0);
      const drawn = random(seed, 'ticket', epoch).uniforms(new Float64Array(scores.length));
      return openMask(scores, (score, weight) => at(drawn, weight) < 1 / (1 + Math.exp(-score)));
    },
    noise(epoch, step) {
      return { uniform: random(seed, 'gates', epoch, step).uniforms(new Float32Array(countWeights(widths))) };
    },
  }),
});

/**
 * Noise: `uniform`, numbers in 0..1. A gate is open where its number is below its probability; straight through that. `rescale`: open
 * gates are n / k for a layer of n weights that keeps k, a factor that has a gradient, too.
 */
export function drawnGates(widths: Widths, rescale: boolean): Gates {
  const layers = denseLayers(widths);
  const bits = countWeights(widths);

  function scaled(step: GraphBuilder, drawn: readonly string[]): string[] {
    return layers.map(({ name, inputs, outputs }, index) => {
      const kept = step.node('ReduceSum', [at(drawn, index)], `${name}.kept.exact`, { keepdims: 1 });
      step.node('Max', [kept, step.floats(`${name}.least`, [1], [1])], `${name}.kept`);
      const all = step.floats(`${name}.all`, [1], [inputs * outputs]);
      step.node('Div', [all, `${name}.kept`], `${name}.factor`);
      return step.node('Mul', [at(drawn, index), `${name}.factor`], `${name}.mask.scaled`);
    });
  }

  /** With z' = z · n / Σz and g, the gradient of z': that of z is (g − Σ g z / Σz) · n / Σz. */
  function unscaled(step: GraphBuilder, ofGates: string): string {
    const own = splitLayers(step, widths, ofGates, 'mask.gradient');
    const parts = layers.map(({ name }, index) => {
      const gradient = at(own, index);
      const open = step.node('Mul', [gradient, `${name}.mask`], `${name}.mask.gradient.open`);
      const sum = step.node('ReduceSum', [open], `${name}.mask.gradient.sum`, { keepdims: 1 });
      const mean = step.node('Div', [sum, `${name}.kept`], `${name}.mask.gradient.mean`);
      const rest = step.node('Sub', [gradient, mean], `${name}.mask.gradient.rest`);
      return step.node('Mul', [rest, `${name}.factor`], `${name}.mask.gradient.scaled`);
    });
    return step.node('Concat', parts, 'drawn.gradient', { axis: 0 });
  }

  return {
    scores: bits,
    noise: { uniform: bits },
    open(step) {
      step.node('Sigmoid', ['scores'], 'probabilities');
      const drawn = step.node('Less', ['uniform', 'probabilities'], 'drawn');
      const gates = step.node('Cast', [drawn], 'gates', { to: ELEMENT_TYPES.float32 });
      const parts = splitLayers(step, widths, gates, 'mask');
      return rescale ? scaled(step, parts) : parts;
    },
    slope(step, ofGates) {
      const others = step.node('Sub', [step.floats('one', [], [1]), 'probabilities'], 'others');
      const steepness = step.node('Mul', ['probabilities', others], 'steepness');
      const gradient = rescale ? unscaled(step, ofGates) : ofGates;
      return step.node('Mul', [gradient, steepness], 'scores.gradient');
    },
  };
}
