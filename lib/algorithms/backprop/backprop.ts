/** backprop: trains weights and biases with Adam, for the accuracy that they can reach. */
import { z } from 'zod';
import { countWeights } from '../../network/architecture.ts';
import type { AnyNetwork } from '../../network/network.ts';
import { trainableOf, withParameters } from '../../network/trainable.ts';
import { fullGenome } from '../../search/genome.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import { hasLowerLoss, type TrainingMethod } from '../parts/training-method.ts';
import { adamRates, backpropStep, flatten, unflatten } from './step.ts';

const backpropSchema = z.strictObject({
  ...fields.adamFields,
  patience: z.int().min(1).max(10_000).default(10).meta({
    description: 'Epochs without a lower validation loss after which training stops',
  }),
});
export type BackpropSpec = z.output<typeof backpropSchema>;

export const backprop = byEpochs({
  summary: 'trains weights and biases with Adam',
  section: { key: 'backprop', schema: backpropSchema },
  finds: 'weights',
  networks: 'convolutional',
  found: 'trained',
  sectionOf: ({ backprop }: BackpropPart) => backprop,
  method: ({ backprop }, network) => backpropMethod(network, backprop),
  epochs({ backprop: { epochs, validationShare, patience } }) {
    const earliest = validationShare > 0 ? 1 + patience : epochs;
    return { shortest: Math.min(earliest, epochs), longest: epochs };
  },
  endsEarly: ({ backprop: { validationShare, patience } }, unchanged) =>
    validationShare > 0 && unchanged >= patience ? 'early-stopping' : undefined,
});

/** The parts of a run spec that it depends on. */
interface BackpropPart {
  readonly seed: number;
  readonly backprop: BackpropSpec;
}

/** `network`: what training starts from. */
export function backpropMethod(network: AnyNetwork, written: BackpropSpec): TrainingMethod {
  const first = trainableOf(network);
  const { widths } = first;
  const spec = { ...written, learningRate: fields.carriedRate(written, widths) };
  const { epochs, batchSize, shuffle, validationShare } = spec;
  return {
    section: 'backprop',
    ...{ epochs, batchSize, shuffle, validationShare },
    definition: () => backpropStep(first, spec),
    start: () => {
      const parameters = flatten(first);
      const none = () => new Float32Array(parameters.length);
      return { parameters, firstMoment: none(), secondMoment: none() };
    },
    learningRate: () => spec.learningRate,
    rates: ({ epoch }, steps) => adamRates(spec, epoch * steps, steps),
    result: ({ parameters = new Float32Array() }) => ({ parameters }),
    outcome(_, { parameters = new Float32Array() }) {
      // Trained weights take the place of those that were drawn, and all are kept.
      const trained = () => withParameters(network, unflatten(first, parameters));
      return {
        network: trained,
        ticket: () => ({ network: trained(), genome: fullGenome(countWeights(widths)) }),
        keep: () => 1,
        sparsity: () => 0,
      };
    },
    better: hasLowerLoss,
  };
}
