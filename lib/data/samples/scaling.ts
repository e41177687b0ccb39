/** Scalings that are fitted on training data: each feature on its own, or all alike. */
import type { FilesTask } from '../../runspec/files.ts';
import { type AffineScaling, IDENTITY, type Samples } from '../dataset.ts';

export type ScalingChoice = NonNullable<FilesTask['scaling']>;

/** Standard of each feature; of images, whose pixels are alike, min-max of all. */
export function defaultScaling(image: boolean): ScalingChoice {
  return { method: image ? 'min-max' : 'standard', range: [-0.7, 0.7], per: image ? 'all' : 'feature' };
}

/** Smallest, largest, mean and deviation (of the population) of a feature. */
interface Moments {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Statistics of each of `period` features; in double precision, in the order of the samples. */
function momentsOf(x: Float32Array, period: number): Moments {
  const low = new Float64Array(period).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(period).fill(Number.NEGATIVE_INFINITY);
  const mean = new Float64Array(period);
  const deviation = new Float64Array(period);
  const samples = x.length / period;
  for (let index = 0, feature = 0; index < x.length; index++) {
    const value = x[index] ?? 0;
    if (value < (low[feature] ?? 0)) low[feature] = value;
    if (value > (high[feature] ?? 0)) high[feature] = value;
    mean[feature] = (mean[feature] ?? 0) + value;
    if (++feature === period) feature = 0;
  }
  for (let feature = 0; feature < period; feature++) mean[feature] = (mean[feature] ?? 0) / samples;
  for (let index = 0, feature = 0; index < x.length; index++) {
    const difference = (x[index] ?? 0) - (mean[feature] ?? 0);
    deviation[feature] = (deviation[feature] ?? 0) + difference * difference;
    if (++feature === period) feature = 0;
  }
  for (let feature = 0; feature < period; feature++) {
    deviation[feature] = Math.sqrt((deviation[feature] ?? 0) / samples);
  }
  return { low, high, mean, deviation };
}

/**
 * `min-max` maps the smallest and the largest value to the ends of `range`, `standard` to mean 0 and deviation 1.
 * A constant feature maps to the middle of the range, or to 0. Numbers are rounded to float32.
 */
export function fitScaling({ x, features }: Samples, { method, range, per }: ScalingChoice): AffineScaling {
  if (method === 'none') return IDENTITY;
  const period = per === 'feature' ? features : 1;
  const moments = momentsOf(x, period);
  const [from, to] = method === 'min-max' ? range : [0, 0];
  const scale: number[] = [];
  const offset: number[] = [];
  for (let feature = 0; feature < period; feature++) {
    const low = moments.low[feature] ?? 0;
    const high = moments.high[feature] ?? 0;
    const standard = method === 'standard';
    const factor = Math.fround(standard ? 1 / (moments.deviation[feature] ?? 0) : (to - from) / (high - low));
    // Where values differ by less than float32 can stretch, the feature is as good as constant.
    const constant = !(high > low) || !Number.isFinite(factor);
    const shift = standard ? -(moments.mean[feature] ?? 0) * factor : from - low * factor;
    scale.push(constant ? 0 : factor);
    offset.push(Math.fround(constant ? (from + to) / 2 : shift));
  }
  return { scale, offset };
}
