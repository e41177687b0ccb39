/**
 * lcs: trains one set of weights that is accurate at any sparsity: in every step, the largest weights of each layer are kept,
 * a share that is drawn anew (Nunez et al. 2021, arXiv 2110.04252: the point method, with unstructured sparsity). The order
 * of the weights by size within their layer is then one whose every beginning is a ticket.
 */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { lazy } from '../../base/lazy.ts';
import { random } from '../../base/random.ts';
import { countWeights, denseLayers, type Network } from '../../network/architecture.ts';
import { layersIn } from '../../network/network.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import { pack, sparsityOf } from '../../search/genome.ts';
import { MOST_RANKED } from '../../search/nested-order.ts';
import { chosen, keptByRate, keptCounts, keptRates, largestMask, largestOf } from '../gates/largest.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import type { Parameters, StepDefinition, TrainingMethod } from '../parts/training-method.ts';
import { flatten, unflatten } from './step.ts';

const lcsSchema = z.strictObject({
  keep: z.number().gt(0).max(1).default(0.5).meta({
    description: 'Share of the weights of each layer that the ticket keeps; the nested ticket has all shares',
  }),
  least: z.number().gt(0).max(1).default(0.025).meta({
    description: 'Smallest share that a step keeps: shares are drawn uniformly from it to 1',
  }),
  warmUp: z.number().min(0).lt(1).default(0.8).meta({
    description: 'Share of the epochs in which all weights are kept, before shares are drawn',
  }),
  epochs: fields.epochs.default(200),
  batchSize: fields.batchSize,
  learningRate: fields.learningRate.default(0.1).meta({
    description: 'Learning rate, reached within 5 epochs; then it falls to 0 as half a cosine',
  }),
  baseLayers: fields.baseLayers,
  momentum: fields.decay.default(0.9),
  weightDecay: z.number().min(0).max(1_000).default(5e-4),
  shuffle: fields.shuffleField,
});
type LcsSpec = z.output<typeof lcsSchema>;

interface LcsPart {
  readonly seed: number;
  readonly lcs: LcsSpec;
}

/** Epochs in which the learning rate rises. */
const RISING = 5;

export const lcs = byEpochs({
  summary:
    'trains weights of which every share, the largest of each layer, is a ticket: one file for all sparsities',
  section: { key: 'lcs', schema: lcsSchema },
  finds: 'weights',
  mostWeights: MOST_RANKED,
  found: 'trained',
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ lcs: { keep: 1 - sparsity } }),
  },
  // The recipe takes the weights of the last epoch: no epoch is chosen, and nothing held out.
  sectionOf: ({ lcs }: LcsPart) => ({ ...lcs, validationShare: 0 }),
  method: ({ lcs, seed }, network) => lcsMethod(layersIn(network), lcs, seed),
});

/** The rate of an epoch, 0 …. */
export function risingRate(learningRate: number, epochs: number, epoch: number): number {
  if (epoch < RISING) return (learningRate * (epoch + 1)) / RISING;
  const falling = { learningRate, schedule: 'cosine', epochs: epochs - RISING } as const;
  return fields.scheduledRate(falling, epoch - RISING);
}

/** The share that each step of an epoch keeps. */
export function sharesOf(
  { least, warmUp, epochs }: Pick<LcsSpec, 'least' | 'warmUp' | 'epochs'>,
  seed: number,
  epoch: number,
  steps: number,
): Float64Array {
  const stream = random(seed, 'shares', epoch);
  return Float64Array.from({ length: steps }, (_, step) => {
    const drawn = least + (1 - least) * stream.uniform();
    return epoch * steps + step < Math.ceil(warmUp * epochs * steps) ? 1 : drawn;
  });
}

/** All weights, those first that a layer keeps at the smallest shares. */
export function orderBySize(widths: readonly number[], weights: Float32Array): Uint32Array {
  const shares = new Float64Array(weights.length);
  for (const { inputs, outputs, offset } of denseLayers(widths)) {
    const size = inputs * outputs;
    const ranked = largestOf(weights.subarray(offset, offset + size).map(Math.abs), size);
    for (const [rank, index] of ranked.entries()) shares[offset + index] = rank / size;
  }
  return Uint32Array.from(weights.keys()).sort((a, b) => at(shares, a) - at(shares, b) || a - b);
}

/** `network`: what training starts from. */
function lcsMethod(network: Network, spec: LcsSpec, seed: number): TrainingMethod {
  const { widths } = network;
  const { epochs, batchSize, shuffle, keep } = spec;
  const bits = countWeights(widths);
  const rate = fields.carriedRate(spec, widths);
  const learningRate = (epoch: number) => risingRate(rate, epochs, epoch);
  const weightsOf = (parameters: Float32Array) => parameters.subarray(0, bits);
  const none = new Float32Array();
  return {
    section: 'lcs',
    ...{ epochs, batchSize, shuffle, validationShare: 0 },
    definition: () => lcsStep(widths, spec),
    start() {
      const parameters = flatten(network);
      return { parameters, momentum: new Float32Array(parameters.length) };
    },
    learningRate,
    rates({ epoch }, steps) {
      const counts = Array.from(sharesOf(spec, seed, epoch, steps), (share) =>
        keptCounts(widths, 'layer', share),
      );
      return {
        learningRate: new Float32Array(steps).fill(learningRate(epoch)),
        ...Object.fromEntries(
          keptRates(widths, 'layer').map((name, layer) => [
            name,
            Float32Array.from(counts, (ofLayers) => at(ofLayers, layer)),
          ]),
        ),
      };
    },
    result: ({ parameters = none }) => ({ parameters }),
    outcome(_, { parameters = none }) {
      const trained = () => ({ widths, ...unflatten(network, parameters) });
      const genome = lazy(() => pack(largestMask(widths, weightsOf(parameters), 'layer', keep)));
      return {
        network: trained,
        ticket: () => ({ network: trained(), genome: genome() }),
        keep: () => keep,
        sparsity: () => sparsityOf(genome(), bits),
      };
    },
    order: ({ parameters = none }) => ({ bits: orderBySize(widths, weightsOf(parameters)), pauses: [] }),
    // Nothing is held out: the last epoch is the result.
    better: () => true,
  };
}

/**
 * State: `parameters` as `flatten` gives them, and their momentum. Rates: `learningRate`, and how many weights each layer
 * keeps. Weights that a step leaves out have no gradient but that of the decay, and the update is PyTorch's stochastic
 * gradient descent.
 */
export function lcsStep(
  widths: readonly number[],
  { momentum, weightDecay }: Pick<LcsSpec, 'momentum' | 'weightDecay'>,
): StepDefinition {
  const layers = denseLayers(widths);
  const sizes = [
    ...layers.map(({ inputs, outputs }) => inputs * outputs),
    ...layers.map(({ outputs }) => outputs),
  ];
  const length = sizes.reduce((sum, size) => sum + size, 0);

  function parameters(step: GraphBuilder): Parameters {
    const weights = layers.map(({ name }) => `${name}.weight.flat`);
    const biases = layers.map(({ name }) => `${name}.bias`);
    step.nodes('Split', ['parameters', step.ints('sizes', sizes)], [...weights, ...biases], { axis: 0 });
    const masked = layers.map(({ name, inputs, outputs }, index) => {
      const ranks = step.node('Abs', [at(weights, index)], `${name}.ranks`);
      const mask = chosen(step, ranks, inputs * outputs, keptByRate(step, index), name);
      const kept = step.node('Mul', [at(weights, index), mask], `${name}.weight.kept`);
      const shape = step.ints(`${name}.shape`, [outputs, inputs]);
      return step.node('Reshape', [kept, shape], `${name}.weight`);
    });
    return { weights: masked, biases };
  }

  function update(step: GraphBuilder, gradients: Parameters): string[] {
    const one = step.ints('flat', [-1]);
    const ofWeights = layers.map(({ name }, index) => {
      const flat = step.node('Reshape', [at(gradients.weights, index), one], `${name}.gradient.flat`);
      return step.node('Mul', [flat, `${name}.mask`], `${name}.gradient.kept`);
    });
    const all = step.node('Concat', [...ofWeights, ...gradients.biases], 'gradient', { axis: 0 });
    const decay = step.node('Mul', ['parameters', step.floats('decay.share', [], [weightDecay])], 'decay');
    const slope = step.node('Add', [all, decay], 'gradient.decayed');
    const past = step.node('Mul', ['momentum', step.floats('momentum.share', [], [momentum])], 'past');
    const velocity = step.node('Add', [past, slope], 'momentum.after');
    const change = step.node('Mul', [velocity, 'learningRate'], 'change');
    return [step.node('Sub', ['parameters', change], 'parameters.after'), velocity];
  }

  return {
    state: { parameters: length, momentum: length },
    rates: ['learningRate', ...keptRates(widths, 'layer')],
    trainsBiases: true,
    parameters,
    update,
  };
}
