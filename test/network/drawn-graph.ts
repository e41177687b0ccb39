/** Small graph networks of all operations, drawn at random, in the form in which they are read. */
import fc from 'fast-check';
import { type Random, random } from '../../lib/base/random.ts';
import type { Constant, Graph, GraphNode } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import { ShapeMismatch } from '../../lib/network/operators/mismatch.ts';
import type { Operation } from '../../lib/network/operators/table.ts';
import { outputShape } from '../../lib/network/site.ts';
import { sizeOf } from '../../lib/network/tensor.ts';

const ACTIVATIONS: readonly Operation[] = [
  { op: 'Relu' },
  { op: 'Sigmoid' },
  { op: 'Tanh' },
  { op: 'HardSwish' },
  { op: 'Softplus' },
  { op: 'Softsign' },
  { op: 'Erf' },
  { op: 'Abs' },
  { op: 'Neg' },
  { op: 'LeakyRelu', alpha: Math.fround(0.1) },
  { op: 'Elu', alpha: 1.5 },
  { op: 'Selu', alpha: Math.fround(1.6732632), gamma: Math.fround(1.050701) },
  { op: 'HardSigmoid', alpha: 0.25, beta: 0.5 },
  { op: 'Gelu', approximate: 'none' },
  { op: 'Gelu', approximate: 'tanh' },
  { op: 'Clip', min: -0.5, max: 1.25 },
  { op: 'Clip', min: 0, max: Number.POSITIVE_INFINITY },
];

class Drawing {
  readonly stream: Random;
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Constant>();
  readonly inputShape: readonly number[];
  value = 'x';
  shape: readonly number[];

  constructor(stream: Random) {
    this.stream = stream;
    this.inputShape =
      stream.below(3) === 0 ? [this.among(1, 8)] : [this.among(1, 3), this.among(3, 7), this.among(3, 7)];
    this.shape = this.inputShape;
  }

  /** A whole number from `low` to `high`. */
  among(low: number, high: number): number {
    return low + this.stream.below(high - low + 1);
  }

  chance(): boolean {
    return this.stream.below(2) === 0;
  }

  constant(shape: readonly number[], of = () => this.stream.normal()): string {
    const name = `constant.${this.constants.size}`;
    this.constants.set(name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, of) });
    return name;
  }

  /** Adds the operation if it fits; the constants of one that does not are taken back. */
  add(operation: Operation, others: readonly string[] = [], inputs = [this.value, ...others]): boolean {
    const output = `value.${this.nodes.length}`;
    const shapes = new Map([
      ...this.nodes.map(({ output: name }, index) => [name, this.#shapes[index] ?? []] as const),
    ]);
    shapes.set('x', this.inputShape);
    try {
      const operands = inputs.map((name) => {
        const constant = this.constants.get(name);
        return { shape: constant?.shape ?? shapes.get(name) ?? [], constant: constant !== undefined };
      });
      const shape = outputShape(operation, operands);
      this.#shapes.push(shape);
      this.nodes.push({ ...operation, name: `node.${this.nodes.length}`, inputs, output });
      this.value = output;
      this.shape = shape;
      return true;
    } catch (error) {
      if (!(error instanceof ShapeMismatch)) throw error;
      for (const name of others) this.constants.delete(name);
      return false;
    }
  }
  readonly #shapes: (readonly number[])[] = [];

  activate(): void {
    const drawn = ACTIVATIONS[this.stream.below(ACTIVATIONS.length)];
    if (drawn) this.add(drawn);
  }

  /** With a constant, or with what an activation makes of the same value. */
  combine(): void {
    const ops = ['Add', 'Sub', 'Mul', 'Max', 'Min'] as const;
    const op = ops[this.stream.below(ops.length)] ?? 'Add';
    if (this.chance()) {
      const shape = this.shape
        .map((size) => (this.chance() ? size : 1))
        .slice(this.stream.below(this.shape.length));
      const constant = this.constant(shape);
      this.add({ op }, [constant], this.chance() ? [this.value, constant] : [constant, this.value]);
    } else {
      const before = this.value;
      this.activate();
      this.add(this.chance() ? { op: 'Concat', axis: 1 } : { op }, [], [this.value, before]);
    }
  }

  dense(outputs = this.among(1, 6)): void {
    const inputs = this.shape.at(-1) ?? 0;
    const transB = this.chance();
    if (this.shape.length > 1 || this.chance()) {
      this.add({ op: 'MatMul' }, [this.constant([inputs, outputs])]);
      return;
    }
    const weight = this.constant(transB ? [outputs, inputs] : [inputs, outputs]);
    this.add({ op: 'Gemm', transB }, [weight, ...(this.chance() ? [this.constant([outputs])] : [])]);
  }

  #window() {
    const pair = (low: number, high: number) => [this.among(low, high), this.among(low, high)];
    return {
      kernel: pair(1, 3),
      strides: pair(1, 2),
      pads: [...pair(0, 1), ...pair(0, 1)],
      dilations: this.chance() ? [1, 1] : pair(1, 2),
    };
  }

  convolve(): void {
    const { kernel, ...window } = this.#window();
    const channels = this.shape[0] ?? 1;
    const group = this.chance() ? channels : 1;
    const filters = group * this.among(1, 3);
    const weight = this.constant([filters, channels / group, ...kernel]);
    const bias = this.chance() ? [this.constant([filters])] : [];
    this.add({ op: 'Conv', ...window, group }, [weight, ...bias]);
  }

  pool(): void {
    const { kernel, pads, ...window } = this.#window();
    const least = pads.map((pad, place) => Math.min(pad, (kernel[place % 2] ?? 1) - 1));
    if (this.chance()) this.add({ op: 'MaxPool', kernel, pads: least, ...window, countIncludePad: false });
    else {
      const countIncludePad = this.chance();
      this.add({ op: 'AveragePool', kernel, pads: least, ...window, dilations: [1, 1], countIncludePad });
    }
  }

  normalise(): void {
    const channels = [this.shape[0] ?? 1];
    const drawn = () => this.constant(channels);
    const variance = this.constant(channels, () => 0.1 + this.stream.uniform());
    this.add({ op: 'BatchNormalization', epsilon: Math.fround(1e-5) }, [drawn(), drawn(), drawn(), variance]);
  }

  rearrange(): void {
    switch (this.stream.below(5)) {
      case 0: {
        const perm = [0, ...this.shape.map((_, axis) => axis + 1).reverse()];
        if (this.shape.length > 1) this.add({ op: 'Transpose', perm });
        return;
      }
      case 1:
        if (this.shape.length > 1) this.add({ op: 'Reshape', shape: [sizeOf(this.shape)] });
        return;
      case 2: {
        const ops = ['ReduceMean', 'ReduceSum', 'ReduceMax'] as const;
        const op = ops[this.stream.below(3)] ?? 'ReduceSum';
        if (this.shape.length > 1) this.add({ op, axes: [this.shape.length], keepdims: this.chance() });
        return;
      }
      case 3:
        this.add({ op: 'Pad', pads: this.shape.flatMap(() => [this.among(0, 1), 1]), value: 0.5 });
        return;
      default:
        this.add({ op: this.chance() ? 'Softmax' : 'LogSoftmax', axis: this.among(1, this.shape.length) });
    }
  }

  step(): void {
    const image = this.shape.length === 3;
    const steps = [
      () => this.activate(),
      () => this.combine(),
      () => this.rearrange(),
      () => this.dense(),
      () =>
        this.add({ op: 'PRelu' }, [this.constant([this.shape[0] ?? 1, ...this.shape.slice(1).map(() => 1)])]),
      ...(image
        ? [() => this.convolve(), () => this.convolve(), () => this.pool(), () => this.normalise()]
        : []),
      ...(image && this.nodes.length > 2 ? [() => this.add({ op: 'GlobalAveragePool' })] : []),
      ...(image && this.nodes.length > 2 ? [() => this.add({ op: 'GlobalMaxPool' })] : []),
    ];
    steps[this.stream.below(steps.length)]?.();
  }

  finish(classes: number): Graph {
    if (this.shape.length > 1) this.add({ op: 'Reshape', shape: [sizeOf(this.shape)] });
    this.dense(classes);
    const { inputShape, nodes, constants, value } = this;
    return assembleGraph({ input: 'x', inputShape, output: value, nodes, constants });
  }
}

/** A graph of about so many operations; a pure function of its arguments. */
export function drawGraph(seed: number, steps: number): Graph {
  const drawing = new Drawing(random(seed, 'start'));
  for (let step = 0; step < steps; step++) drawing.step();
  return drawing.finish(2 + (seed % 4));
}

export const graphs: fc.Arbitrary<Graph> = fc
  .record({ seed: fc.nat(1_000_000), steps: fc.integer({ min: 0, max: 12 }) })
  .map(({ seed, steps }) => drawGraph(seed, steps));
