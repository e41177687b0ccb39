/** A step of backpropagation with Adam (Kingma and Ba 2015, arXiv 1412.6980), in the order of operations of PyTorch's. */
import { at } from '../../base/at.ts';
import { denseLayers } from '../../network/architecture.ts';
import type { GraphBuilder } from '../../network/onnx/graph-builder.ts';
import type { Trainable } from '../../network/trainable.ts';
import type { Parameters, StepDefinition } from '../parts/training-method.ts';

export interface Adam {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** The sizes of all weights, then of all biases, in the order of a flat vector. */
function sizesOf({ weights, biases }: Trainable): number[] {
  return [...weights, ...biases].map(({ length }) => length);
}

/** All weights in the order of a genome, then all biases. */
export function flatten({ weights, biases }: Pick<Trainable, 'weights' | 'biases'>): Float32Array {
  const parts = [...weights, ...biases];
  const flat = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    flat.set(part, offset);
    offset += part.length;
  }
  return flat;
}

/** The parameters of a network like `like` that `flat` holds. */
export function unflatten(like: Trainable, flat: Float32Array): Pick<Trainable, 'weights' | 'biases'> {
  let offset = 0;
  const parts = sizesOf(like).map((size) => {
    const part = flat.slice(offset, offset + size);
    offset += size;
    return part;
  });
  const layers = like.weights.length;
  return { weights: parts.slice(0, layers), biases: parts.slice(layers) };
}

/**
 * State: `parameters` as `flatten` gives them, and Adam's moments of each; where only some are trained, `mask`, 1 for
 * those. Rates, see `adamRates`: `stepSize` and `correction`. Of `network`, only the sizes matter.
 */
export function backpropStep(
  network: Trainable,
  { beta1, beta2, epsilon }: Pick<Adam, 'beta1' | 'beta2' | 'epsilon'>,
  { isMasked = false, smoothing = 0 }: { readonly isMasked?: boolean; readonly smoothing?: number } = {},
): StepDefinition {
  const layers = denseLayers(network.widths);
  const biased = layers.filter((_, index) => at(network.biases, index).length > 0);
  const sizes = sizesOf(network).filter((size) => size > 0);
  const length = sizes.reduce((sum, size) => sum + size, 0);

  function parameters(step: GraphBuilder): Parameters {
    const weights = layers.map(({ name }) => `${name}.weight.flat`);
    const biases = biased.map(({ name }) => `${name}.bias`);
    step.nodes('Split', ['parameters', step.ints('sizes', sizes)], [...weights, ...biases], { axis: 0 });
    const shaped = layers.map(({ name, inputs, outputs }) => {
      const shape = step.ints(`${name}.shape`, [outputs, inputs]);
      return step.node('Reshape', [`${name}.weight.flat`, shape], `${name}.weight`);
    });
    return {
      weights: shaped,
      biases: layers.map((layer) => (biased.includes(layer) ? `${layer.name}.bias` : '')),
    };
  }

  function update(step: GraphBuilder, gradients: Parameters): string[] {
    const one = step.ints('flat', [-1]);
    const flat = gradients.weights.map((name) => step.node('Reshape', [name, one], `${name}.flat`));
    const all = step.node(
      'Concat',
      [...flat, ...gradients.biases.filter((name) => name !== '')],
      'gradient',
      { axis: 0 },
    );
    const gradient = isMasked ? step.node('Mul', [all, 'mask'], 'gradient.masked') : all;
    const scalar = (name: string, value: number) => step.floats(name, [], [value]);
    const moment = (name: string, beta: number, current: string) => {
      const past = step.node('Mul', [name, scalar(`${name}.beta`, beta)], `${name}.past`);
      const present = step.node('Mul', [current, scalar(`${name}.rest`, 1 - beta)], `${name}.present`);
      return step.node('Add', [past, present], `${name}.after`);
    };
    const first = moment('firstMoment', beta1, gradient);
    const square = step.node('Mul', [gradient, gradient], 'gradient.square');
    const second = moment('secondMoment', beta2, square);
    const root = step.node('Sqrt', [second], 'root');
    const corrected = step.node('Mul', [root, 'correction'], 'root.corrected');
    const size = step.node('Add', [corrected, scalar('epsilon', epsilon)], 'size');
    const change = step.node('Mul', [step.node('Div', [first, size], 'direction'), 'stepSize'], 'change');
    const after = [step.node('Sub', ['parameters', change], 'parameters.after'), first, second];
    return isMasked ? [...after, step.node('Identity', ['mask'], 'mask.after')] : after;
  }

  return {
    state: {
      ...{ parameters: length, firstMoment: length, secondMoment: length },
      ...(isMasked ? { mask: length } : {}),
    },
    smoothing,
    rates: ['stepSize', 'correction'],
    trainsBiases: true,
    parameters,
    update,
  };
}

/** Adam's rates with bias correction, for steps `done` + 1 … `done` + `steps` of the whole training. */
export function adamRates(
  { learningRate, beta1, beta2 }: Adam,
  done: number,
  steps: number,
): Record<'stepSize' | 'correction', Float32Array> {
  const of = (rate: (step: number) => number) =>
    Float32Array.from({ length: steps }, (_, index) => rate(done + index + 1));
  return {
    stepSize: of((step) => learningRate / (1 - beta1 ** step)),
    correction: of((step) => 1 / Math.sqrt(1 - beta2 ** step)),
  };
}
