/** Double-precision kernels, and the arrays that they read and write. */
import { sizeOf } from '../tensor.ts';

/** One sample's tensor, or a constant widened to double precision; row-major. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The weight of a product. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** Its first byte in a mask; undefined where no mask prunes it. */
  readonly offset: number | undefined;
}

/** Computes one node, into the value that it was made for. `mask`: bytes 0 or 1, one per prunable weight. */
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
