/** The weights that an evaluator graph takes as inputs: those of one individual, pruned ones zero. */
import { Tensor } from 'onnxruntime-node';
import type { WeightInput } from '../../network/models/graph-evaluator-model.ts';
import { sizeOf } from '../../network/tensor.ts';

export function graphWeights(inputs: readonly WeightInput[]) {
  const feeds: Record<string, Tensor> = {};
  const expansions = inputs.map(({ name, dims, tensor, weights, places }) => {
    const values = new Float32Array(sizeOf(dims));
    feeds[name] = new Tensor('float32', values, [...dims]);
    // The weights as bits, so that a mask bit can be laid over them without a branch.
    const frozen = new Int32Array(weights.buffer, weights.byteOffset, weights.length);
    return { offset: tensor.offset, frozen, places, bits: new Int32Array(values.buffer) };
  });
  const bytes = expansions.reduce((sum, { frozen, places, bits }) => {
    return sum + frozen.byteLength + bits.byteLength + (places?.byteLength ?? 0);
  }, 0);

  /** Expands a mask of bytes 0 or 1: `weight & −bit` keeps a weight or gives +0. */
  function write(mask: Uint8Array): void {
    for (const { offset, frozen, places, bits } of expansions) {
      const size = frozen.length;
      if (places) {
        for (let index = 0; index < size; index++) {
          bits[places[index] ?? 0] = (frozen[index] ?? 0) & -(mask[offset + index] ?? 0);
        }
      } else {
        for (let index = 0; index < size; index++) {
          bits[index] = (frozen[index] ?? 0) & -(mask[offset + index] ?? 0);
        }
      }
    }
  }
  return { feeds, bytes, write };
}
