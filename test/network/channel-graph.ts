/** Small random graphs of all operators that mix, move, join or normalise channels. */

import { type Random, random } from '../../lib/base/random.ts';
import type { Constant, Graph, GraphNode } from '../../lib/network/graph.ts';
import { assembleGraph } from '../../lib/network/graph-assembly.ts';
import type { Operation } from '../../lib/network/operators/table.ts';
import { sizeOf } from '../../lib/network/tensor.ts';
import { HALVING_POOL } from './halving-pool.ts';

const ACTIVATIONS: readonly Operation[] = [
  { op: 'Relu' },
  { op: 'Relu' },
  { op: 'Relu' },
  { op: 'Tanh' },
  { op: 'Sigmoid' },
  { op: 'LeakyRelu', alpha: 0.1 },
  { op: 'Elu', alpha: 1 },
  { op: 'HardSwish' },
  { op: 'Gelu', approximate: 'none' },
  { op: 'Softplus' },
  { op: 'Clip', min: -1, max: 1 },
];

class Builder {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Constant>();
  readonly stream: Random;
  /** Of biases and other constants that are zero. */
  readonly zeros: number;
  value = 'x';
  shape: readonly number[];
  shapes = new Map<string, readonly number[]>();

  constructor(stream: Random, shape: readonly number[]) {
    this.stream = stream;
    this.shape = shape;
    this.zeros = this.pick([0, 0.5, 1]);
    this.shapes.set('x', shape);
  }

  pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item {
    const item = items[this.stream.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  constant(shape: readonly number[], next: () => number): string {
    const name = `c${this.constants.size}`;
    this.constants.set(name, { shape, data: Float32Array.from({ length: sizeOf(shape) }, next) });
    return name;
  }

  normal(shape: readonly number[]): string {
    return this.constant(shape, () => this.stream.normal());
  }

  bias(shape: readonly number[]): string {
    return this.constant(shape, () => (this.stream.uniform() < this.zeros ? 0 : this.stream.normal()));
  }

  add(operation: Operation, inputs: readonly string[]): string {
    const name = `n${this.nodes.length}`;
    this.nodes.push({ ...operation, name, inputs, output: name });
    const { shapes } = assembleGraph({
      input: 'x',
      inputShape: this.shapes.get('x') ?? [],
      output: name,
      nodes: this.nodes,
      constants: this.constants,
    });
    this.value = name;
    this.shape = shapes.get(name) ?? [];
    this.shapes.set(name, this.shape);
    return name;
  }

  to(value: string): void {
    this.value = value;
    this.shape = this.shapes.get(value) ?? [];
  }

  dense(outputs: number): string {
    const [inputs = 0] = this.shape;
    const kind = this.stream.below(3);
    if (kind === 0) {
      this.add({ op: 'MatMul' }, [this.value, this.normal([inputs, outputs])]);
      return this.add({ op: 'Add' }, [this.value, this.bias([outputs])]);
    }
    const transB = kind === 1;
    const weight = this.normal(transB ? [outputs, inputs] : [inputs, outputs]);
    const bias = this.stream.below(4) === 0 ? [] : [this.bias([outputs])];
    return this.add({ op: 'Gemm', transB }, [this.value, weight, ...bias]);
  }

  conv(outputs: number, options: { kernel?: number; stride?: number; pad?: number } = {}): string {
    const [channels = 1, height = 1, width = 1] = this.shape;
    const kernel = Math.min(options.kernel ?? this.pick([1, 2, 3]), height, width);
    const pad = options.pad ?? this.pick([0, 0, 1]);
    const stride = options.stride ?? this.pick([1, 1, 2]);
    const groups = [1, 1, 2, channels].filter((group) => channels % group === 0 && outputs % group === 0);
    const group = this.pick(groups);
    const weight = this.normal([outputs, channels / group, kernel, kernel]);
    const bias = this.stream.below(3) === 0 ? [] : [this.bias([outputs])];
    return this.add(
      { op: 'Conv', strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], group },
      [this.value, weight, ...bias],
    );
  }

  normalise(): string {
    const [channels = 1] = this.shape;
    const positive = this.constant([channels], () => 0.2 + this.stream.uniform());
    const shift = this.bias([channels]);
    const mean = this.bias([channels]);
    const scale = this.normal([channels]);
    return this.add({ op: 'BatchNormalization', epsilon: 1e-5 }, [this.value, scale, shift, mean, positive]);
  }

  flatten(): string {
    return this.add({ op: 'Reshape', shape: [sizeOf(this.shape)] }, [this.value]);
  }
}

function spatialStep(builder: Builder): void {
  const { stream } = builder;
  const [channels = 1, height = 1, width = 1] = builder.shape;
  const before = builder.value;
  switch (stream.below(11)) {
    case 0:
    case 1:
      builder.conv(builder.pick([2, 4, 6]));
      break;
    case 2:
      builder.normalise();
      break;
    case 3: {
      const op = builder.pick(['MaxPool', 'AveragePool'] as const);
      if (height < 2 || width < 2) break;
      const pad = stream.below(2);
      builder.add(
        {
          op,
          ...HALVING_POOL,
          pads: [pad, pad, pad, pad],
          countIncludePad: op === 'AveragePool' && stream.below(2) === 0,
        },
        [before],
      );
      break;
    }
    case 4: {
      builder.conv(channels, { kernel: 3, pad: 1, stride: 1 });
      if (builder.shape.join() !== [channels, height, width].join()) break;
      const inner = builder.value;
      builder.add({ op: builder.pick(['Add', 'Add', 'Sub', 'Mul', 'Max'] as const) }, [inner, before]);
      break;
    }
    case 5: {
      const one = builder.conv(2, { kernel: 1, pad: 0, stride: 1 });
      builder.to(before);
      const other = builder.conv(4, { kernel: 1, pad: 0, stride: 1 });
      builder.add({ op: 'Concat', axis: builder.shapes.get(one)?.[0] === 2 ? 1 : 1 }, [one, before, other]);
      break;
    }
    case 6: {
      const operand = builder.bias(builder.pick([[channels, 1, 1], [1], [channels, height, width], [width]]));
      builder.add({ op: builder.pick(['Mul', 'Add', 'PRelu', 'Max'] as const) }, [before, operand]);
      break;
    }
    case 7: {
      builder.add({ op: 'GlobalAveragePool' }, [before]);
      builder.conv(channels, { kernel: 1, pad: 0, stride: 1 });
      const gate = builder.add({ op: 'HardSigmoid', alpha: 0.2, beta: 0.5 }, [builder.value]);
      builder.add({ op: 'Mul' }, [gate, before]);
      break;
    }
    case 8:
      builder.add({ op: 'Pad', pads: [0, 1, 0, stream.below(2), 0, 1], value: stream.below(2) }, [before]);
      break;
    case 9:
      builder.add(
        {
          op: 'Transpose',
          perm: builder.pick([
            [0, 1, 3, 2],
            [0, 2, 3, 1],
            [0, 3, 1, 2],
          ]),
        },
        [before],
      );
      break;
    default:
      builder.add({ op: 'MatMul' }, [before, builder.normal([width, builder.pick([2, 3])])]);
  }
  if (builder.value !== before) builder.add(builder.pick(ACTIVATIONS), [builder.value]);
}

function flatStep(builder: Builder): void {
  const [width = 1] = builder.shape;
  const before = builder.value;
  switch (builder.stream.below(7)) {
    case 0:
    case 1:
      builder.dense(builder.pick([2, 4, 6]));
      break;
    case 2: {
      builder.dense(width);
      builder.add({ op: builder.pick(['Add', 'Sub', 'Mul', 'Min'] as const) }, [builder.value, before]);
      break;
    }
    case 3: {
      const one = builder.dense(3);
      builder.to(before);
      const other = builder.dense(2);
      builder.add({ op: 'Concat', axis: 1 }, [one, other, before]);
      break;
    }
    case 4:
      builder.normalise();
      break;
    case 5:
      builder.add({ op: builder.pick(['Softmax', 'LogSoftmax'] as const), axis: 1 }, [before]);
      break;
    default:
      builder.add({ op: 'Mul' }, [before, builder.bias([width])]);
  }
  builder.add(builder.pick(ACTIVATIONS), [builder.value]);
}

/** The same graph for the same seed. */
export function randomGraph(seed: number): Graph {
  const stream = random(seed, 'start');
  const images = stream.below(3) > 0;
  const inputShape = images ? [1 + stream.below(3), 6, 6] : [1 + stream.below(6)];
  const builder = new Builder(stream, inputShape);
  if (images) {
    for (let step = stream.below(6); step >= 0; step--) spatialStep(builder);
    if (stream.below(3) === 0) {
      const axes = builder.pick([[2, 3], [3], [1]]);
      const op = builder.pick(['ReduceMean', 'ReduceSum', 'ReduceMax'] as const);
      builder.add({ op, axes, keepdims: stream.below(2) === 0 }, [builder.value]);
    }
    if (builder.shape.length !== 1) builder.flatten();
  }
  for (let step = stream.below(5); step > 0; step--) flatStep(builder);
  builder.dense(2 + stream.below(3));
  return assembleGraph({
    input: 'x',
    inputShape,
    output: builder.value,
    nodes: builder.nodes,
    constants: builder.constants,
  });
}
