/** Which elements of an input the marked elements of an output depend on. */
import { sizeOf } from '../tensor.ts';
import type { KnownSite } from './rules.ts';

/** Element by element. */
export function sameElements(_: unknown, __: number, after: Uint8Array, marks: Uint8Array): void {
  for (let element = 0; element < after.length; element++) if (after[element] === 1) marks[element] = 1;
}

export function everything(_: unknown, __: number, ___: Uint8Array, marks: Uint8Array): void {
  marks.fill(1);
}

/** All of a channel of which any element is marked. */
export function wholeChannels(
  _: unknown,
  index: number,
  after: Uint8Array,
  marks: Uint8Array,
  { inputs, shape }: KnownSite,
): void {
  const [channels = 1, ...rest] = inputs[index]?.shape ?? [];
  const size = sizeOf(rest);
  const reached = channelMarks(after, channels, 1, sizeOf(shape.slice(1)));
  for (let channel = 0; channel < channels; channel++) {
    if (reached[channel] === 1) marks.fill(1, channel * size, (channel + 1) * size);
  }
}

/** Per channel whether any of its elements is marked. */
export function channelMarks(marks: Uint8Array, channels: number, before: number, after: number): Uint8Array {
  const result = new Uint8Array(channels);
  for (let outer = 0; outer < before; outer++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = (outer * channels + channel) * after;
      if (marks.subarray(start, start + after).includes(1)) result[channel] = 1;
    }
  }
  return result;
}
