/** What the kernels of the double-precision forward pass share: see graph-double.ts. */
import { sizeOf } from '../../network/graph.ts';

/** One sample's tensor, or a constant widened to double precision; row-major. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The weight of a Conv, Gemm or MatMul. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Its first byte in a mask; undefined where no mask prunes it. */
  readonly offset: number | undefined;
}

/** Computes one node, into the value that it was made for. `mask`: bytes 0 or 1, one a prunable weight. */
export type Kernel = (mask: Uint8Array) => void;

export function emptyValue(shape: readonly number[]): Value {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** A weight's bytes of a mask: all ones where none prunes it. */
export function keptOf({ data, offset }: Weight): (mask: Uint8Array) => Uint8Array {
  if (offset === undefined) {
    const ones = new Uint8Array(data.length).fill(1);
    return () => ones;
  }
  return (mask) => mask.subarray(offset, offset + data.length);
}

/** From one element along an axis to the next, per axis, of a row-major tensor. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}

/** Calls `visit` with the position of every element of a tensor of this shape, in order. */
export function eachPosition(
  shape: readonly number[],
  visit: (position: readonly number[], index: number) => void,
): void {
  const position = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let index = 0; index < size; index++) {
    visit(position, index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      position[axis] = next < (shape[axis] ?? 0) ? next : 0;
      if (next < (shape[axis] ?? 0)) break;
    }
  }
}
