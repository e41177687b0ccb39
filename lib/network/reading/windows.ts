/** Operators that slide a window: convolutions and pools. Padding comes down to numbers. */

import { withSamples } from '../shapes.ts';
import { besideSamples } from './shapes.ts';
import {
  type Call,
  type Computed,
  computedOf,
  fixedOf,
  flag,
  integer,
  integers,
  type OperatorReader,
  Refusal,
  textOf,
} from './values.ts';

interface Window {
  readonly strides: number[];
  readonly pads: number[];
  readonly dilations: number[];
}

/** A list of so many whole numbers, all at least `least`; `fallback` each where it is not given. */
function sizes(call: Call, name: string, count: number, least: number, fallback: number): number[] {
  const found = integers(call, name) ?? Array.from({ length: count }, () => fallback);
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

function windowOf(call: Call, spatial: readonly number[], kernel: readonly number[]): Window {
  const axes = spatial.length;
  const strides = sizes(call, 'strides', axes, 1, 1);
  const dilations = sizes(call, 'dilations', axes, 1, 1);
  const own = sizes(call, 'pads', 2 * axes, 0, 0);
  const how = textOf(call, 'auto_pad', 'NOTSET');
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
  if (!flag(call, 'ceil_mode', false)) return { strides, dilations, pads };
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

export const readConv: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const weight = fixedOf(call, 1);
  const kernel = weight.shape.slice(2);
  const spatial = spatialOf(x);
  const given = integers(call, 'kernel_shape');
  if (kernel.length !== spatial.length || (given && given.join() !== kernel.join()))
    throw new Refusal(
      `its weight "${weight.origin}" [${weight.shape.join(', ')}] does not fit ${withSamples(x.shape)} or its kernel_shape`,
    );
  const group = integer(call, 'group', 1);
  if (!(Number.isSafeInteger(group) && group >= 1))
    throw new Refusal(`its attribute group is ${group}; at least 1 is needed`);
  const operation = { op: 'Conv' as const, ...windowOf(call, spatial, kernel), group };
  if (call.inputs[2] === undefined) return call.add(operation, [x, weight]);
  return call.add(operation, [x, weight, besideSamples(fixedOf(call, 2), 1)]);
};

export const readPool: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const spatial = spatialOf(x);
  const kernel = sizes(call, 'kernel_shape', spatial.length, 1, 0);
  const window = windowOf(call, spatial, kernel);
  const average = call.node.opType === 'AveragePool';
  const countIncludePad = average && flag(call, 'count_include_pad', false);
  if (average && window.dilations.some((dilation) => dilation !== 1))
    throw new Refusal('averages with gaps (dilations); only dilations of 1 are supported');
  if (countIncludePad && flag(call, 'ceil_mode', false))
    throw new Refusal('counts padding (count_include_pad) and rounds up (ceil_mode); use only one of both');
  const extents = kernel.map((size, axis) => (size - 1) * (window.dilations[axis] ?? 1) + 1);
  if (window.pads.some((pad, place) => pad >= (extents[place % extents.length] ?? 1)))
    throw new Refusal(
      `a kernel [${kernel.join(', ')}] with padding [${window.pads.join(', ')}], so that windows see padding only; less padding is needed`,
    );
  return call.add({ op: average ? 'AveragePool' : 'MaxPool', kernel, ...window, countIncludePad }, [x]);
};
