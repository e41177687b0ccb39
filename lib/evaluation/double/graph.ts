/**
 * The forward pass of a graph network in double precision over the float32 weights and scaled data: what a prediction
 * *is*, as double-precision.ts says for multilayer perceptrons, with the same sums in the same order where a graph is one.
 * One sample at a time; a kernel a node, made once, that writes into an array of its own. JavaScript's arithmetic and its
 * Math functions (V8 computes them in software) give the same bits on every processor.
 */

import { activationOf, isPairOperator } from '../../network/activations.ts';
import { type Graph, type GraphNode, sizeOf } from '../../network/graph.ts';
import { concatenation, padded, softmax, transpose } from './axes.ts';
import { batchNormalization, each, pair } from './elementwise.ts';
import { pool, reduce } from './pools.ts';
import { convolution, product } from './products.ts';
import { emptyValue, type Kernel, type Value, type Weight } from './value.ts';

export class GraphDouble {
  readonly #x: Float32Array;
  readonly #input: Value;
  readonly #logits: Value;
  readonly #kernels: readonly Kernel[];

  /** `x`: scaled features, samples × features, row-major. */
  constructor(graph: Graph, x: Float32Array) {
    this.#x = x;
    this.#input = emptyValue(graph.inputShape);
    const values = new Map([[graph.input, this.#input]]);
    const constants = new Map<string, Value>();
    const operandOf = (name: string): Value => {
      const value = values.get(name) ?? constants.get(name);
      if (value) return value;
      const constant = graph.constants.get(name);
      if (!constant) throw new Error(`no value ${name}`);
      const widened = { shape: constant.shape, data: Float64Array.from(constant.data) };
      constants.set(name, widened);
      return widened;
    };
    const kernels: Kernel[] = [];
    for (const node of graph.nodes) {
      const shape = graph.shapes.get(node.output) ?? [];
      if (node.op === 'Reshape') {
        values.set(node.output, { shape, data: operandOf(node.inputs[0] ?? '').data });
        continue;
      }
      const output = emptyValue(shape);
      values.set(node.output, output);
      kernels.push(kernelOf(graph, node, operandOf, output));
    }
    this.#kernels = kernels;
    this.#logits = operandOf(graph.output);
  }

  /** The logits of one sample under a mask of bytes 0 or 1; valid until the next call. */
  logits(mask: Uint8Array, sample: number): Float64Array {
    const { data } = this.#input;
    data.set(this.#x.subarray(sample * data.length, (sample + 1) * data.length));
    return this.#run(mask);
  }

  /**
   * The logits that no sample can change, since the mask leaves no path to them; NaN in the places of all others. Found
   * by a pass over features that are not numbers, which nothing but a pruned weight stops. Valid until the next call.
   */
  constantLogits(mask: Uint8Array): Float64Array {
    this.#input.data.fill(Number.NaN);
    return this.#run(mask);
  }

  #run(mask: Uint8Array): Float64Array {
    for (const kernel of this.#kernels) kernel(mask);
    return this.#logits.data;
  }
}

function kernelOf(graph: Graph, node: GraphNode, operandOf: (name: string) => Value, y: Value): Kernel {
  const [first = '', second = '', third] = node.inputs;
  const x = operandOf(first);
  const bias = () => (third ? operandOf(third) : undefined);
  if (isPairOperator(node.op)) return pair(node.op, x, operandOf(second), y);
  const of = activationOf(node);
  if (of) return each(of, x, y);
  switch (node.op) {
    case 'Conv':
      return convolution(node, x, weightOf(graph, second), bias(), y);
    case 'Gemm':
      return product(node.transB, x, weightOf(graph, second), bias(), y);
    case 'MatMul':
      return product(false, x, weightOf(graph, second), undefined, y);
    case 'BatchNormalization':
      return batchNormalization(node.epsilon, x, node.inputs.slice(1).map(operandOf), y);
    case 'MaxPool':
    case 'AveragePool':
      return pool(node, x, y);
    case 'GlobalAveragePool':
    case 'GlobalMaxPool': {
      const axes = x.shape.slice(1).map((_, axis) => axis + 1);
      return reduce(node.op === 'GlobalMaxPool' ? 'ReduceMax' : 'ReduceMean', axes, x, y);
    }
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
      return reduce(
        node.op,
        node.axes.map((axis) => axis - 1),
        x,
        y,
      );
    case 'Transpose':
      return transpose(
        node.perm.slice(1).map((axis) => axis - 1),
        x,
        y,
      );
    case 'Concat':
      return concatenation(node.axis - 1, node.inputs.map(operandOf), y);
    case 'Softmax':
    case 'LogSoftmax':
      return softmax(node.axis - 1, node.op === 'LogSoftmax', x, y);
    case 'Pad':
      return padded(node.pads, node.value, x, y);
    default:
      throw new Error(`no kernel for ${node.op}`);
  }
}

function weightOf(graph: Graph, name: string): Weight {
  const constant = graph.constants.get(name);
  if (!constant) throw new Error(`no constant ${name}`);
  const tensor = graph.prunable.find((candidate) => candidate.name === name);
  if (sizeOf(constant.shape) !== constant.data.length)
    throw new Error(`${name}: data that do not fit its shape`);
  return { ...constant, offset: tensor?.offset };
}
