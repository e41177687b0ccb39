/**
 * The forward pass of a graph network in double precision over the float32 weights and scaled data: what a prediction
 * *is*, as layers.ts says for multilayer perceptrons, with the same sums in the same order where a graph is one.
 * One sample at a time; a kernel a node, made once, that writes into an array of its own. JavaScript's arithmetic and its
 * Math functions (V8 computes them in software) give the same bits on every processor.
 */
import { memo } from '../../base/memo.ts';
import type { Graph } from '../../network/graph.ts';
import { emptyValue, type Kernel, type Value, type Weight } from '../../network/operators/kernel.ts';
import { rulesOf } from '../../network/operators/table.ts';
import { siteOf } from '../../network/site.ts';
import { sizeOf } from '../../network/tensor.ts';

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
    const operandOf = (name: string): Value => {
      const constant = graph.constants.get(name);
      return memo(values, name, () => {
        if (!constant) throw new Error(`no value ${name}`);
        return { shape: constant.shape, data: Float64Array.from(constant.data) };
      });
    };
    const kernels: Kernel[] = [];
    for (const node of graph.nodes) {
      const site = siteOf(graph, node);
      const output = emptyValue(site.shape);
      values.set(node.output, output);
      const value = (index: number) => operandOf(node.inputs[index] ?? '');
      const weight = (index: number) => weightOf(graph, node.inputs[index] ?? '');
      kernels.push(rulesOf(node).kernel(node, { ...site, value, weight, output }));
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

function weightOf(graph: Graph, name: string): Weight {
  const constant = graph.constants.get(name);
  if (!constant) throw new Error(`no constant ${name}`);
  const tensor = graph.prunable.find((candidate) => candidate.name === name);
  if (sizeOf(constant.shape) !== constant.data.length)
    throw new Error(`${name}: data that do not fit its shape`);
  return { ...constant, offset: tensor?.offset };
}
