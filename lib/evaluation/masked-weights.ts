/** The inputs of the general graph: the masked weights of a batch of individuals. */
import { Tensor } from 'onnxruntime-node';
import { denseLayers, type Network } from '../network/architecture.ts';

/** `difference`: of the last layer's two rows only their difference. */
export function weightTensors(network: Network, batch: number, difference: boolean) {
  const layers = denseLayers(network.widths);
  const all = layers.map((layer, index) => {
    const alone = difference && index === layers.length - 1;
    const columns = layer.inputs + (index === 0 ? 1 : 0);
    /** From one individual's weights to the next one's. */
    const stride = alone ? layer.inputs : layer.outputs * columns;
    const values = new Float32Array(batch * stride);
    const weights = Float32Array.from(network.weights[index] ?? []);
    // The same as bits, so that a mask bit can be laid over them without a branch.
    const [frozen, bits] = [new Int32Array(weights.buffer), new Int32Array(values.buffer)];
    return { ...layer, columns, stride, weights, frozen, values, bits };
  });
  // The first layer's biases are last in each of its rows, once and for all.
  for (const { columns, outputs, values } of all.slice(0, 1)) {
    for (let row = 0; row < batch * outputs; row++) {
      values[row * columns + columns - 1] = network.biases[0]?.[row % outputs] ?? 0;
    }
  }
  const feeds: Record<string, Tensor> = Object.fromEntries(
    all.map(({ columns, values, stride }, index) => {
      const rows = (batch * stride) / columns;
      const dims = index === 0 ? [1, rows, columns] : [rows, columns, 1];
      return [`weights.${index}`, new Tensor('float32', values, dims)];
    }),
  );

  /** Writes one individual's masked weights, its mask's bytes from `from` on: `weight & −bit` keeps it or gives +0. */
  function write(slot: number, masks: Uint8Array, from: number): void {
    for (const [index, { inputs, outputs, offset, weights, frozen, values, bits, stride }] of all.entries()) {
      const mask = from + offset;
      let to = slot * stride;
      if (difference && index === all.length - 1) {
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
  return { feeds, write };
}
