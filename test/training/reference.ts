/** Training in plain JavaScript and double precision, with gradients by finite differences: slow, and hard to get wrong. */
import type { ScaledData } from '../../lib/evaluation/evaluator.ts';
import { denseLayers } from '../../lib/network/architecture.ts';

interface Pass {
  /** Cross-entropy in nats, mean over the samples. */
  readonly loss: number;
  readonly correct: number;
  /** The smallest distance of a hidden sum from ReLU's kink, where finite differences fail. */
  readonly kink: number;
}

/** The forward pass over `rows` of the data; `parameters`: all weights in the order of a genome, then all biases. */
function forward(
  widths: readonly number[],
  parameters: ArrayLike<number>,
  { features, x, labels }: ScaledData,
  rows: readonly number[],
): Pass {
  const layers = denseLayers(widths);
  const bits = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  let [loss, correct, kink] = [0, 0, Number.POSITIVE_INFINITY];
  for (const row of rows) {
    let values = Array.from(x.subarray(row * features, (row + 1) * features));
    let biases = bits;
    for (const [index, { inputs, outputs, offset }] of layers.entries()) {
      const last = index === layers.length - 1;
      values = Array.from({ length: outputs }, (_, output) => {
        let sum = parameters[biases + output] ?? 0;
        for (let input = 0; input < inputs; input++) {
          sum += (parameters[offset + output * inputs + input] ?? 0) * (values[input] ?? 0);
        }
        if (!last) kink = Math.min(kink, Math.abs(sum));
        return last ? sum : Math.max(0, sum);
      });
      biases += outputs;
    }
    const largest = Math.max(...values);
    const total = values.reduce((sum, value) => sum + Math.exp(value - largest), 0);
    const label = labels[row] ?? 0;
    loss += (largest + Math.log(total) - (values[label] ?? 0)) / rows.length;
    if (values.indexOf(largest) === label) correct++;
  }
  return { loss, correct, kink };
}

/** Central differences. */
function gradientOf(f: (at: Float64Array) => number, at: Float64Array): Float64Array {
  const step = 1e-5;
  return at.map((value, index) => {
    const above = at.slice();
    const below = at.slice();
    above[index] = value + step;
    below[index] = value - step;
    return (f(above) - f(below)) / (2 * step);
  });
}

export interface ReferenceRun extends Pass {
  readonly state: Readonly<Record<string, Float64Array>>;
}

/** Batches of `order`, the last one as short as it comes. */
export function batchesOf(order: readonly number[], batch: number): number[][] {
  return Array.from({ length: Math.ceil(order.length / batch) }, (_, index) =>
    order.slice(index * batch, (index + 1) * batch),
  );
}

/** torch.optim.Adam, step by step as its documentation has it. */
export function trainByAdam(
  widths: readonly number[],
  start: Float32Array,
  data: ScaledData,
  batches: readonly (readonly number[])[],
  adam: { learningRate: number; beta1: number; beta2: number; epsilon: number },
): ReferenceRun {
  const parameters = Float64Array.from(start);
  const first = new Float64Array(start.length);
  const second = new Float64Array(start.length);
  let [loss, correct, kink] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [index, rows] of batches.entries()) {
    const pass = forward(widths, parameters, data, rows);
    loss += pass.loss * rows.length;
    correct += pass.correct;
    kink = Math.min(kink, pass.kink);
    const gradient = gradientOf((at) => forward(widths, at, data, rows).loss, parameters);
    for (const [at, slope] of gradient.entries()) {
      first[at] = adam.beta1 * (first[at] ?? 0) + (1 - adam.beta1) * slope;
      second[at] = adam.beta2 * (second[at] ?? 0) + (1 - adam.beta2) * slope * slope;
      const mean = (first[at] ?? 0) / (1 - adam.beta1 ** (index + 1));
      const variance = (second[at] ?? 0) / (1 - adam.beta2 ** (index + 1));
      parameters[at] =
        (parameters[at] ?? 0) - (adam.learningRate * mean) / (Math.sqrt(variance) + adam.epsilon);
    }
  }
  return { state: { parameters, firstMoment: first, secondMoment: second }, loss, correct, kink };
}

/** edge-popup with torch.optim.SGD; `kept`: weights kept per layer; of equal |scores| the first. */
export function trainScores(
  widths: readonly number[],
  frozen: Float32Array,
  start: Float32Array,
  kept: readonly number[],
  data: ScaledData,
  batches: readonly (readonly number[])[],
  sgd: { learningRate: number; momentum: number; weightDecay: number },
): ReferenceRun {
  const scores = Float64Array.from(start);
  const momentum = new Float64Array(start.length);
  let [loss, correct, kink] = [0, 0, Number.POSITIVE_INFINITY];
  for (const rows of batches) {
    const masked = Float64Array.from(frozen);
    for (const [index, { inputs, outputs, offset }] of denseLayers(widths).entries()) {
      const ranked = Array.from({ length: inputs * outputs }, (_, at) => offset + at).sort(
        (a, b) => Math.abs(scores[b] ?? 0) - Math.abs(scores[a] ?? 0) || a - b,
      );
      const [last = 0, next] = ranked.slice((kept[index] ?? 0) - 1);
      // Scores that nearly tie may be ranked otherwise in single precision; those that are equal may not.
      const gap = next === undefined ? 1 : Math.abs(scores[last] ?? 0) - Math.abs(scores[next] ?? 0);
      if (gap > 0) kink = Math.min(kink, gap);
      for (const at of ranked.slice(kept[index])) masked[at] = 0;
    }
    const pass = forward(widths, masked, data, rows);
    loss += pass.loss * rows.length;
    correct += pass.correct;
    kink = Math.min(kink, pass.kink);
    const gradient = gradientOf((at) => forward(widths, at, data, rows).loss, masked);
    for (const [at, score] of scores.entries()) {
      const slope = (gradient[at] ?? 0) * (frozen[at] ?? 0) * Math.sign(score) + sgd.weightDecay * score;
      momentum[at] = sgd.momentum * (momentum[at] ?? 0) + slope;
      scores[at] = score - sgd.learningRate * (momentum[at] ?? 0);
    }
  }
  return { state: { scores, momentum }, loss, correct, kink };
}
