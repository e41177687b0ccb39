/** Pools and reductions in double precision. Sums run over the elements in their order, row-major. */
import { type Operation, sizeOf } from '../../network/graph.ts';
import { eachPosition, type Kernel, stridesOf, type Value } from './value.ts';

type PoolOperation = Extract<Operation, { op: 'MaxPool' | 'AveragePool' }>;
type ReduceOperation = Extract<Operation, { op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax' }>;

/** Elements that one output is taken of: `elements` from `starts[output]` to `starts[output + 1]`, and what divides their sum. */
interface Windows {
  readonly starts: Int32Array;
  readonly elements: Int32Array;
  readonly divisors: Float64Array;
}

/** The windows of one channel. Elements in the padding are left out: they are zeros to an average, nothing to a maximum. */
function windowsOf(
  { kernel, strides, pads, dilations, countIncludePad }: PoolOperation,
  sizes: readonly number[],
  results: readonly number[],
): Windows {
  const steps = stridesOf(sizes);
  const starts = [0];
  const elements: number[] = [];
  const divisors: number[] = [];
  eachPosition(results, (result) => {
    eachPosition(kernel, (tap) => {
      let element = 0;
      for (const [axis, size] of sizes.entries()) {
        const at =
          (result[axis] ?? 0) * (strides[axis] ?? 1) +
          (tap[axis] ?? 0) * (dilations[axis] ?? 1) -
          (pads[axis] ?? 0);
        if (at < 0 || at >= size) return;
        element += at * (steps[axis] ?? 0);
      }
      elements.push(element);
    });
    divisors.push(countIncludePad ? sizeOf(kernel) : elements.length - (starts.at(-1) ?? 0));
    starts.push(elements.length);
  });
  return {
    starts: Int32Array.from(starts),
    elements: Int32Array.from(elements),
    divisors: Float64Array.from(divisors),
  };
}

export function pool(operation: PoolOperation, x: Value, y: Value): Kernel {
  const [channels = 0, ...sizes] = x.shape;
  const { starts, elements, divisors } = windowsOf(operation, sizes, y.shape.slice(1));
  const plane = sizeOf(sizes);
  const results = divisors.length;
  const largest = operation.op === 'MaxPool';
  const from = x.data;
  const to = y.data;
  return () => {
    for (let channel = 0; channel < channels; channel++) {
      const source = channel * plane;
      for (let result = 0; result < results; result++) {
        const end = starts[result + 1] ?? 0;
        let found = largest ? Number.NEGATIVE_INFINITY : 0;
        for (let index = starts[result] ?? 0; index < end; index++) {
          const value = from[source + (elements[index] ?? 0)] ?? 0;
          found = largest ? Math.max(found, value) : found + value;
        }
        to[channel * results + result] = largest ? found : found / (divisors[result] ?? 1);
      }
    }
  };
}

/** Global pools too: over all axes but the first. */
export function reduce(op: ReduceOperation['op'], axes: readonly number[], x: Value, y: Value): Kernel {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const strides = stridesOf(kept);
  const targets = new Int32Array(x.data.length);
  eachPosition(x.shape, (position, index) => {
    let target = 0;
    for (const [axis, at] of position.entries())
      if (!axes.includes(axis)) target += at * (strides[axis] ?? 0);
    targets[index] = target;
  });
  const from = x.data;
  const to = y.data;
  const count = from.length / Math.max(1, to.length);
  if (op === 'ReduceMax')
    return () => {
      to.fill(Number.NEGATIVE_INFINITY);
      for (let index = 0; index < from.length; index++) {
        const target = targets[index] ?? 0;
        to[target] = Math.max(to[target] ?? 0, from[index] ?? 0);
      }
    };
  return () => {
    to.fill(0);
    for (let index = 0; index < from.length; index++) {
      const target = targets[index] ?? 0;
      to[target] = (to[target] ?? 0) + (from[index] ?? 0);
    }
    if (op === 'ReduceMean')
      for (let index = 0; index < to.length; index++) to[index] = (to[index] ?? 0) / count;
  };
}
