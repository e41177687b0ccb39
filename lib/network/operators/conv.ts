/**
 * Convolutions. Every sum starts with the bias and runs over the weights in the order in which they are stored for that
 * output: input channels, and within a channel the kernel's positions, row-major. Pruned weights and inputs of zero add
 * nothing and are skipped.
 */
import { type Shape, sizeOf } from '../tensor.ts';
import { ALIGNMENT, type BlockedProduct, blockedWeight } from './blocked.ts';
import { type Call, type Readable, Refusal } from './call.ts';
import { checkBias } from './dense.ts';
import { besideSamples } from './folding.ts';
import { type Kernel, keptOf, type Value, type Weight } from './kernel.ts';
import { check, withSamples } from './mismatch.ts';
import type { Operand, WeightedRules } from './rules.ts';
import { slid, spatialOf, type Window, windowOf } from './windows.ts';

/** Inputs x [C, …spatial], weight [M, C / group, …kernel] and, if there, bias [M]. */
export interface Conv extends Window {
  readonly op: 'Conv';
  readonly group: number;
}

export const conv: WeightedRules<Conv> = {
  read: readConv,
  shape: convolved,
  layout({ group, pads }, { inputs: [x, weight], shape }) {
    const [outputs = 0, inputs = 0, ...kernel] = weight?.shape ?? [];
    const taps = sizeOf(kernel);
    return {
      groups: group,
      outputs,
      inputs,
      taps,
      inputsFirst: false,
      outputStride: inputs * taps,
      inputStride: taps,
      padded: pads.some((pad) => pad !== 0),
      ofChannels: true,
      before: 1,
      after: sizeOf(x?.shape.slice(1) ?? []),
      outputAfter: sizeOf(shape.slice(1)),
    };
  },
  kernel: (operation, { inputs, value, weight, output }) =>
    convolution(operation, value(0), weight(1), inputs[2] && value(2), output),
  blockedProduct: blockedConvolution,
  regrouped: (operation, group) => ({ ...operation, group }),
  biased: (operation) => operation,
  transposed: () => undefined,
  write: ({ strides, pads, dilations, group }, { write }) => write({ strides, pads, dilations, group }),
};

function readConv(call: Call<Conv>): Readable {
  const x = call.computed(0);
  const weight = call.fixed(1);
  const kernel = weight.shape.slice(2);
  const spatial = spatialOf(x);
  const given = call.integers('kernel_shape');
  if (kernel.length !== spatial.length || (given && given.join() !== kernel.join()))
    throw new Refusal(
      `its weight "${weight.origin}" [${weight.shape.join(', ')}] does not fit ${withSamples(x.shape)} or its kernel_shape`,
    );
  const group = call.integer('group', 1);
  if (!(Number.isSafeInteger(group) && group >= 1))
    throw new Refusal(`its attribute group is ${group}; at least 1 is needed`);
  const operation = { op: 'Conv' as const, ...windowOf(call, spatial, kernel), group };
  if (call.inputs[2] === undefined) return call.add(operation, [x, weight]);
  return call.add(operation, [x, weight, besideSamples(call.fixed(2), 1)]);
}

function convolved(operation: Conv, [x, weight, bias]: readonly Operand[]): number[] {
  const [channels = 0, ...spatial] = x?.shape ?? [];
  const [filters = 0, depth = 0, ...kernel] = weight?.shape ?? [];
  check(
    spatial.length > 0 && kernel.length === spatial.length,
    () => `a weight [${weight?.shape.join(', ')}] on ${withSamples(x?.shape ?? [])}`,
  );
  check(
    depth * operation.group === channels && filters % operation.group === 0,
    () => `a weight [${weight?.shape.join(', ')}] in ${operation.group} group(s) on ${channels} channels`,
  );
  checkBias(bias, filters);
  return [filters, ...slid(spatial, kernel, operation)];
}

/** The product in blocked layout; undefined where there is none. `shape`: of its weight. */
function blockedConvolution(operation: Conv, shape: Shape, block: number): BlockedProduct | undefined {
  const { strides, pads, dilations, group } = operation;
  const [outputs = 0, inputs = 0] = shape;
  if (block <= 1 || shape.length !== 4) return undefined;
  const attributes = { kernel_shape: shape.slice(2), strides, pads, dilations, group };
  const by = (input: 'plain' | 'blocked', inputsBlocked: boolean) => {
    return { operator: 'Conv', attributes, input, weight: blockedWeight(shape, block, inputsBlocked) };
  };
  if (group === 1) {
    // An input of few channels is read as it is.
    const few = inputs < block;
    if (!few && inputs % ALIGNMENT !== 0) return undefined;
    return by(few ? 'plain' : 'blocked', !few);
  }
  if (inputs === 1 && outputs === group && outputs % block === 0) return by('blocked', false);
  if (inputs % block === 0 && (outputs / group) % block === 0) return by('blocked', true);
  return undefined;
}

/** Where one position of a kernel meets the input: outputs `from`..`to`−1 of an axis, input = output · stride + `shift`. */
interface Reach {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

/** Up to three spatial axes; missing ones count as one of size 1 before the others. */
function threeAxes(sizes: readonly number[], missing: number): [number, number, number] {
  const [x = missing, y = missing, z = missing] = sizes.toReversed();
  return [z, y, x];
}

function convolution(operation: Conv, x: Value, weight: Weight, bias: Value | undefined, y: Value): Kernel {
  const { strides, pads, dilations, group } = operation;
  const rank = weight.shape.length - 2;
  const [outputs = 0, perGroup = 0, ...kernelSizes] = weight.shape;
  const [inputs = 0] = x.shape;
  const sizes = threeAxes(x.shape.slice(1), 1);
  const results = threeAxes(y.shape.slice(1), 1);
  const kernel = threeAxes(kernelSizes, 1);
  const stride = threeAxes(strides, 1);
  const pad = threeAxes(pads.slice(0, rank), 0);
  const dilation = threeAxes(dilations, 1);
  const axis = (a: 0 | 1 | 2): Reach[] =>
    Array.from({ length: kernel[a] }, (_, tap) => {
      const shift = tap * dilation[a] - pad[a];
      const from = Math.max(0, Math.ceil(-shift / stride[a]));
      const to = Math.min(results[a], Math.floor((sizes[a] - 1 - shift) / stride[a]) + 1);
      return { from, to, shift };
    });
  const [depths, rows, columns] = [axis(0), axis(1), axis(2)];
  const taps = depths.flatMap((z) => rows.flatMap((row) => columns.map((column) => ({ z, row, column }))));
  const [, height, width] = sizes;
  const [, resultHeight, resultWidth] = results;
  const [strideZ, strideY, strideX] = stride;
  const plane = sizes[0] * height * width;
  const resultPlane = results[0] * resultHeight * resultWidth;
  const perGroupOutputs = outputs / group;
  const kept = keptOf(weight);
  const live = new Uint8Array(inputs);
  const weights = weight.data;
  const from = x.data;
  const to = y.data;

  return (mask) => {
    const bytes = kept(mask);
    for (let channel = 0; channel < inputs; channel++) {
      let any = 0;
      const end = (channel + 1) * plane;
      for (let index = channel * plane; index < end && any === 0; index++) if (from[index] !== 0) any = 1;
      live[channel] = any;
    }
    let at = 0;
    for (let output = 0; output < outputs; output++) {
      const target = output * resultPlane;
      to.fill(bias?.data[output] ?? 0, target, target + resultPlane);
      const first = Math.floor(output / perGroupOutputs) * perGroup;
      for (let channel = first; channel < first + perGroup; channel++) {
        if (live[channel] === 0) {
          at += taps.length;
          continue;
        }
        const source = channel * plane;
        for (const { z, row, column } of taps) {
          const w = bytes[at] === 1 ? (weights[at] ?? 0) : 0;
          at++;
          if (w === 0) continue;
          for (let oz = z.from; oz < z.to; oz++) {
            for (let oy = row.from; oy < row.to; oy++) {
              const line = target + (oz * resultHeight + oy) * resultWidth;
              const across = (oz * strideZ + z.shift) * height + oy * strideY + row.shift;
              let read = source + across * width + column.from * strideX + column.shift;
              for (let ox = column.from; ox < column.to; ox++, read += strideX) {
                to[line + ox] = (to[line + ox] ?? 0) + w * (from[read] ?? 0);
              }
            }
          }
        }
      }
    }
  };
}
