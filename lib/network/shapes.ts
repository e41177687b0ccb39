/** The shapes of what operations compute, of one sample: without the samples' axis, which every value has in front. */
import { type GraphNode, type Operation, sizeOf } from './graph.ts';

export interface OperandShape {
  /** Of one sample; of a constant, its whole shape. */
  readonly shape: readonly number[];
  readonly constant: boolean;
}

/** An operation that cannot be applied to what it is given; the message says why, in words for the user. */
export class ShapeMismatch extends Error {
  override readonly name = 'ShapeMismatch';
}

/** [3, 8, 8] as [N, 3, 8, 8], as users know it. */
export function withSamples(shape: readonly number[]): string {
  return `[${['N', ...shape].join(', ')}]`;
}

/** A shape, or the shape of an axis, that every operation needs is checked here, so that all who compute can rely on it. */
function check(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new ShapeMismatch(message());
}

/**
 * The shape of the output of one sample. Inputs that an operation has beside its values and weights (bias, statistics)
 * are checked too. Throws `ShapeMismatch`.
 */
export function outputShape(operation: Operation, inputs: readonly OperandShape[]): number[] {
  const x = inputs[0]?.shape ?? [];
  switch (operation.op) {
    case 'Conv':
      return convolved(operation, inputs);
    case 'MaxPool':
    case 'AveragePool': {
      const [channels = 0, ...spatial] = x;
      check(
        spatial.length > 0 && operation.kernel.length === spatial.length,
        () => `a kernel of ${operation.kernel.length} axes on ${withSamples(x)}`,
      );
      return [channels, ...slid(spatial, operation.kernel, operation)];
    }
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      check(x.length >= 2, () => `an input ${withSamples(x)}, which has no axes to pool over`);
      return [x[0] ?? 0, ...x.slice(1).map(() => 1)];
    case 'Gemm': {
      check(x.length === 1, () => `an input ${withSamples(x)}, not [N, inputs]`);
      return [multiplied(x, inputs, operation.transB)];
    }
    case 'MatMul':
      check(x.length >= 1, () => `an input ${withSamples(x)}, not [N, …, inputs]`);
      return [...x.slice(0, -1), multiplied(x, inputs, false)];
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Max':
    case 'Min':
      return broadcast(inputs);
    case 'PRelu': {
      const shape = broadcast(inputs);
      check(
        sizeOf(shape) === sizeOf(x),
        () => `slopes [${inputs[1]?.shape.join(', ')}] for ${withSamples(x)}`,
      );
      return shape;
    }
    case 'BatchNormalization': {
      check(x.length >= 1, () => `an input ${withSamples(x)} without channels`);
      for (const { shape } of inputs.slice(1))
        check(
          shape.length === 1 && shape[0] === x[0],
          () => `statistics [${shape.join(', ')}] for ${x[0]} channels`,
        );
      return [...x];
    }
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax': {
      const axes = new Set(operation.axes.map((axis) => axis - 1));
      for (const axis of axes)
        check(axis >= 0 && axis < x.length, () => `axis ${axis + 1} of ${withSamples(x)}`);
      if (operation.keepdims) return x.map((size, axis) => (axes.has(axis) ? 1 : size));
      return x.filter((_, axis) => !axes.has(axis));
    }
    case 'Reshape':
      check(
        sizeOf(operation.shape) === sizeOf(x),
        () =>
          `${withSamples(x)} has ${sizeOf(x)} values a sample, ${withSamples(operation.shape)} needs others`,
      );
      return [...operation.shape];
    case 'Transpose': {
      const { perm } = operation;
      const sorted = perm.toSorted((a, b) => a - b);
      check(
        perm.length === x.length + 1 && perm[0] === 0 && sorted.every((axis, index) => axis === index),
        () => `perm [${perm.join(', ')}] for ${withSamples(x)}; the samples' axis stays first`,
      );
      return perm.slice(1).map((axis) => x[axis - 1] ?? 0);
    }
    case 'Concat': {
      const axis = operation.axis - 1;
      check(axis >= 0 && axis < x.length, () => `axis ${operation.axis} of ${withSamples(x)}`);
      for (const { shape, constant } of inputs)
        check(
          !constant && shape.length === x.length && shape.every((size, at) => at === axis || size === x[at]),
          () => `${withSamples(shape)} beside ${withSamples(x)}`,
        );
      return x.with(
        axis,
        inputs.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0),
      );
    }
    case 'Softmax':
    case 'LogSoftmax':
      check(
        operation.axis >= 1 && operation.axis <= x.length,
        () => `axis ${operation.axis} of ${withSamples(x)}`,
      );
      return [...x];
    case 'Pad': {
      const { pads } = operation;
      check(pads.length === 2 * x.length, () => `${pads.length} pads for ${withSamples(x)}`);
      return x.map((size, axis) => size + (pads[axis] ?? 0) + (pads[x.length + axis] ?? 0));
    }
    default:
      return [...x];
  }
}

interface Window {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** Places that a window of that kernel takes along each spatial axis. */
function slid(spatial: readonly number[], kernel: readonly number[], window: Window): number[] {
  const axes = spatial.length;
  check(
    window.strides.length === axes && window.dilations.length === axes && window.pads.length === 2 * axes,
    () => `strides, dilations or pads that do not fit ${axes} axes`,
  );
  return spatial.map((size, axis) => {
    const padded = size + (window.pads[axis] ?? 0) + (window.pads[axes + axis] ?? 0);
    const extent = ((kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1;
    check(padded >= extent, () => `a kernel of extent ${extent} on an axis of ${padded}, padding included`);
    return Math.floor((padded - extent) / (window.strides[axis] ?? 1)) + 1;
  });
}

function convolved(operation: Operation & { op: 'Conv' }, inputs: readonly OperandShape[]): number[] {
  const [channels = 0, ...spatial] = inputs[0]?.shape ?? [];
  const [filters = 0, depth = 0, ...kernel] = inputs[1]?.shape ?? [];
  check(
    spatial.length > 0 && kernel.length === spatial.length,
    () => `a weight [${inputs[1]?.shape.join(', ')}] on ${withSamples(inputs[0]?.shape ?? [])}`,
  );
  check(
    depth * operation.group === channels && filters % operation.group === 0,
    () => `a weight [${inputs[1]?.shape.join(', ')}] in ${operation.group} group(s) on ${channels} channels`,
  );
  checkBias(inputs[2], filters);
  return [filters, ...slid(spatial, kernel, operation)];
}

/** Outputs of the product with the weight at inputs[1]. */
function multiplied(x: readonly number[], inputs: readonly OperandShape[], transB: boolean): number {
  const { shape, constant } = inputs[1] ?? { shape: [], constant: false };
  check(constant && shape.length === 2, () => 'a second input that is no constant of two axes');
  const [rows = 0, columns = 0] = transB ? shape.toReversed() : shape;
  check(rows === x.at(-1), () => `a weight [${shape.join(', ')}] for ${x.at(-1)} inputs`);
  checkBias(inputs[2], columns);
  return columns;
}

function checkBias(bias: OperandShape | undefined, outputs: number): void {
  if (bias === undefined) return;
  const { constant, shape } = bias;
  check(
    constant && shape.length === 1 && shape[0] === outputs,
    () => `a bias [${shape.join(', ')}] for ${outputs} outputs`,
  );
}

/** Numpy's rules, as far as the samples' axis stays what it is. */
function broadcast(inputs: readonly OperandShape[]): number[] {
  const [a = { shape: [], constant: false }, b = a] = inputs;
  const rank = Math.max(a.shape.length, b.shape.length);
  for (const { shape, constant } of [a, b])
    check(
      constant ? shape.length <= rank : shape.length === rank,
      () => `${shapeText(a)} with ${shapeText(b)}: the samples' axis would not meet the samples' axis`,
    );
  return Array.from({ length: rank }, (_, axis) => {
    const left = a.shape[a.shape.length - rank + axis] ?? 1;
    const right = b.shape[b.shape.length - rank + axis] ?? 1;
    check(
      left === right || left === 1 || right === 1,
      () => `${shapeText(a)} with ${shapeText(b)}, which do not fit each other`,
    );
    return Math.max(left, right);
  });
}

function shapeText({ shape, constant }: OperandShape): string {
  return constant ? `a constant [${shape.join(', ')}]` : withSamples(shape);
}

/** Multiplications with their additions of one sample: those of Conv, Gemm and MatMul; other operations count nothing. */
export function multiplyAddsOf(
  node: GraphNode,
  shapeOf: (name: string) => readonly number[] | undefined,
): number {
  const weight = shapeOf(node.inputs[1] ?? '') ?? [];
  const output = sizeOf(shapeOf(node.output) ?? []);
  switch (node.op) {
    case 'Conv':
      return output * sizeOf(weight.slice(1));
    case 'Gemm':
      return output * ((node.transB ? weight[1] : weight[0]) ?? 0);
    case 'MatMul':
      return output * (weight[0] ?? 0);
    default:
      return 0;
  }
}
