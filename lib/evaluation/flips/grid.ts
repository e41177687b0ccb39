/**
 * The grid of each layer's sums: products are rounded to it before they are added. It is as fine as the layer's largest
 * possible sum allows, whatever the mask, so that no sum leaves 32 bits. A pure function of network and data.
 */
import { denseLayers, type Network } from '../../network/architecture.ts';

export interface Grid {
  /** Per layer the units of its grid in 1: a power of two. */
  readonly scales: readonly number[];
  /**
   * A bound on the error of a difference of two logits, against the forward pass in double precision: of a position's
   * logits as a flip in one of the last two layers changes them, and as any other flip does.
   */
  readonly doubts: readonly [number, number];
}

/** Largest possible sums take 30 bits; rounding may add to them. */
const LARGEST = 2 ** 30;
/** Half the distance between 1 and the next float32. */
const ROUNDING = 2 ** -24;

/** `x`: samples × features. */
export function gridOf(network: Network, x: Float32Array): Grid {
  let { least, most } = rangeOf(x, network.widths[0] ?? 0);
  let errors = new Float64Array(least.length);
  const scales: number[] = [];
  let [near, far] = [0, 0];
  for (const [index, { inputs, outputs }] of denseLayers(network.widths).entries()) {
    const weights = network.weights[index] ?? new Float32Array();
    const low = new Float64Array(outputs);
    const high = new Float64Array(outputs);
    for (let output = 0; output < outputs; output++) {
      const bias = network.biases[index]?.[output] ?? 0;
      let [down, up] = [Math.min(0, bias), Math.max(0, bias)];
      for (let input = 0; input < inputs; input++) {
        const weight = weights[output * inputs + input] ?? 0;
        const [a, b] = [weight * (least[input] ?? 0), weight * (most[input] ?? 0)];
        down += Math.min(0, a, b);
        up += Math.max(0, a, b);
      }
      low[output] = down;
      high[output] = up;
    }
    const largest = Math.max(...low.map(Math.abs), ...high);
    const scale =
      2 ** Math.min(100, Math.max(-100, Math.floor(Math.log2(LARGEST / Math.max(largest, 1e-30)))));
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
  }
  return { scales, doubts: [near, far] };
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
