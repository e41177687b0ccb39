/**
 * The forward pass in double precision over the float32 weights and scaled data: what a prediction *is*. The float32
 * graphs settle every sample whose margin is beyond their rounding error; only the others come here, so counts of
 * correct predictions are the same on every path, processor and thread.
 */
import { indexOfLargest } from '../../base/largest.ts';
import { denseLayers, type Network } from '../../network/architecture.ts';

export class DoublePrecision {
  readonly #layers;
  readonly #weights: Float64Array[];
  readonly #biases: Float64Array[];
  readonly #activations: Float64Array[];
  readonly #x: Float32Array;

  /** `x`: scaled features, samples × features, row-major. */
  constructor(network: Network, x: Float32Array) {
    this.#layers = denseLayers(network.widths);
    this.#weights = network.weights.map((weights) => Float64Array.from(weights));
    this.#biases = network.biases.map((biases) => Float64Array.from(biases));
    this.#activations = network.widths.map((width) => new Float64Array(width));
    this.#x = x;
  }

  /** The logits of one sample under a mask of bytes 0 or 1; valid until the next call. */
  logits(mask: Uint8Array, sample: number): Float64Array {
    const features = this.#activations[0] ?? new Float64Array();
    for (let feature = 0; feature < features.length; feature++) {
      features[feature] = this.#x[sample * features.length + feature] ?? 0;
    }
    let before = features;
    for (const [index, { inputs, outputs, offset }] of this.#layers.entries()) {
      const weights = this.#weights[index] ?? new Float64Array();
      const biases = this.#biases[index] ?? new Float64Array();
      const after = this.#activations[index + 1] ?? new Float64Array();
      const last = index === this.#layers.length - 1;
      for (let output = 0; output < outputs; output++) {
        let sum = biases[output] ?? 0;
        const row = output * inputs;
        for (let input = 0; input < inputs; input++) {
          if (mask[offset + row + input] === 1) sum += (weights[row + input] ?? 0) * (before[input] ?? 0);
        }
        after[output] = last || sum > 0 ? sum : 0;
      }
      before = after;
    }
    return before;
  }

  /** The predicted class; the lowest wins a tie. */
  predict(mask: Uint8Array, sample: number): number {
    return indexOfLargest(this.logits(mask, sample));
  }

  /**
   * Correct predictions among the samples `start`… that `margins` are of: clipped margins of the label over its rivals,
   * ½ or more settled as correct, −½ or less as wrong, anything between computed here.
   */
  countCorrect(mask: Uint8Array, margins: ArrayLike<number>, labels: Uint16Array, start: number): number {
    let correct = 0;
    for (let index = 0; index < margins.length; index++) {
      const margin = margins[index] ?? 0;
      const sample = start + index;
      if (margin >= 0.5 || (margin > -0.5 && this.predict(mask, sample) === labels[sample])) correct++;
    }
    return correct;
  }
}
