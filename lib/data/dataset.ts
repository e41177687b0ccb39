/** Data sets: raw features, labels, and the affine scaling fitted on the training part. */

/** `samples` × `features` raw values, row-major, and one label per sample. */
export interface Samples {
  readonly features: number;
  readonly x: Float32Array;
  /** Classes 0..classes−1. */
  readonly labels: Uint16Array;
}

/** Scaled value = raw × scale + offset, each operation rounded to float32, the same for every feature. */
export interface AffineScaling {
  readonly scale: number;
  readonly offset: number;
}

export interface Dataset {
  readonly classes: number;
  readonly train: Samples;
  readonly test: Samples;
  readonly scaling: AffineScaling;
}

export function countSamples(samples: Samples): number {
  return samples.labels.length;
}

export const IDENTITY: AffineScaling = { scale: 1, offset: 0 };

/** Maps the smallest and the largest of all `values` to the ends of `range`. Constant data maps to its middle. */
export function fitMinMax(values: Float32Array, range: readonly [number, number]): AffineScaling {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [from, to] = range;
  if (!(high > low)) return { scale: 0, offset: Math.fround((from + to) / 2) };
  const scale = Math.fround((to - from) / (high - low));
  return { scale, offset: Math.fround(from - low * scale) };
}

/**
 * The scaled features, samples × features. Float32 arithmetic step by step, as the ticket's graph does it, so that
 * the search and the ticket see the same bits.
 */
export function scaled(x: Float32Array, { scale, offset }: AffineScaling): Float32Array {
  if (scale === 1 && offset === 0) return x;
  return Float32Array.from(x, (value) => Math.fround(Math.fround(value * scale) + offset));
}
