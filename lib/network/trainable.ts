/** The parameters of networks of either kind as trainings see them, and networks with others in their place. */
import { at } from '../base/at.ts';
import type { DenseLayer, Widths } from './architecture.ts';
import type { Constant, Graph } from './graph.ts';
import { type AnyNetwork, isGraph } from './network.ts';

/** A multilayer perceptron is one. */
export interface Trainable {
  readonly widths: Widths;
  /** Per layer its weights, `outputs` × `inputs`, row-major. */
  readonly weights: readonly Float32Array[];
  /** Per layer its biases, `outputs`; empty where it has none. */
  readonly biases: readonly Float32Array[];
}

export function trainableOf(network: AnyNetwork): Trainable {
  if (!isGraph(network)) return network;
  const data = (name: string | undefined) => network.constants.get(name ?? '')?.data ?? new Float32Array();
  return {
    widths: matricesOf(network),
    weights: network.prunable.map(({ name }) => data(name)),
    biases: network.prunable.map(({ bias }) => data(bias)),
  };
}

/** The prunable tensors as matrices: the first axis is that of the outputs. */
function matricesOf({ prunable }: Graph): DenseLayer[] {
  return prunable.map(({ node, shape, offset, size }) => {
    const [outputs = 1] = shape;
    return { name: node, inputs: size / outputs, outputs, offset };
  });
}

/** The network with these weights and biases, per layer. */
export function withParameters(
  network: AnyNetwork,
  { weights, biases }: Pick<Trainable, 'weights' | 'biases'>,
): AnyNetwork {
  if (!isGraph(network)) return { ...network, weights, biases };
  const constants = new Map<string, Constant>(network.constants);
  const put = (name: string | undefined, data: Float32Array) => {
    const before = name === undefined ? undefined : constants.get(name);
    if (name !== undefined && before) constants.set(name, { shape: before.shape, data });
  };
  for (const [index, { name, bias }] of network.prunable.entries()) {
    put(name, at(weights, index));
    put(bias, at(biases, index));
  }
  return { ...network, constants };
}
