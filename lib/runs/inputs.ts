/** What prepare leaves for the other steps: network and data. */
import type { Dataset } from '../data/dataset.ts';
import type { AnyNetwork } from '../network/network.ts';
import * as keys from '../store/keys.ts';
import { encodeSamples } from './artifacts.ts';
import { networkArtifact } from './networks.ts';

/** Network and data of a run: their keys, and what makes the bytes. */
export function inputsOf(
  network: AnyNetwork,
  { train, test, validation }: Dataset,
): (readonly [key: string, make: () => Uint8Array])[] {
  const { key, bytes } = networkArtifact(network);
  return [
    [key, () => bytes],
    [keys.TRAIN, () => encodeSamples(train)],
    [keys.TEST, () => encodeSamples(test)],
    ...(validation ? [[keys.VALIDATION, () => encodeSamples(validation)] as const] : []),
  ];
}
