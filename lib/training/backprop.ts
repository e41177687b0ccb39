/** backprop: trains weights and biases with Adam, for the accuracy that they can reach. */
import type { Network } from '../network/architecture.ts';
import type { BackpropSpec } from '../runspec/training.ts';
import { adamRates, backpropStep, flatten, unflatten } from './backprop-model.ts';
import type { TrainingMethod } from './method.ts';

/** `network`: what training starts from. */
export function backprop(network: Network, spec: BackpropSpec): TrainingMethod {
  const { widths } = network;
  return {
    section: 'backprop',
    epochs: spec.epochs,
    batchSize: spec.batchSize,
    shuffle: spec.shuffle,
    validationShare: spec.validationShare,
    definition: () => backpropStep(widths, spec),
    start: () => {
      const parameters = flatten(network);
      const none = () => new Float32Array(parameters.length);
      return { parameters, firstMoment: none(), secondMoment: none() };
    },
    learningRate: () => spec.learningRate,
    rates: (epoch, steps) => adamRates(spec, epoch * steps, steps),
    result: ({ parameters = new Float32Array() }) => ({ parameters }),
    network: (_, { parameters = new Float32Array() }) => unflatten(widths, parameters),
    keep: () => 1,
    sparsity: () => 0,
    // By loss: accuracy stands still long before it does.
    better: (row, best) => (row.validationLoss ?? Infinity) < (best.validationLoss ?? Infinity),
  };
}
