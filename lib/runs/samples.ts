/** Samples as artifacts. */
import type { Samples } from '../data/dataset.ts';
import { decodeSafetensors, encodeSafetensors, tensorNamed } from '../data/safetensors.ts';

export function encodeSamples({ x, labels, features, groups }: Samples): Uint8Array {
  return encodeSafetensors({
    x: { shape: [labels.length, features], data: x },
    y: { shape: [labels.length], data: labels },
    ...(groups && { group: { shape: [groups.length], data: groups } }),
  });
}

export function decodeSamples(bytes: Uint8Array, name: string): Samples {
  const tensors = decodeSafetensors(bytes, name);
  const x = tensorNamed(tensors, 'x', 'F32', name);
  return {
    features: x.shape[1] ?? 0,
    x: x.data,
    labels: tensorNamed(tensors, 'y', 'U16', name).data,
    ...(tensors.has('group') && { groups: tensorNamed(tensors, 'group', 'U16', name).data }),
  };
}
