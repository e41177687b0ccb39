/** Batch normalisation with the statistics of training. */
import { sizeOf } from '../tensor.ts';
import { Refusal } from './call.ts';
import { channelEntries, EPSILON, emptyEntries } from './entries.ts';
import { check, withSamples } from './mismatch.ts';
import { wholeChannels } from './reach.ts';
import { PLAIN, type PlainRules } from './rules.ts';

/** Inputs x [C, …], then constants scale, bias, mean, variance, each [C]. */
export interface BatchNormalization {
  readonly op: 'BatchNormalization';
  readonly epsilon: number;
}

export const batchNormalization: PlainRules<BatchNormalization> = {
  ...PLAIN,
  read(call) {
    const statistics = [1, 2, 3, 4].map((place) => call.fixed(place));
    const training =
      call.flag('training_mode', false) || call.node.output.slice(1).some((name) => name !== '');
    if (training || !call.flag('spatial', true))
      throw new Refusal(
        'computes statistics of the batch, as in training. Export the model for inference: model.eval()',
      );
    const epsilon = call.float('epsilon', 1e-5);
    return call.add({ op: 'BatchNormalization', epsilon }, [call.computed(0), ...statistics]);
  },
  shape(_, [x, ...statistics]) {
    const channels = x?.shape[0];
    check(channels !== undefined, () => `an input ${withSamples(x?.shape ?? [])} without channels`);
    for (const { shape } of statistics)
      check(
        shape.length === 1 && shape[0] === channels,
        () => `statistics [${shape.join(', ')}] for ${channels} channels`,
      );
    return [...(x?.shape ?? [])];
  },
  kernel({ epsilon }, { value, output }) {
    const [{ data: from }, scale, bias, mean, variance] = [value(0), value(1), value(2), value(3), value(4)];
    const channels = scale.data.length;
    const plane = from.length / channels;
    const deviation = variance.data.map((one) => Math.sqrt(one + epsilon));
    const to = output.data;
    return () => {
      for (let channel = 0, index = 0; channel < channels; channel++) {
        const [middle = 0, wide = 1] = [mean.data[channel], deviation[channel]];
        const [slope = 1, add = 0] = [scale.data[channel], bias.data[channel]];
        for (let end = index + plane; index < end; index++) {
          to[index] = (((from[index] ?? 0) - middle) / wide) * slope + add;
        }
      }
    };
  },
  known({ epsilon }, { inputs, entries }) {
    const [channels = 1, ...rest] = inputs[0]?.shape ?? [];
    const after = sizeOf(rest);
    const { value, error } = channelEntries(entries(0), channels, 1, after);
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map((index) => entries(index).value);
    const result = emptyEntries(channels, after);
    for (let channel = 0; channel < channels; channel++) {
      const [x, off] = [value[channel] ?? Number.NaN, error[channel] ?? 0];
      const factor = (scale?.[channel] ?? 1) / Math.sqrt((variance?.[channel] ?? 1) + epsilon);
      const [shift, centre] = [bias?.[channel] ?? 0, mean?.[channel] ?? 0];
      result.value[channel] = (x - centre) * factor + shift;
      const size = Math.abs(x * factor) + Math.abs(centre * factor) + Math.abs(shift);
      result.error[channel] = off * Math.abs(factor) + 8 * EPSILON * size;
    }
    return result;
  },
  reach: wholeChannels,
  ties: () => 'each',
  constants: 'per channel',
  write: ({ epsilon }, { write }) => write({ epsilon: { float: epsilon } }),
};
