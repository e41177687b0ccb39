/** Puts small graph networks together for tests, node by node. */

import { type Random, random } from '../../lib/base/random.ts';
import type { Constant, Graph, GraphNode } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import type { Operation } from '../../lib/network/operators/table.ts';
import { operandsOf, outputShape } from '../../lib/network/site.ts';
import { sizeOf } from '../../lib/network/tensor.ts';

export class SmallGraph {
  readonly stream: Random;
  readonly #inputShape: readonly number[];
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #shapes: Map<string, readonly number[]>;

  constructor(inputShape: readonly number[], seed: number) {
    this.stream = random(seed, 'weights');
    this.#inputShape = inputShape;
    this.#shapes = new Map([['x', inputShape]]);
  }

  shapeOf(name: string): readonly number[] {
    return this.#shapes.get(name) ?? [];
  }

  /** A constant of normal deviates, times `scale`, plus `offset`; or of the values given. */
  constant(
    shape: readonly number[],
    { scale = 1, offset = 0, values = undefined as readonly number[] | undefined } = {},
  ) {
    const name = `constant.${this.#constants.size}`;
    const draw = () => offset + scale * this.stream.normal();
    this.#constants.set(name, {
      shape,
      data: values ? Float32Array.from(values) : Float32Array.from({ length: sizeOf(shape) }, draw),
    });
    return name;
  }

  /** Adds a node and gives the name of its output. */
  node(operation: Operation, ...inputs: string[]): string {
    const output = `value.${this.#nodes.length}`;
    const node: GraphNode = { ...operation, name: `node.${this.#nodes.length}`, inputs, output };
    this.#nodes.push(node);
    this.#shapes.set(output, outputShape(operation, operandsOf(node, this.#shapes, this.#constants)));
    return output;
  }

  /** A convolution of `filters`, weights scaled so that values stay of one size. */
  conv(
    x: string,
    filters: number,
    kernel: readonly number[],
    {
      strides = kernel.map(() => 1),
      pads = [...kernel, ...kernel].map((size) => size >> 1),
      dilations = kernel.map(() => 1),
      group = 1,
      bias = true,
    } = {},
  ): string {
    const [channels = 0] = this.shapeOf(x);
    const shape = [filters, channels / group, ...kernel];
    const weight = this.constant(shape, { scale: Math.sqrt(2 / sizeOf(shape.slice(1))) });
    const operands = bias ? [x, weight, this.constant([filters], { scale: 0.3 })] : [x, weight];
    return this.node({ op: 'Conv', strides, pads, dilations, group }, ...operands);
  }

  dense(x: string, outputs: number, { transB = true, bias = true } = {}): string {
    const [inputs = 0] = this.shapeOf(x);
    const weight = this.constant(transB ? [outputs, inputs] : [inputs, outputs], {
      scale: Math.sqrt(2 / inputs),
    });
    const operands = bias ? [x, weight, this.constant([outputs], { scale: 0.3 })] : [x, weight];
    return this.node({ op: 'Gemm', transB }, ...operands);
  }

  flatten(x: string): string {
    return this.node({ op: 'Reshape', shape: [sizeOf(this.shapeOf(x))] }, x);
  }

  /** Scale about 1, mean about 0, variance about 1. */
  normalize(x: string): string {
    const channels = [this.shapeOf(x)[0] ?? 0];
    const variance = Array.from({ length: channels[0] ?? 0 }, () => 0.5 + this.stream.uniform());
    return this.node(
      { op: 'BatchNormalization', epsilon: Math.fround(1e-5) },
      x,
      this.constant(channels, { scale: 0.2, offset: 1 }),
      this.constant(channels, { scale: 0.3 }),
      this.constant(channels, { scale: 0.3 }),
      this.constant(channels, { values: variance }),
    );
  }

  /** The graph of what leads to `output`. */
  build(output: string, mayPrune?: (name: string) => boolean): Graph {
    const needed = new Set([output]);
    const nodes: GraphNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!needed.has(node.output)) continue;
      for (const input of node.inputs) needed.add(input);
      nodes.unshift(node);
    }
    return assembleGraph({
      input: 'x',
      inputShape: this.#inputShape,
      output,
      nodes,
      constants: new Map([...this.#constants].filter(([name]) => needed.has(name))),
      ...(mayPrune ? { mayPrune } : {}),
    });
  }
}
