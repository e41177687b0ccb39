/** Weights in the blocked layout of onnxruntime: see onnx/blocked-nodes.ts. */
import type { Attributes } from '../onnx/graph-builder.ts';
import { type Shape, sizeOf } from '../tensor.ts';

/** onnxruntime reorders multiples of so many channels. */
export const ALIGNMENT = 4;

function roundUp(channels: number, block: number): number {
  return Math.ceil(channels / block) * block;
}

/** A weight as a blocked convolution wants it. */
export interface BlockedWeight {
  readonly dims: readonly number[];
  /** Where each element goes, in the order in which they are stored; the places between hold zeros. */
  readonly places: Int32Array;
}

/** [M / block, I / block, height, width, block of I, block of M], or, inputs unblocked, [M / block, I, height, width, block of M]. */
export function blockedWeight(shape: Shape, block: number, inputsBlocked: boolean): BlockedWeight {
  const [outputs = 0, inputs = 0, height = 1, width = 1] = shape;
  const inner = inputsBlocked ? block : 1;
  const filled = roundUp(inputs, inner);
  const places = new Int32Array(outputs * inputs * height * width);
  let index = 0;
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const plane = (Math.floor(output / block) * filled) / inner + Math.floor(input / inner);
      for (let tap = 0; tap < height * width; tap++, index++) {
        const pair = (plane * height * width + tap) * inner + (input % inner);
        places[index] = pair * block + (output % block);
      }
    }
  }
  return { dims: [roundUp(outputs, block), filled, height, width], places };
}

/** `data` at its places, zeros between. */
export function ordered(data: Float32Array, { dims, places }: BlockedWeight): Float32Array {
  const values = new Float32Array(sizeOf(dims));
  for (let index = 0; index < data.length; index++) values[places[index] ?? 0] = data[index] ?? 0;
  return values;
}

/** A product in blocked layout: the operator, how it takes its input, and the order of its weight. */
export interface BlockedProduct {
  readonly operator: string;
  readonly attributes: Attributes;
  readonly input: 'blocked' | 'plain';
  readonly weight: BlockedWeight;
}
