/** Data sets: raw features, labels, and the affine scaling fitted on the training part. */
import { at } from '../base/at.ts';

/** The parts that data are split into. */
export const PARTS = ['train', 'test', 'validation'] as const;
export type Part = (typeof PARTS)[number];

/** `samples` × `features` raw values, row-major, and one label per sample. */
export interface Samples {
  readonly features: number;
  readonly x: Float32Array;
  /** Classes 0..classes−1. */
  readonly labels: Uint16Array;
  /** The group of each sample, 0..groups−1, where the data have groups. */
  readonly groups?: Uint16Array;
}

/** Scaled value = raw × scale + offset, each operation rounded to float32. */
export interface AffineScaling {
  /** One for each feature, or a single one for all. */
  readonly scale: readonly number[];
  /** As many. */
  readonly offset: readonly number[];
}

export interface Dataset {
  readonly classes: number;
  readonly train: Samples;
  readonly test: Samples;
  /** Held out of the search, apart from the test data. */
  readonly validation?: Samples;
  readonly scaling: AffineScaling;
  /** Class names in the data, in the order of the labels. */
  readonly classNames?: readonly string[];
  /** Names of the groups of samples, in the order of their numbers. */
  readonly groupNames?: readonly string[];
  /** Feature names in the data. */
  readonly featureNames?: readonly string[];
  /** For data from files: what was taken for what, for people. */
  readonly readAs?: string;
  /** For images: channels, height, width. */
  readonly image?: readonly [number, number, number];
}

export function countSamples(samples: Samples): number {
  return samples.labels.length;
}

/** The samples of those indices, in their order. */
export function pick({ features, x, labels, groups }: Samples, indices: Int32Array | Uint32Array): Samples {
  const picked = new Float32Array(indices.length * features);
  for (const [to, from] of indices.entries()) {
    picked.set(x.subarray(from * features, (from + 1) * features), to * features);
  }
  const those = (values: Uint16Array) => Uint16Array.from(indices, (index) => at(values, index));
  return { features, x: picked, labels: those(labels), ...(groups && { groups: those(groups) }) };
}

export const IDENTITY: AffineScaling = { scale: [1], offset: [0] };

/**
 * The scaled features, samples × features; written over the raw ones if `result` is `x`. Float32 arithmetic step by step,
 * as the ticket's graph does it, so that the search and the ticket see the same bits.
 */
export function scaled(x: Float32Array, { scale, offset }: AffineScaling, result?: Float32Array) {
  if (scale.every((value) => value === 1) && offset.every((value) => value === 0)) return x;
  const period = scale.length;
  const scales = Float64Array.from(scale);
  const offsets = Float64Array.from(offset);
  const target = result ?? new Float32Array(x.length);
  for (let index = 0, feature = 0; index < x.length; index++) {
    const value = Math.fround((x[index] ?? 0) * (scales[feature] ?? 1));
    target[index] = Math.fround(value + (offsets[feature] ?? 0));
    if (++feature === period) feature = 0;
  }
  return target;
}
