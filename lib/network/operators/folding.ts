/** Constants that a model computes of constants. */
import { broadcastIndices, sizeOf, stridedIndices, stridesOf } from '../tensor.ts';
import { type Fixed, Refusal } from './call.ts';

/** Another constant that came from the same one. */
function remade({ kind, origin }: Fixed, shape: readonly number[], data: Float32Array): Fixed {
  return { kind, origin, shape, data };
}

/** The same elements in another shape. */
export function reshaped(fixed: Fixed, shape: readonly number[]): Fixed {
  if (sizeOf(shape) !== fixed.data.length)
    throw new Refusal(
      `the constant "${fixed.origin}" has ${fixed.data.length} elements; the shape [${shape.join(', ')}] needs ${sizeOf(shape)}`,
    );
  return remade(fixed, shape, fixed.data);
}

/** The elements at those places, in another shape. */
function picked(fixed: Fixed, shape: readonly number[], places: Int32Array): Fixed {
  const data = Float32Array.from(places, (place) => fixed.data[place] ?? 0);
  return remade(fixed, shape, data);
}

export function transposed(fixed: Fixed, perm: readonly number[]): Fixed {
  const strides = stridesOf(fixed.shape);
  const shape = perm.map((axis) => fixed.shape[axis] ?? 0);
  const steps = perm.map((axis) => strides[axis] ?? 0);
  const result = picked(fixed, shape, stridedIndices(shape, steps));
  return perm.join() === '1,0' ? { ...result, transposeOf: fixed } : result;
}

/** The shape of two tensors together, by numpy's rules. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new Refusal(`shapes [${a.join(', ')}] and [${b.join(', ')}], which do not fit each other`);
    return left === 1 ? right : left;
  });
}

/** Repeated along axes of one element, and along new ones in front. */
export function expanded(fixed: Fixed, shape: readonly number[]): Fixed {
  if (shape.join() === fixed.shape.join()) return fixed;
  return picked(fixed, shape, broadcastIndices(fixed.shape, shape));
}

/** Element by element, rounded to float32. */
export function combined(a: Fixed, b: Fixed, of: (a: number, b: number) => number): Fixed {
  const shape = broadcastShape(a.shape, b.shape);
  const left = expanded(a, shape).data;
  const right = expanded(b, shape).data;
  const data = left.map((value, index) => of(value, right[index] ?? 0));
  return finite(remade(a, shape, data));
}

export function mapped(fixed: Fixed, of: (value: number) => number): Fixed {
  return finite(remade(fixed, fixed.shape, fixed.data.map(of)));
}

function finite(fixed: Fixed): Fixed {
  if (!fixed.data.every(Number.isFinite))
    throw new Refusal(`what it computes of the constant "${fixed.origin}" is not finite`);
  return fixed;
}

/** A constant beside a computed value of that rank: without the axis that it has for the samples. */
export function besideSamples(fixed: Fixed, rank: number): Fixed {
  let { shape } = fixed;
  while (shape.length > rank && shape[0] === 1) shape = shape.slice(1);
  if (shape.length > rank)
    throw new Refusal(
      `the constant "${fixed.origin}" [${fixed.shape.join(', ')}] has an axis for the samples, or more axes than what it meets; each sample must get the same`,
    );
  return shape === fixed.shape ? fixed : remade(fixed, shape, fixed.data);
}
