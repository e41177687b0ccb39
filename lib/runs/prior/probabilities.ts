/** The artifact with the probabilities to keep each weight: components × weights. */
import { DamagedArtifact } from '../../base/errors.ts';
import { decodeSafetensors, encodeSafetensors, tensorNamed } from '../../data/safetensors.ts';
import type { KeepProbabilities } from '../../search/drawing.ts';

export function encodeProbabilities(prior: KeepProbabilities): Uint8Array {
  const [first = new Float32Array()] = prior;
  const data = new Float32Array(prior.length * first.length);
  for (const [index, component] of prior.entries()) data.set(component, index * first.length);
  return encodeSafetensors({ keep: { shape: [prior.length, first.length], data } });
}

/** Throws DamagedArtifact where they are not of so many weights. */
export function decodeProbabilities(bytes: Uint8Array, bits: number, name: string): KeepProbabilities {
  const { shape, data } = tensorNamed(decodeSafetensors(bytes, name), 'keep', 'F32', name);
  const [components = 0, weights] = shape;
  if (components < 1 || weights !== bits || shape.length !== 2) {
    throw new DamagedArtifact(
      `${name}: 'keep' is [${shape.join(', ')}], expected a column for each of ${bits} weights`,
    );
  }
  return Array.from({ length: components }, (_, index) => data.slice(index * bits, (index + 1) * bits));
}
