/**
 * Conv, Gemm and MatMul in double precision: products of values and masked weights. Every sum starts with the bias and
 * runs over the weights in the order in which they are stored for that output: input channels, and within a channel the
 * kernel's positions, row-major; inputs in ascending order. Pruned weights and inputs of zero add nothing and are skipped.
 */
import type { Operation } from '../../network/graph.ts';
import { type Kernel, keptOf, type Value, type Weight } from './value.ts';

type ConvOperation = Extract<Operation, { op: 'Conv' }>;

/** Where one position of a kernel meets the input: outputs `from`..`to`−1 of an axis, input = output · stride + `shift`. */
interface Reach {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

/** Per position of the kernel along one axis. */
function reaches(
  size: number,
  kernel: number,
  outputs: number,
  stride: number,
  pad: number,
  dilation: number,
): Reach[] {
  return Array.from({ length: kernel }, (_, tap) => {
    const shift = tap * dilation - pad;
    const from = Math.max(0, Math.ceil(-shift / stride));
    const to = Math.min(outputs, Math.floor((size - 1 - shift) / stride) + 1);
    return { from, to, shift };
  });
}

/** Up to three spatial axes; missing ones count as one of size 1 before the others. */
function threeAxes(sizes: readonly number[], missing: number): [number, number, number] {
  const [x = missing, y = missing, z = missing] = sizes.toReversed();
  return [z, y, x];
}

export function convolution(
  { strides, pads, dilations, group }: ConvOperation,
  x: Value,
  weight: Weight,
  bias: Value | undefined,
  y: Value,
): Kernel {
  const rank = weight.shape.length - 2;
  const [outputs = 0, perGroup = 0, ...kernelSizes] = weight.shape;
  const [inputs = 0] = x.shape;
  const sizes = threeAxes(x.shape.slice(1), 1);
  const results = threeAxes(y.shape.slice(1), 1);
  const kernel = threeAxes(kernelSizes, 1);
  const stride = threeAxes(strides, 1);
  const pad = threeAxes(pads.slice(0, rank), 0);
  const dilation = threeAxes(dilations, 1);
  const axis = (a: 0 | 1 | 2) => reaches(sizes[a], kernel[a], results[a], stride[a], pad[a], dilation[a]);
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

/** `transB`: the weight is stored [outputs, inputs], else [inputs, outputs]. Leading axes of x are rows. */
export function product(
  transB: boolean,
  x: Value,
  weight: Weight,
  bias: Value | undefined,
  y: Value,
): Kernel {
  const [first = 0, second = 0] = weight.shape;
  const [outputs, inputs] = transB ? [first, second] : [second, first];
  const rows = x.data.length / inputs;
  const kept = keptOf(weight);
  const weights = weight.data;
  const places = new Int32Array(inputs);
  const to = y.data;
  const biases = bias?.data ?? new Float64Array(outputs);

  return (mask) => {
    const bytes = kept(mask);
    for (let row = 0; row < rows; row++) {
      const from = x.data.subarray(row * inputs, (row + 1) * inputs);
      let live = 0;
      for (let input = 0; input < inputs; input++) if (from[input] !== 0) places[live++] = input;
      const target = row * outputs;
      for (let output = 0; output < outputs; output++) to[target + output] = biases[output] ?? 0;
      if (transB) {
        for (let output = 0; output < outputs; output++) {
          let sum = to[target + output] ?? 0;
          for (let index = 0; index < live; index++) {
            const input = places[index] ?? 0;
            const at = output * inputs + input;
            if (bytes[at] === 1) sum += (weights[at] ?? 0) * (from[input] ?? 0);
          }
          to[target + output] = sum;
        }
      } else {
        for (let index = 0; index < live; index++) {
          const input = places[index] ?? 0;
          const value = from[input] ?? 0;
          const at = input * outputs;
          for (let output = 0; output < outputs; output++) {
            if (bytes[at + output] === 1)
              to[target + output] = (to[target + output] ?? 0) + (weights[at + output] ?? 0) * value;
          }
        }
      }
    }
  };
}
