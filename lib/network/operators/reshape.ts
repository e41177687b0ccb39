/** Another shape for the same elements. */
import { sizeOf, withChannels } from '../tensor.ts';
import { type Call, type Computed, type Readable, Refusal, type Whole } from './call.ts';
import { reshaped } from './folding.ts';
import { check, withSamples } from './mismatch.ts';
import { moving } from './moves.ts';

/** `shape`: of one sample. Flatten, Squeeze and Unsqueeze too come down to it. */
export interface Reshape {
  readonly op: 'Reshape';
  readonly shape: readonly number[];
}

export const reshape = moving<Reshape>({
  read: readReshape,
  shape({ shape }, [x]) {
    const before = x?.shape ?? [];
    check(
      sizeOf(shape) === sizeOf(before),
      () =>
        `${withSamples(before)} has ${sizeOf(before)} values per sample, ${withSamples(shape)} needs others`,
    );
    return [...shape];
  },
  places: () => undefined,
  /** Where the channels of one side are made of whole channels of the other, those go together. */
  ties(_, { inputs, shape }) {
    const channels = inputs[0]?.shape[0] ?? 1;
    const outputs = shape[0] ?? 1;
    const most = Math.max(channels, outputs);
    if (most % Math.min(channels, outputs) !== 0) return 'all';
    return Array.from({ length: most }, (__, channel) => {
      const whole = Math.floor(channel / (most / Math.min(channels, outputs)));
      return channels === most ? ([0, channel, whole] as const) : ([0, whole, channel] as const);
    });
  },
  shrunk: ({ op, shape }, channels) => ({ op, shape: withChannels(shape, channels) }),
  // 0: as many samples as come in.
  write: ({ shape }, { inputs, write, ints }) => write({}, [...inputs, ints('shape', [0, ...shape])]),
});

/** The value in another shape of one sample; itself where nothing changes. */
export function inShape(call: Call<Reshape>, x: Computed, shape: readonly number[]): Computed {
  return shape.join() === x.shape.join() ? x : call.add({ op: 'Reshape', shape: [...shape] }, [x]);
}

function readReshape(call: Call<Reshape>): Readable {
  const x = call.input(0);
  const given = call.inputs[1] === undefined ? (call.integers('shape') ?? []) : call.wholes(1).values;
  const literal = call.flag('allowzero', false);
  const own = x.kind === 'computed' ? ['N' as const, ...x.shape] : x.shape;
  const target = given.map((size, axis) => (size === 0 && !literal ? (own[axis] ?? 0) : size));
  if (target.some((size) => size !== 'N' && !(Number.isSafeInteger(size) && (size === -1 || size > 0))))
    throw new Refusal(`a shape [${given.join(', ')}]; sizes from 1 and one −1 are allowed`);
  if (x.kind === 'computed') return inShape(call, x, sampleShape(call.model.fixedSamples, x, target));
  const shape = solved(target, x.kind === 'fixed' ? x.data.length : x.values.length, given);
  return x.kind === 'fixed' ? reshaped(x, shape) : { ...x, shape };
}

/** The shape with −1 put right. */
function solved(target: readonly Whole[], size: number, given: readonly Whole[]): number[] {
  const known = target.map((one) => (one === 'N' ? 0 : one));
  const rest = sizeOf(known.filter((one) => one !== -1));
  const shape = known.map((one) => (one === -1 ? size / rest : one));
  const open = known.filter((one) => one === -1).length;
  if (open > 1 || sizeOf(shape) !== size || !shape.every(Number.isInteger))
    throw new Refusal(`a shape [${given.join(', ')}] for ${size} values`);
  return shape;
}

function sampleShape(fixedSamples: number | undefined, x: Computed, target: readonly Whole[]): number[] {
  const [first, ...rest] = target;
  const size = sizeOf(x.shape);
  const keeps =
    first === 'N' ||
    (fixedSamples !== undefined && first === fixedSamples) ||
    (first === -1 && !rest.includes(-1) && !rest.includes('N') && sizeOf(rest.map(Number)) === size);
  if (!keeps || rest.includes('N'))
    throw new Refusal(
      `turns ${withSamples(x.shape)} into [${target.join(', ')}], which mixes the samples; the first axis must remain the axis of the samples. Reshape with -1, or the batch size, in front`,
    );
  return solved(rest, size, target);
}
