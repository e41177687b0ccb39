/**
 * The grid of each layer's sums: products are rounded to it before they are added. It is as fine as the layer's largest
 * possible sum allows, whatever the mask, so that no sum leaves 32 bits. A pure function of network and data.
 */
import { max } from 'd3-array';
import { denseLayers, type Network } from '../../network/architecture.ts';
import type { ConvStage } from './stages.ts';

export interface Grid {
  /** Per layer the units of its grid in 1: a power of two. */
  readonly scales: readonly number[];
  /** The same per stage before the layers. */
  readonly stageScales: readonly number[];
  /**
   * A bound on the error of a difference of two logits, against the forward pass in double precision: of a position's
   * logits as a flip in one of the last two layers changes them, and as any other flip does. Infinite where some mask could
   * make a sum overflow.
   */
  readonly doubts: readonly [number, number];
}

/** Largest possible sums take 30 bits; rounding may add to them. */
const LARGEST = 2 ** 30;
/**
 * In a deep network the largest possible sums are orders of magnitude from those that occur, and a grid for them would be too
 * coarse. After convolutions a grid therefore allows sums of this many times their typical size. A larger one would wrap
 * around: a wrong figure, but the same one everywhere, and taking a flip back would still restore everything.
 */
const FAR = 512;
/** Half the distance between 1 and the next float32. */
const ROUNDING = 2 ** -24;

/** What the values before a layer are, whatever the mask: their range, a bound on their error, and a typical square: infinite where sums must be safe. */
interface Values {
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly errors: Float64Array;
  readonly square: number;
}

/** The mask-independent figures of the sums of a layer or stage. */
interface Sums {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly scale: number;
  readonly square: number;
  /** Whether no mask makes a sum overflow. */
  readonly safe: boolean;
}

/** `x`: samples × features; `stages`: what comes before the layers. */
export function gridOf(network: Network, x: Float32Array, stages: readonly ConvStage[] = []): Grid {
  const [first] = stages;
  const range = rangeOf(x, first ? first.inputs * first.before : (network.widths[0] ?? 0));
  let values: Values = {
    ...range,
    errors: new Float64Array(range.least.length),
    square: Number.POSITIVE_INFINITY,
  };
  if (first) {
    const ranges = perChannel(values, first.inputs);
    values = {
      ...ranges,
      square: max([...ranges.least, ...ranges.most], (one) => one ** 2) ?? 0,
    };
  }
  let safe = true;
  const stageScales: number[] = [];
  for (const stage of stages) {
    const sums = stageSums(stage, values);
    stageScales.push(sums.scale);
    safe &&= sums.safe;
    values = stageValues(stage, values, sums);
  }
  const last = stages.at(-1);
  if (last) values = perPosition(values, last.pooled);
  const scales: number[] = [];
  let [near, far] = [0, 0];
  let { errors, least, most, square } = values;
  for (const [index, { inputs, outputs }] of denseLayers(network.widths).entries()) {
    const weights = network.weights[index] ?? new Float32Array();
    const biases = network.biases[index] ?? new Float32Array();
    const sums = sumsOf(outputs, inputs, biases, square, (output, input) => {
      return [weights[output * inputs + input] ?? 0, least[input] ?? 0, most[input] ?? 0];
    });
    const { low, high, scale } = sums;
    safe &&= sums.safe;
    scales.push(scale);
    const after = new Float64Array(outputs);
    for (let output = 0; output < outputs; output++) {
      // An activation is read with one rounding, and multiplied with another; the sum is exact.
      let error = ((inputs + 1) * 0.5) / scale;
      let [flipped, behind] = [0, 0];
      for (let input = 0; input < inputs; input++) {
        const weight = Math.abs(weights[output * inputs + input] ?? 0);
        const value = weight * Math.max(Math.abs(least[input] ?? 0), Math.abs(most[input] ?? 0));
        error += weight * (errors[input] ?? 0) + 2 * ROUNDING * value;
        // A changed activation takes six roundings more, and a sum of changes as many again as it has terms.
        flipped = Math.max(flipped, 8 * ROUNDING * value);
        behind += (8 + inputs) * ROUNDING * value;
      }
      after[output] = error;
      const read = 3 * ROUNDING * Math.max(high[output] ?? 0, -(low[output] ?? 0));
      near = Math.max(near, 2 * (error + flipped + read));
      far = Math.max(far, 2 * (error + behind + read));
    }
    errors = after;
    least = new Float64Array(outputs);
    most = high;
    square = sums.square;
  }
  return {
    scales,
    stageScales,
    doubts: safe ? [near, far] : [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  };
}

/** `termOf`: a weight, and the range of what it is multiplied with. `square`: infinite where sums must be safe. */
function sumsOf(
  outputs: number,
  inputs: number,
  biases: Float32Array,
  square: number,
  termOf: (output: number, input: number) => readonly [weight: number, least: number, most: number],
): Sums {
  const low = new Float64Array(outputs);
  const high = new Float64Array(outputs);
  let typical = 0;
  for (let output = 0; output < outputs; output++) {
    const bias = biases[output] ?? 0;
    let [down, up] = [Math.min(0, bias), Math.max(0, bias)];
    let squares = 0;
    for (let input = 0; input < inputs; input++) {
      const [weight, least, most] = termOf(output, input);
      const [a, b] = [weight * least, weight * most];
      down += Math.min(0, a, b);
      up += Math.max(0, a, b);
      squares += weight ** 2;
    }
    low[output] = down;
    high[output] = up;
    typical = Math.max(typical, squares * square + bias ** 2);
  }
  const largest = max([...low.map(Math.abs), ...high]) ?? 0;
  const expected = Number.isFinite(square) ? Math.min(largest, FAR * Math.sqrt(typical)) : largest;
  return { low, high, scale: scaleFor(expected), square: typical, safe: expected === largest };
}

function scaleFor(largest: number): number {
  return 2 ** Math.min(100, Math.max(-100, Math.floor(Math.log2(LARGEST / Math.max(largest, 1e-30)))));
}

function stageSums(
  { channels, depth, perGroup, taps, weights, biases }: ConvStage,
  { least, most, square }: Values,
): Sums {
  const terms = depth * taps.length;
  return sumsOf(channels, terms, biases, square, (channel, term) => {
    const input = Math.floor(channel / perGroup) * depth + Math.floor(term / taps.length);
    // A window that reaches over the border takes nothing there.
    return [
      weights[channel * terms + term] ?? 0,
      Math.min(0, least[input] ?? 0),
      Math.max(0, most[input] ?? 0),
    ];
  });
}

/** After ReLU and pool, by channel. */
function stageValues(
  { channels, depth, perGroup, taps, weights, relu, windows, shares }: ConvStage,
  { least, most, errors }: Values,
  { low, high, scale, square }: Sums,
): Values {
  const terms = depth * taps.length;
  const averaged = shares.some((share) => share > 0)
    ? Math.max(...windows.map(({ length }) => length)) + 1
    : 0;
  const after = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    let error = ((terms + 1) * 0.5) / scale;
    for (let term = 0; term < terms; term++) {
      const input = Math.floor(channel / perGroup) * depth + Math.floor(term / taps.length);
      const weight = Math.abs(weights[channel * terms + term] ?? 0);
      const value = weight * Math.max(Math.abs(least[input] ?? 0), Math.abs(most[input] ?? 0));
      error += weight * (errors[input] ?? 0) + 2 * ROUNDING * value;
    }
    after[channel] = error + averaged * ROUNDING * Math.max(high[channel] ?? 0, -(low[channel] ?? 0));
  }
  return { least: relu === 'none' ? low : new Float64Array(channels), most: high, errors: after, square };
}

/** The range of each channel, of the ranges of its positions. */
function perChannel({ least, most }: Pick<Values, 'least' | 'most'>, channels: number) {
  const positions = least.length / channels;
  const ofChannel = (values: Float64Array, largest: (...of: number[]) => number) =>
    Float64Array.from({ length: channels }, (_, channel) =>
      values.subarray(channel * positions, (channel + 1) * positions).reduce((a, b) => largest(a, b)),
    );
  return {
    least: ofChannel(least, Math.min),
    most: ofChannel(most, Math.max),
    errors: new Float64Array(channels),
  };
}

/** A channel's figures for each of its positions. */
function perPosition({ least, most, errors, square }: Values, positions: number): Values {
  const each = (values: Float64Array) =>
    Float64Array.from(
      { length: values.length * positions },
      (_, index) => values[Math.floor(index / positions)] ?? 0,
    );
  return { least: each(least), most: each(most), errors: each(errors), square };
}

function rangeOf(x: Float32Array, features: number): { least: Float64Array; most: Float64Array } {
  const least = new Float64Array(features).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(features).fill(Number.NEGATIVE_INFINITY);
  for (
    let index = 0, feature = 0;
    index < x.length;
    index++, feature = feature + 1 === features ? 0 : feature + 1
  ) {
    const value = x[index] ?? 0;
    if (value < (least[feature] ?? 0)) least[feature] = value;
    if (value > (most[feature] ?? 0)) most[feature] = value;
  }
  return { least, most };
}
