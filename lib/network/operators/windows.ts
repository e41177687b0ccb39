/** The sliding window of convolutions and pools. Automatic padding becomes numbers. */
import { type Call, type Computed, Refusal } from './call.ts';
import { check, withSamples } from './mismatch.ts';

/** A window that slides along the spatial axes. `pads`: begins, then ends. */
export interface Window {
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** A list of so many whole numbers, all at least `least`; `fallback` each where it is not given. */
export function sizes(call: Call, name: string, count: number, least: number, fallback: number): number[] {
  const found = call.integers(name) ?? Array.from({ length: count }, () => fallback);
  if (found.length !== count || !found.every((size) => Number.isSafeInteger(size) && size >= least))
    throw new Refusal(
      `its attribute ${name} is [${found.join(', ')}]; ${count} numbers from ${least} are needed`,
    );
  return [...found];
}

/** Volumes have three; onnxruntime's windows take no more. */
const MOST_SPATIAL = 3;

/** The axes that a window slides along. Throws `Refusal` where there are none, or more than three. */
export function spatialOf(x: Computed): readonly number[] {
  const spatial = x.shape.slice(1);
  if (spatial.length === 0)
    throw new Refusal(`its input is ${withSamples(x.shape)}; [N, channels, height, width] is needed`);
  if (spatial.length > MOST_SPATIAL)
    throw new Refusal(
      `its input ${withSamples(x.shape)} has ${spatial.length} spatial axes; ${MOST_SPATIAL} are the most allowed. Reshape it to fewer before`,
    );
  return spatial;
}

export function windowOf(call: Call, spatial: readonly number[], kernel: readonly number[]): Window {
  const axes = spatial.length;
  const strides = sizes(call, 'strides', axes, 1, 1);
  const dilations = sizes(call, 'dilations', axes, 1, 1);
  const own = sizes(call, 'pads', 2 * axes, 0, 0);
  const how = call.text('auto_pad', 'NOTSET');
  const extents = kernel.map((size, axis) => (size - 1) * (dilations[axis] ?? 1) + 1);
  if (how === 'SAME_UPPER' || how === 'SAME_LOWER') {
    const begins: number[] = [];
    const ends: number[] = [];
    for (const [axis, size] of spatial.entries()) {
      const stride = strides[axis] ?? 1;
      const missing = Math.max(0, (Math.ceil(size / stride) - 1) * stride + (extents[axis] ?? 1) - size);
      const less = Math.floor(missing / 2);
      begins.push(how === 'SAME_UPPER' ? less : missing - less);
      ends.push(how === 'SAME_UPPER' ? missing - less : less);
    }
    return { strides, dilations, pads: [...begins, ...ends] };
  }
  if (how !== 'NOTSET' && how !== 'VALID')
    throw new Refusal(
      `its attribute auto_pad is "${how}"; NOTSET, VALID, SAME_UPPER, SAME_LOWER are allowed`,
    );
  const pads = how === 'VALID' ? own.map(() => 0) : own;
  if (!call.flag('ceil_mode', false)) return { strides, dilations, pads };
  // A last window that reaches over the end is one more place, as if there were more padding.
  for (const [axis, size] of spatial.entries()) {
    const stride = strides[axis] ?? 1;
    const padded = size + (pads[axis] ?? 0) + (pads[axes + axis] ?? 0);
    const over = (padded - (extents[axis] ?? 1)) % stride;
    const next = padded - (extents[axis] ?? 1) - over + stride;
    const begins = next < size + (pads[axis] ?? 0);
    if (over > 0 && begins) pads[axes + axis] = (pads[axes + axis] ?? 0) + stride - over;
  }
  return { strides, dilations, pads };
}

/** Places that a window of that kernel takes along each spatial axis. */
export function slid(spatial: readonly number[], kernel: readonly number[], window: Window): number[] {
  const axes = spatial.length;
  check(
    window.strides.length === axes && window.dilations.length === axes && window.pads.length === 2 * axes,
    () => `strides, dilations or pads that do not fit ${axes} axes`,
  );
  return spatial.map((size, axis) => {
    const padded = size + (window.pads[axis] ?? 0) + (window.pads[axes + axis] ?? 0);
    const extent = ((kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1;
    check(padded >= extent, () => `a kernel of extent ${extent} on an axis of ${padded}, padding included`);
    return Math.floor((padded - extent) / (window.strides[axis] ?? 1)) + 1;
  });
}
