/** The inputs of the general graph: the masked weights of a batch of individuals. */
import { Tensor } from 'onnxruntime-node';
import { type DenseLayer, denseLayers, type Network } from '../network/architecture.ts';

interface WeightInput {
  readonly layer: DenseLayer;
  readonly weights: Float32Array;
  /** The same as bits, so that a mask bit can be laid over them without a branch. */
  readonly frozen: Int32Array;
  readonly values: Float32Array;
  readonly bits: Int32Array;
  /** From one individual's weights to the next one's in `values`. */
  readonly stride: number;
}

export class MaskedWeights {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly #inputs: readonly WeightInput[];
  readonly #difference: boolean;

  /** `difference`: of the last layer's two rows only their difference. */
  constructor(network: Network, batch: number, difference: boolean) {
    this.#difference = difference;
    const layers = denseLayers(network.widths);
    this.#inputs = layers.map((layer, index) => {
      const alone = difference && index === layers.length - 1;
      const stride = alone ? layer.inputs : layer.outputs * (layer.inputs + (index === 0 ? 1 : 0));
      const values = new Float32Array(batch * stride);
      const weights = Float32Array.from(network.weights[index] ?? []);
      return {
        layer,
        weights,
        frozen: new Int32Array(weights.buffer),
        values,
        bits: new Int32Array(values.buffer),
        stride,
      };
    });
    this.#fillBiases(network, batch);
    this.feeds = Object.fromEntries(
      this.#inputs.map(({ layer, values, stride }, index) => {
        const rows = (batch * stride) / (index === 0 ? layer.inputs + 1 : layer.inputs);
        const dims = index === 0 ? [1, rows, layer.inputs + 1] : [rows, layer.inputs, 1];
        return [`weights.${index}`, new Tensor('float32', values, dims)];
      }),
    );
  }

  /** The first layer's biases stand last in each of its rows, once and for all. */
  #fillBiases(network: Network, batch: number): void {
    const [first] = this.#inputs;
    if (!first) return;
    const { inputs, outputs } = first.layer;
    for (let row = 0; row < batch * outputs; row++) {
      first.values[row * (inputs + 1) + inputs] = network.biases[0]?.[row % outputs] ?? 0;
    }
  }

  /** Writes one individual's masked weights, its mask's bytes from `from` on: `weight & −bit` keeps it or gives +0. */
  write(slot: number, masks: Uint8Array, from: number): void {
    for (const [index, { layer, weights, frozen, values, bits, stride }] of this.#inputs.entries()) {
      const { inputs, outputs, offset } = layer;
      const mask = from + offset;
      let to = slot * stride;
      if (this.#difference && index === this.#inputs.length - 1) {
        for (let input = 0; input < inputs; input++) {
          const second = masks[mask + inputs + input] === 1 ? (weights[inputs + input] ?? 0) : 0;
          const first = masks[mask + input] === 1 ? (weights[input] ?? 0) : 0;
          values[to + input] = second - first;
        }
        continue;
      }
      const gap = index === 0 ? 1 : 0;
      for (let output = 0, weight = 0; output < outputs; output++, to += gap) {
        for (let input = 0; input < inputs; input++, weight++, to++) {
          bits[to] = (frozen[weight] ?? 0) & -(masks[mask + weight] ?? 0);
        }
      }
    }
  }
}
