/** Training in plain JavaScript and double precision, with gradients by finite differences: slow, and hard to get wrong. */
import type { ScaledData } from '../../lib/evaluation/evaluator.ts';
import { denseLayers } from '../../lib/network/architecture.ts';

export interface Pass {
  /** Cross-entropy in nats, mean over the samples. */
  readonly loss: number;
  readonly correct: number;
  /** The smallest distance of a hidden sum from ReLU's kink, where finite differences fail. */
  readonly kink: number;
}

/** The forward pass over `rows` of the data; `parameters`: all weights in the order of a genome, then all biases. */
export function forward(
  widths: readonly number[],
  parameters: ArrayLike<number>,
  { features, x, labels }: ScaledData,
  rows: readonly number[],
  smoothing = 0,
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
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const wanted = (1 - smoothing) * (values[label] ?? 0) + smoothing * mean;
    loss += (largest + Math.log(total) - wanted) / rows.length;
    if (values.indexOf(largest) === label) correct++;
  }
  return { loss, correct, kink };
}

/** Central differences. */
export function gradientOf(f: (at: Float64Array) => number, at: Float64Array): Float64Array {
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

/** torch.optim.Adam, step by step as its documentation has it; `mask`: 1 for the parameters that are trained; `slopes`: what is descended, if not the gradient. */
export function trainByAdam(
  widths: readonly number[],
  start: Float32Array,
  data: ScaledData,
  batches: readonly (readonly number[])[],
  adam: { learningRate: number; beta1: number; beta2: number; epsilon: number },
  {
    mask,
    smoothing = 0,
    slopes,
  }: {
    mask?: Float32Array;
    smoothing?: number;
    slopes?: (parameters: Float64Array, rows: readonly number[]) => Float64Array;
  } = {},
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
    const gradient =
      slopes?.(parameters, rows) ??
      gradientOf((at) => forward(widths, at, data, rows, smoothing).loss, parameters);
    for (const [at, free] of gradient.entries()) {
      const slope = free * (mask?.[at] ?? 1);
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

/** torch.optim.SGD over the weights that a step keeps: the largest of each layer, `kept[step]` of them. Biases are all kept. */
export function trainLargest(
  widths: readonly number[],
  start: Float32Array,
  kept: readonly (readonly number[])[],
  data: ScaledData,
  batches: readonly (readonly number[])[],
  sgd: { learningRate: number; momentum: number; weightDecay: number },
): ReferenceRun {
  const parameters = Float64Array.from(start);
  const momentum = new Float64Array(start.length);
  let [loss, correct, kink] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [step, rows] of batches.entries()) {
    const { gates, gap } = popup(widths, kept[step] ?? []).open(parameters, step);
    const gateOf = (at: number) => gates[at] ?? 1;
    const masked = parameters.map((value, at) => value * gateOf(at));
    const pass = forward(widths, masked, data, rows);
    loss += pass.loss * rows.length;
    correct += pass.correct;
    kink = Math.min(kink, pass.kink, gap);
    const gradient = gradientOf((at) => forward(widths, at, data, rows).loss, masked);
    for (const [at, value] of parameters.entries()) {
      const slope = (gradient[at] ?? 0) * gateOf(at) + sgd.weightDecay * value;
      momentum[at] = sgd.momentum * (momentum[at] ?? 0) + slope;
      parameters[at] = value - sgd.learningRate * (momentum[at] ?? 0);
    }
  }
  return { state: { parameters, momentum }, loss, correct, kink };
}

/** How scores open gates in a step, and what they learn. */
export interface GateRule {
  /** `gap`: the smallest distance from where a gate would be another, beyond exact ties. */
  open(scores: Float64Array, step: number): { readonly gates: Float64Array; readonly gap: number };
  /** Gradients of the scores from those of the gates. */
  slope(scores: Float64Array, ofGates: Float64Array, step: number): Float64Array;
  within?(score: number, index: number): number;
}

/** Scores that open gates over frozen weights, with torch.optim.SGD. */
export function trainGates(
  widths: readonly number[],
  frozen: Float32Array,
  start: Float32Array,
  rule: GateRule,
  data: ScaledData,
  batches: readonly (readonly number[])[],
  sgd: { learningRate: number; momentum: number; weightDecay: number },
): ReferenceRun {
  const scores = Float64Array.from(start);
  const momentum = new Float64Array(start.length);
  const bits = denseLayers(widths).reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  let [loss, correct, kink] = [0, 0, Number.POSITIVE_INFINITY];
  for (const [step, rows] of batches.entries()) {
    const { gates, gap } = rule.open(scores, step);
    const masked = Float64Array.from(frozen, (value, at) => value * (at < bits ? (gates[at] ?? 0) : 1));
    const pass = forward(widths, masked, data, rows);
    loss += pass.loss * rows.length;
    correct += pass.correct;
    kink = Math.min(kink, pass.kink, gap);
    const gradient = gradientOf((at) => forward(widths, at, data, rows).loss, masked);
    const ofGates = gradient.slice(0, bits).map((slope, at) => slope * (frozen[at] ?? 0));
    const slopes = rule.slope(scores, ofGates, step);
    for (const [at, score] of scores.entries()) {
      momentum[at] = sgd.momentum * (momentum[at] ?? 0) + (slopes[at] ?? 0) + sgd.weightDecay * score;
      const next = score - sgd.learningRate * (momentum[at] ?? 0);
      scores[at] = rule.within?.(next, at) ?? next;
    }
  }
  return { state: { scores, momentum }, loss, correct, kink };
}

/** 1 for the `count` items of `all` with the largest |rank|, of equal ones the first; and how far the next one is. */
export function largest(ranks: readonly number[], count: number): { gates: number[]; gap: number } {
  const order = [...ranks.keys()].sort((a, b) => Math.abs(ranks[b] ?? 0) - Math.abs(ranks[a] ?? 0) || a - b);
  const gates = ranks.map(() => 0);
  for (const at of order.slice(0, count)) gates[at] = 1;
  const [last = 0, next] = order.slice(count - 1);
  // Scores that nearly tie may be ranked otherwise in single precision; those that are equal may not.
  const gap = next === undefined ? 1 : Math.abs(ranks[last] ?? 0) - Math.abs(ranks[next] ?? 0);
  return { gates, gap: gap > 0 ? gap : 1 };
}

/** edge-popup; `kept`: weights kept per layer. */
export function popup(widths: readonly number[], kept: readonly number[]): GateRule {
  return {
    open(scores) {
      const layers = denseLayers(widths).map(({ inputs, outputs, offset }, index) =>
        largest([...scores.subarray(offset, offset + inputs * outputs)], kept[index] ?? 0),
      );
      return {
        gates: Float64Array.from(layers.flatMap(({ gates }) => gates)),
        gap: Math.min(...layers.map(({ gap }) => gap)),
      };
    },
    slope: (scores, ofGates) => ofGates.map((slope, at) => slope * Math.sign(scores[at] ?? 0)),
  };
}
