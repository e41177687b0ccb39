/** Every element divided by a power of the squares around it, across channels (AlexNet, GoogLeNet). */
import { sizeOf } from '../tensor.ts';
import { Refusal } from './call.ts';
import { emptyEntries, spreadBlocks } from './entries.ts';
import { check, withSamples } from './mismatch.ts';
import { PLAIN, type PlainRules } from './rules.ts';

/** Input x [C, height, width]: x / (bias + alpha / size · Σ x²) ^ beta, over `size` channels, an odd number, around each one. */
export interface LocalResponseNormalization {
  readonly op: 'LRN';
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

export const localResponseNormalization: PlainRules<LocalResponseNormalization> = {
  ...PLAIN,
  read(call) {
    const size = call.integer('size', 0);
    const [alpha, beta] = [call.float('alpha', 1e-4), call.float('beta', 0.75)];
    const bias = call.float('bias', 1);
    if (!(size % 2 === 1 && alpha > 0 && beta > 0 && bias > 0))
      throw new Refusal(
        `its size, alpha, beta and bias are ${size}, ${alpha}, ${beta} and ${bias}; an odd size and numbers above 0 are needed`,
      );
    return call.add({ op: 'LRN', size, alpha, beta, bias }, [call.computed(0)]);
  },
  shape(_, [x]) {
    const shape = x?.shape ?? [];
    check(shape.length === 3, () => `an input ${withSamples(shape)}, not [N, channels, height, width]`);
    return [...shape];
  },
  kernel(operation, { value, output }) {
    const { size, alpha, beta, bias } = operation;
    const [{ data: from, shape }, to] = [value(0), output.data];
    const [channels = 0, ...rest] = shape;
    const plane = sizeOf(rest);
    return () => {
      for (let channel = 0; channel < channels; channel++) {
        const [first, last] = around(operation, channel, channels);
        for (let at = 0; at < plane; at++) {
          let squares = 0;
          for (let other = first; other <= last; other++) squares += (from[other * plane + at] ?? 0) ** 2;
          const place = channel * plane + at;
          to[place] = (from[place] ?? 0) / (bias + (alpha / size) * squares) ** beta;
        }
      }
    };
  },
  /** An exact zero stays one. */
  known(_, { shape, entries }) {
    const { value, error } = spreadBlocks(entries(0));
    const result = emptyEntries(sizeOf(shape));
    for (let index = 0; index < value.length; index++)
      if (value[index] !== 0 || error[index] !== 0) result.value[index] = Number.NaN;
    return result;
  },
  reach(operation, _, after, marks, { shape: [channels = 0, ...rest] }) {
    const plane = sizeOf(rest);
    for (let channel = 0; channel < channels; channel++) {
      const [first, last] = around(operation, channel, channels);
      for (let at = 0; at < plane; at++) {
        if (after[channel * plane + at] === 0) continue;
        for (let other = first; other <= last; other++) marks[other * plane + at] = 1;
      }
    }
  },
  ties: () => 'all',
  write: ({ size, alpha, beta, bias }, { write }) =>
    write({ size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } }),
};

/** The first and the last channel whose squares count. */
function around({ size }: LocalResponseNormalization, channel: number, channels: number) {
  const half = (size - 1) / 2;
  return [Math.max(0, channel - half), Math.min(channels - 1, channel + half)] as const;
}
