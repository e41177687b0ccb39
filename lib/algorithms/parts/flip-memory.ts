/** Checkpoints of the starts of a search by single flips, as the store keeps them. */
import { bytesPerGenome } from '../../search/genome.ts';
import type { ImprovingState } from '../../search/improving.ts';
import { decodeImproving, encodeImproving } from '../../search/improving-checkpoint.ts';
import type { Improvement, Memory } from '../algorithm.ts';

const MASK = 'mask.';
const STATE = 'state.';

/** A vector of bytes for each start: its mask, or its checkpoint. */
export function memoryOfStarts(facts: unknown, from: readonly Improvement['from'][], bits: number): Memory {
  const vectors = from.map((one, stream): [string, Uint8Array] =>
    one instanceof Uint8Array ? [`${MASK}${stream}`, one] : [`${STATE}${stream}`, encodeImproving(one, bits)],
  );
  return { facts, aside: [], vectors: Object.fromEntries(vectors) };
}

export function startsOf(
  { vectors }: Pick<Memory, 'vectors'>,
  bits: number,
): (Uint8Array | ImprovingState)[] {
  return Object.keys(vectors).map((_, stream) => {
    const { [`${MASK}${stream}`]: mask, [`${STATE}${stream}`]: state } = vectors;
    if (mask instanceof Uint8Array && mask.length === bytesPerGenome(bits)) return mask;
    if (state instanceof Uint8Array) return decodeImproving(state, bits, `${STATE}${stream}`);
    throw new TypeError(`what start ${stream} goes on from is missing`);
  });
}
