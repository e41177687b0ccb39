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
  return Array.from(x.subarray(index * features, (index + 1) * features), (value, feature) =>
    Math.fround(
      Math.fround(value * (scale[feature % scale.length] ?? 1)) + (offset[feature % offset.length] ?? 0),
    ),
  );
}

export interface ReferenceScore {
  /** Correct predictions where the two largest logits are apart, and the number of samples where they are not. */
  readonly correct: number;
  readonly undecided: number;
  readonly loss: number;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
}

/** Means over the classes, from a confusion matrix: [true class][predicted class]. */
export function macroAverages(confusion: readonly (readonly number[])[]) {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const per = confusion.map((row, label) => {
    const hits = row[label] ?? 0;
    const precision = hits / total(confusion.map((other) => other[label] ?? 0));
    const recall = hits / total(row);
    return { present: total(row) > 0, recall, f1: hits > 0 ? 2 / (1 / precision + 1 / recall) : 0 };
  });
  const present = per.filter((one) => one.present);
  return {
    balancedAccuracy: total(present.map(({ recall }) => recall)) / present.length,
    macroF1: total(per.map(({ f1 }) => f1)) / per.length,
  };
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
  const classes = network.widths.at(-1) ?? 0;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [index, label] of samples.labels.entries()) {
    const logits = forward(network, mask, scaledSample(samples, scaling, index));
    const [first = 0, second = Number.NEGATIVE_INFINITY] = logits.toSorted((a, b) => b - a);
    const tied = first !== second && first - second < DECIDED;
    if (tied) undecided++;
    else if (argmax(logits) === label) correct++;
    const row = confusion[label] ?? [];
    row[argmax(logits)] = (row[argmax(logits)] ?? 0) + 1;
    loss += crossEntropy(logits, label);
  }
  return { correct, undecided, loss, ...macroAverages(confusion) };
}
