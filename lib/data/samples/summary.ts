/** Smallest, largest, mean and deviation of each feature, sample by sample. */
import type { Block } from '../formats/table.ts';
import { UNSEEN } from '../labels.ts';

export interface FeatureSummary {
  /** null where no sample has a value. */
  readonly low: number | null;
  readonly high: number | null;
  readonly mean: number | null;
  /** Standard deviation of the population. */
  readonly deviation: number | null;
  /** Samples with a value. */
  readonly values: number;
}

/** Takes the blocks of a file one after the other, and keeps none of them. */
export class Summary {
  samples = 0;
  /** How often each label code occurs. */
  readonly counts: number[] = [];
  readonly #features: number;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #mean: Float64Array;
  /** Sum of squared differences from the mean (Welford 1962). */
  readonly #spread: Float64Array;
  readonly #values: Float64Array;

  constructor(features: number) {
    this.#features = features;
    this.#low = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
    this.#high = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
    this.#mean = new Float64Array(features);
    this.#spread = new Float64Array(features);
    this.#values = new Float64Array(features);
  }

  add({ x, labels }: Block): void {
    const features = this.#features;
    for (let index = 0, feature = 0; index < x.length; index++) {
      const value = x[index] ?? 0;
      if (value - value === 0) this.#value(feature, value);
      if (++feature === features) feature = 0;
    }
    this.samples += x.length / features;
    for (const code of labels ?? []) {
      // Above it are the codes of samples without a label.
      if (code < UNSEEN) this.counts[code] = (this.counts[code] ?? 0) + 1;
    }
  }

  #value(feature: number, value: number): void {
    const values = (this.#values[feature] ?? 0) + 1;
    this.#values[feature] = values;
    if (value < (this.#low[feature] ?? 0)) this.#low[feature] = value;
    if (value > (this.#high[feature] ?? 0)) this.#high[feature] = value;
    const mean = this.#mean[feature] ?? 0;
    const difference = value - mean;
    const next = mean + difference / values;
    this.#mean[feature] = next;
    this.#spread[feature] = (this.#spread[feature] ?? 0) + difference * (value - next);
  }

  feature(index: number): FeatureSummary {
    const values = this.#values[index] ?? 0;
    if (values === 0) return { low: null, high: null, mean: null, deviation: null, values };
    return {
      low: this.#low[index] ?? 0,
      high: this.#high[index] ?? 0,
      mean: this.#mean[index] ?? 0,
      deviation: Math.sqrt((this.#spread[index] ?? 0) / values),
      values,
    };
  }
}
