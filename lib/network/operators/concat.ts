/** Values joined along an axis. */
import { sizeOf } from '../tensor.ts';
import { axisIn, rankOf } from './call.ts';
import { check, withSamples } from './mismatch.ts';
import { moving } from './moves.ts';

/** `axis` ≥ 1: that of the samples is 0. */
export interface Concat {
  readonly op: 'Concat';
  readonly axis: number;
}

export const concat = moving<Concat>({
  read(call) {
    const operands = call.inputs.filter((value) => value !== undefined);
    const first = call.input(0);
    const axis = axisIn(call.integer('axis', 1), rankOf(first));
    if (first.kind === 'wholes') {
      const values = operands.flatMap((_, place) => call.wholes(place).values);
      return { kind: 'wholes', shape: [values.length], values };
    }
    call.refuseSamplesAxis([axis]);
    if (operands.length === 1) return call.computed(0);
    const computed = operands.map((_, place) => call.computed(place));
    return call.add({ op: 'Concat', axis }, computed);
  },
  shape({ axis }, operands) {
    const x = operands[0]?.shape ?? [];
    check(axis >= 1 && axis <= x.length, () => `axis ${axis} of ${withSamples(x)}`);
    for (const { shape, constant } of operands)
      check(
        !constant &&
          shape.length === x.length &&
          shape.every((size, at) => at === axis - 1 || size === x[at]),
        () => `${withSamples(shape)} beside ${withSamples(x)}`,
      );
    const joined = operands.reduce((sum, { shape }) => sum + (shape[axis - 1] ?? 0), 0);
    return x.with(axis - 1, joined);
  },
  places({ axis }, index, { inputs }) {
    const widths = inputs.map(({ shape }) => sizeOf(shape.slice(axis - 1)));
    const width = widths[index] ?? 0;
    const start = widths.slice(0, index).reduce((sum, one) => sum + one, 0);
    const row = widths.reduce((sum, one) => sum + one, 0);
    const places = new Int32Array(sizeOf(inputs[index]?.shape ?? []));
    for (let element = 0; element < places.length; element++)
      places[element] = Math.floor(element / width) * row + start + (element % width);
    return places;
  },
  ties({ axis }, { inputs }) {
    if (axis > 1) return 'each';
    let at = 0;
    return inputs.flatMap(({ shape: [channels = 1] }, input) =>
      Array.from({ length: channels }, (_, channel) => [input, channel, at++] as const),
    );
  },
  // Along the channels, if the blocks are full.
  blocked: ({ axis }, { inputs }, block) =>
    axis === 1 && inputs.every(({ shape: [channels = 0] }) => channels % block === 0)
      ? 'as usual'
      : undefined,
  write: ({ axis }, { write }) => write({ axis }),
});
