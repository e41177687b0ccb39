/** Sums, averages and maxima along axes. Sums run over the elements in their order, row-major. */
import { sizeOf, stridedIndices, stridesOf } from '../tensor.ts';
import { axisIn, Refusal } from './call.ts';
import { type Entries, EPSILON, emptyEntries, spreadBlocks } from './entries.ts';
import type { Kernel, Value } from './kernel.ts';
import { check, withSamples } from './mismatch.ts';
import { everything } from './reach.ts';
import { PLAIN, type PlainRules } from './rules.ts';

type ReduceOperator = 'ReduceMean' | 'ReduceSum' | 'ReduceMax';

/** `axes` ≥ 1: that of the samples is 0. */
export interface Reduction<Op extends ReduceOperator = ReduceOperator> {
  readonly op: Op;
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** Operator set from which all reductions take their axes as an input; ReduceSum always does in what is written. */
const AXES_ARE_INPUTS = 18;

function reduction<Op extends ReduceOperator>(op: Op): PlainRules<Reduction<Op>> {
  return {
    ...PLAIN,
    read(call) {
      const x = call.computed(0);
      const given = call.axes(1) ?? [];
      if (given.length === 0 && call.flag('noop_with_empty_axes', false)) return x;
      const rank = x.shape.length + 1;
      const axes = [...new Set(given.map((axis) => axisIn(axis, rank)))].toSorted((a, b) => a - b);
      if (axes.length === 0 || axes.includes(0))
        throw new Refusal('reduces over the samples (axis 0, or all axes); samples must not be combined');
      return call.add({ op, axes, keepdims: call.flag('keepdims', true) }, [x]);
    },
    shape({ axes, keepdims }, [x]) {
      const shape = x?.shape ?? [];
      for (const axis of axes)
        check(axis >= 1 && axis <= shape.length, () => `axis ${axis} of ${withSamples(shape)}`);
      if (keepdims) return shape.map((size, axis) => (axes.includes(axis + 1) ? 1 : size));
      return shape.filter((_, axis) => !axes.includes(axis + 1));
    },
    kernel: ({ axes }, { value, output }) => reducing(op, axes, value(0), output),
    known: ({ axes }, { inputs, shape, entries }) =>
      reduced(op, targetsOf(inputs[0]?.shape ?? [], axes), spreadBlocks(entries(0)), sizeOf(shape)),
    reach: everything,
    ties: ({ axes }) => (axes.includes(1) ? 'all' : 'each'),
    write({ axes, keepdims }, { operatorSet, inputs, write, ints }) {
      const attributes = { keepdims: Number(keepdims) };
      if (op === 'ReduceSum' || operatorSet >= AXES_ARE_INPUTS)
        return write(attributes, [...inputs, ints('axes', axes)]);
      return write({ axes, ...attributes });
    },
  };
}

export const REDUCTIONS = {
  ReduceMean: reduction('ReduceMean'),
  ReduceSum: reduction('ReduceSum'),
  ReduceMax: reduction('ReduceMax'),
};

/** Per element the place of the result that it goes to. */
function targetsOf(shape: readonly number[], axes: readonly number[]): Int32Array {
  const kept = shape.map((size, axis) => (axes.includes(axis + 1) ? 1 : size));
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis + 1) ? 0 : stride));
  return stridedIndices(shape, strides);
}

/** Global pools reduce over all axes but that of the channels. */
export function reducing(op: ReduceOperator, axes: readonly number[], x: Value, y: Value): Kernel {
  const targets = targetsOf(x.shape, axes);
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

function reduced(op: ReduceOperator, targets: Int32Array, { value, error }: Entries, size: number): Entries {
  const result = emptyEntries(size);
  if (op === 'ReduceMax') result.value.fill(Number.NEGATIVE_INFINITY);
  const count = value.length / size;
  for (let index = 0; index < value.length; index++) {
    const target = targets[index] ?? 0;
    const x = value[index] ?? Number.NaN;
    const so = result.value[target] ?? 0;
    const exact = x === 0 && error[index] === 0;
    const off = (error[index] ?? 0) + (exact ? 0 : count * EPSILON * Math.abs(x));
    if (op === 'ReduceMax') {
      result.value[target] = Math.max(so, x);
      result.error[target] = Math.max(result.error[target] ?? 0, error[index] ?? 0);
    } else {
      const share = op === 'ReduceMean' ? count : 1;
      result.value[target] = so + x / share;
      result.error[target] = (result.error[target] ?? 0) + off / share;
    }
  }
  return result;
}
