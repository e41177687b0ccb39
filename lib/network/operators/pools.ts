/** Pools: maxima and averages of windows, or of whole channels. */
import { type Shape, sizeOf, stridesOf } from '../tensor.ts';
import { type Call, type Readable, Refusal } from './call.ts';
import { channelEntries, type Entries, EPSILON, emptyEntries } from './entries.ts';
import type { Kernel, Value } from './kernel.ts';
import { check, withSamples } from './mismatch.ts';
import { wholeChannels } from './reach.ts';
import { reducing } from './reductions.ts';
import { type KnownSite, PLAIN, type PlainRules } from './rules.ts';
import { sizes, slid, spatialOf, type Window, windowOf } from './windows.ts';

export interface Pool<Op extends 'MaxPool' | 'AveragePool' = 'MaxPool' | 'AveragePool'> extends Window {
  readonly op: Op;
  readonly kernel: readonly number[];
  /** For an average: padding counts as zeros. */
  readonly countIncludePad: boolean;
}

export interface GlobalPool<Op extends 'GlobalMaxPool' | 'GlobalAveragePool'> {
  readonly op: Op;
}

const OF_CHANNELS = { ...PLAIN, reach: wholeChannels, ties: () => 'each' as const };

function pool<Op extends Pool['op']>(op: Op): PlainRules<Pool<Op>> {
  const average = op === 'AveragePool';
  const attributesOf = ({ kernel, strides, pads, dilations, countIncludePad }: Pool<Op>) => {
    const own = average ? { count_include_pad: Number(countIncludePad) } : { dilations };
    return { kernel_shape: kernel, strides, pads, ...own };
  };
  return {
    ...OF_CHANNELS,
    read: (call) => readPool(call, op),
    shape({ kernel, ...window }, [x]) {
      const [channels = 0, ...spatial] = x?.shape ?? [];
      check(
        spatial.length > 0 && kernel.length === spatial.length,
        () => `a kernel of ${kernel.length} axes on ${withSamples(x?.shape ?? [])}`,
      );
      return [channels, ...slid(spatial, kernel, window)];
    },
    kernel: (operation, { value, output }) => pooling(operation, value(0), output),
    known: ({ pads, countIncludePad }, site) =>
      pooled(site, average && countIncludePad && pads.some((pad) => pad !== 0)),
    blocked: (operation) => {
      const attributes = { ...attributesOf(operation), dilations: operation.dilations };
      return { operator: op, attributes };
    },
    write: (operation, { write }) => write(attributesOf(operation)),
  };
}

function globalPool<Op extends 'GlobalMaxPool' | 'GlobalAveragePool'>(op: Op): PlainRules<GlobalPool<Op>> {
  return {
    ...OF_CHANNELS,
    read(call) {
      const x = call.computed(0);
      spatialOf(x);
      return call.add({ op }, [x]);
    },
    shape(_, [x]) {
      const [channels = 0, ...spatial] = x?.shape ?? [];
      check(
        spatial.length > 0,
        () => `an input ${withSamples(x?.shape ?? [])}, which has no axes to pool over`,
      );
      return [channels, ...spatial.map(() => 1)];
    },
    kernel(_, { value, output }) {
      const axes = output.shape.slice(1).map((__, axis) => axis + 2);
      return reducing(op === 'GlobalMaxPool' ? 'ReduceMax' : 'ReduceMean', axes, value(0), output);
    },
    known: (_, site) => pooled(site, false),
    blocked: () => ({ operator: op }),
    write: (_, { write }) => write(),
  };
}

export const POOLS = {
  MaxPool: pool('MaxPool'),
  AveragePool: pool('AveragePool'),
  GlobalMaxPool: globalPool('GlobalMaxPool'),
  GlobalAveragePool: globalPool('GlobalAveragePool'),
};

function readPool<Op extends Pool['op']>(call: Call<Pool<Op>>, op: Op): Readable {
  const x = call.computed(0);
  const spatial = spatialOf(x);
  const kernel = sizes(call, 'kernel_shape', spatial.length, 1, 0);
  const window = windowOf(call, spatial, kernel);
  const average = op === 'AveragePool';
  if (average && window.dilations.some((dilation) => dilation !== 1))
    throw new Refusal('averages with gaps (dilations); only dilations of 1 are supported');
  const countIncludePad = average && countsPadding(call, window);
  const extents = kernel.map((size, axis) => (size - 1) * (window.dilations[axis] ?? 1) + 1);
  if (window.pads.some((pad, place) => pad >= (extents[place % extents.length] ?? 1)))
    throw new Refusal(
      `a kernel [${kernel.join(', ')}] with padding [${window.pads.join(', ')}], so that windows see padding only; less padding is needed`,
    );
  return call.add({ op, kernel, ...window, countIncludePad }, [x]);
}

/** Whether an average counts padding. What a last window reaches over the end (ceil_mode) is none, and never counts. */
function countsPadding(call: Call, { pads }: Window): boolean {
  if (!call.flag('count_include_pad', false)) return false;
  const automatic = call.text('auto_pad', 'NOTSET');
  if (!call.flag('ceil_mode', false) || automatic.startsWith('SAME')) return true;
  const own = automatic === 'VALID' ? [] : (call.integers('pads') ?? []);
  if (own.every((pad) => pad === 0)) return false;
  if (own.join() === pads.join()) return true;
  throw new Refusal(
    'counts padding (count_include_pad), has some, and reaches over the end of it (ceil_mode); leave one of them out',
  );
}

/** `bordered`: windows at the border take zeros in. */
function pooled({ inputs, shape, entries }: KnownSite, bordered: boolean): Entries {
  const [channels = 1, ...rest] = inputs[0]?.shape ?? [];
  const { value, error } = channelEntries(entries(0), channels, 1, sizeOf(rest));
  const result = emptyEntries(channels, sizeOf(shape.slice(1)));
  for (let channel = 0; channel < channels; channel++) {
    const [x, off] = [value[channel] ?? Number.NaN, error[channel] ?? 0];
    if (x === 0 && off === 0) continue;
    result.value[channel] = bordered ? Number.NaN : x;
    result.error[channel] = off + 16 * EPSILON * Math.abs(x);
  }
  return result;
}

/** Elements that one output is taken of: `elements` from `starts[output]` to `starts[output + 1]`, and what divides their sum. */
interface Windows {
  readonly starts: Int32Array;
  readonly elements: Int32Array;
  readonly divisors: Float64Array;
}

/** The windows of one channel. Elements in the padding are left out: they are zeros to an average, nothing to a maximum. */
function windowsOf(pool: Pool, sizes: Shape, results: Shape): Windows {
  const { kernel, strides, pads, dilations, countIncludePad } = pool;
  const steps = stridesOf(sizes);
  const starts = [0];
  const elements: number[] = [];
  const divisors: number[] = [];
  eachPosition(results, (result) => {
    eachPosition(kernel, (tap) => {
      let element = 0;
      for (const [axis, size] of sizes.entries()) {
        const at =
          (result[axis] ?? 0) * (strides[axis] ?? 1) +
          (tap[axis] ?? 0) * (dilations[axis] ?? 1) -
          (pads[axis] ?? 0);
        if (at < 0 || at >= size) return;
        element += at * (steps[axis] ?? 0);
      }
      elements.push(element);
    });
    divisors.push(countIncludePad ? sizeOf(kernel) : elements.length - (starts.at(-1) ?? 0));
    starts.push(elements.length);
  });
  return {
    starts: Int32Array.from(starts),
    elements: Int32Array.from(elements),
    divisors: Float64Array.from(divisors),
  };
}

function pooling(operation: Pool, x: Value, y: Value): Kernel {
  const [channels = 0, ...sizes] = x.shape;
  const { starts, elements, divisors } = windowsOf(operation, sizes, y.shape.slice(1));
  const plane = sizeOf(sizes);
  const results = divisors.length;
  const largest = operation.op === 'MaxPool';
  const from = x.data;
  const to = y.data;
  return () => {
    for (let channel = 0; channel < channels; channel++) {
      const source = channel * plane;
      for (let result = 0; result < results; result++) {
        const end = starts[result + 1] ?? 0;
        let found = largest ? Number.NEGATIVE_INFINITY : 0;
        for (let index = starts[result] ?? 0; index < end; index++) {
          const value = from[source + (elements[index] ?? 0)] ?? 0;
          found = largest ? Math.max(found, value) : found + value;
        }
        to[channel * results + result] = largest ? found : found / (divisors[result] ?? 1);
      }
    }
  };
}

/** Calls `visit` with the position of every element of a tensor of this shape, in order. */
function eachPosition(shape: readonly number[], visit: (position: readonly number[]) => void): void {
  const position = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let index = 0; index < size; index++) {
    visit(position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      position[axis] = next < (shape[axis] ?? 0) ? next : 0;
      if (next < (shape[axis] ?? 0)) break;
    }
  }
}
