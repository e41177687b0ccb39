/** What moves, joins or sums the elements of values does to what is known of them. */

import { sizeOf } from '../graph.ts';
import { type Entries, emptyEntries, stridedIndices, stridesOf } from './entries.ts';

/** Relative error of a float32 operation. */
export const EPSILON = 2 ** -23;

export function copied({ block, value, error }: Entries): Entries {
  return { block, value: value.slice(), error: error.slice() };
}

/** The entries at those indices. */
export function gathered({ value, error }: Entries, indices: Int32Array): Entries {
  const result = emptyEntries(indices.length);
  for (let index = 0; index < indices.length; index++) {
    const from = indices[index] ?? 0;
    result.value[index] = value[from] ?? Number.NaN;
    result.error[index] = error[from] ?? 0;
  }
  return result;
}

/** `axes` count from the samples' axis. */
export function reduced(
  op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax',
  axes: readonly number[],
  { value, error }: Entries,
  shape: readonly number[],
  size: number,
): Entries {
  const kept = shape.map((length, axis) => (axes.includes(axis + 1) ? 1 : length));
  const to = stridesOf(kept).map((stride, axis) => (axes.includes(axis + 1) ? 0 : stride));
  const targets = stridedIndices(shape, to);
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

/** `width`: the elements of a part along and behind the axis. */
export function concatenated(
  parts: readonly { readonly entries: Entries; readonly width: number }[],
  size: number,
): Entries {
  const result = emptyEntries(size);
  const rows = (parts[0]?.entries.value.length ?? 0) / (parts[0]?.width || 1);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (const { entries, width } of parts) {
      result.value.set(entries.value.subarray(row * width, (row + 1) * width), to);
      result.error.set(entries.error.subarray(row * width, (row + 1) * width), to);
      to += width;
    }
  }
  return result;
}

/** `pads`: begins, then ends. */
export function padded(
  input: Entries,
  from: readonly number[],
  shape: readonly number[],
  pads: readonly number[],
  filling: number,
): Entries {
  const result = emptyEntries(sizeOf(shape));
  result.value.fill(Math.fround(filling));
  const targets = paddedIndices(from, shape, pads);
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index] ?? -1;
    if (target < 0) continue;
    result.value[target] = input.value[index] ?? Number.NaN;
    result.error[target] = input.error[index] ?? 0;
  }
  return result;
}

/** Per element of the input its place in the padded output; −1 where a negative pad cuts it off. */
export function paddedIndices(
  from: readonly number[],
  shape: readonly number[],
  pads: readonly number[],
): Int32Array {
  const strides = stridesOf(shape);
  const targets = new Int32Array(sizeOf(from));
  const coordinates = stridesOf(from);
  for (let index = 0; index < targets.length; index++) {
    let rest = index;
    let target = 0;
    let inside = true;
    for (let axis = 0; axis < from.length; axis++) {
      const coordinate = Math.floor(rest / (coordinates[axis] ?? 1)) + (pads[axis] ?? 0);
      rest %= coordinates[axis] ?? 1;
      if (coordinate < 0 || coordinate >= (shape[axis] ?? 0)) inside = false;
      target += coordinate * (strides[axis] ?? 1);
    }
    targets[index] = inside ? target : -1;
  }
  return targets;
}
