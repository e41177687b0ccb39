/**
 * The independent implementation that evaluators are checked against: one mask, one sample, double precision,
 * nothing clever.
 */
import type { AffineScaling, Samples } from '../../lib/data/dataset.ts';
import type { Network } from '../../lib/network/architecture.ts';

/** Logits of one sample; `mask` has one 0 or 1 per weight, layer by layer, row-major. */
export function forward(network: Network, mask: ArrayLike<number>, sample: readonly number[]): number[] {
  let values = [...sample];
  let offset = 0;
  const layers = network.widths.length - 1;
  for (let layer = 0; layer < layers; layer++) {
    const outputs = network.widths[layer + 1] ?? 0;
    const sums: number[] = [];
    for (let output = 0; output < outputs; output++) {
      let sum = network.biases[layer]?.[output] ?? Number.NaN;
      for (let input = 0; input < values.length; input++) {
        const weight = network.weights[layer]?.[output * values.length + input] ?? Number.NaN;
        const kept = mask[offset + output * values.length + input] ?? Number.NaN;
        sum += kept * weight * (values[input] ?? Number.NaN);
      }
      sums.push(sum);
    }
    offset += outputs * values.length;
    values = layer < layers - 1 ? sums.map((sum) => Math.max(0, sum)) : sums;
  }
  return values;
}

/** The lowest of the classes with the largest logit. */
export function argmax(logits: readonly number[]): number {
  return logits.indexOf(Math.max(...logits));
}

/** −log softmax(logits)[label], in nats. */
export function crossEntropy(logits: readonly number[], label: number): number {
  const largest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return largest + Math.log(sum) - (logits[label] ?? Number.NaN);
}

/** Features of sample `index` as evaluators take them: scaled, each operation rounded to single precision. */
export function scaledSample(
  { x, features }: Samples,
  { scale, offset }: AffineScaling,
  index: number,
): number[] {
  return Array.from(x.subarray(index * features, (index + 1) * features), (value) =>
    Math.fround(Math.fround(value * scale) + offset),
  );
}

export interface ReferenceScore {
  /** Correct predictions where the two largest logits are apart, and the number of samples where they are not. */
  readonly correct: number;
  readonly undecided: number;
  readonly loss: number;
}

/** Logits closer than this may come out in either order in double precision. */
const DECIDED = 1e-13;

export function referenceScore(
  network: Network,
  mask: ArrayLike<number>,
  samples: Samples,
  scaling: AffineScaling,
): ReferenceScore {
  let [correct, undecided, loss] = [0, 0, 0];
  for (const [index, label] of samples.labels.entries()) {
    const logits = forward(network, mask, scaledSample(samples, scaling, index));
    const [first = 0, second = Number.NEGATIVE_INFINITY] = logits.toSorted((a, b) => b - a);
    const tied = first !== second && first - second < DECIDED;
    if (tied) undecided++;
    else if (argmax(logits) === label) correct++;
    loss += crossEntropy(logits, label);
  }
  return { correct, undecided, loss };
}
