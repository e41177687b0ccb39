/** Operators that give a constant, or their input as it is. */
import { ELEMENT_TYPES } from '../onnx/types.ts';
import { describe, Refusal } from '../operators/call.ts';
import type { Reader } from '../operators/table.ts';
import { readTensor, typeName } from './tensors.ts';

export const CONSTANTS: Readonly<Record<string, Reader>> = {
  Constant(call) {
    const origin = call.node.output[0] ?? '';
    const value = call.tensor('value');
    if (value !== undefined) return readTensor(value, origin);
    if (call.has('value_float'))
      return { kind: 'fixed', origin, shape: [], data: Float32Array.of(call.float('value_float', 0)) };
    if (call.has('value_floats')) {
      const data = Float32Array.from(call.floats('value_floats') ?? []);
      return { kind: 'fixed', origin, shape: [data.length], data };
    }
    if (call.has('value_int')) return { kind: 'wholes', shape: [], values: [call.integer('value_int', 0)] };
    if (call.has('value_ints')) {
      const values = call.integers('value_ints') ?? [];
      return { kind: 'wholes', shape: [values.length], values };
    }
    throw new Refusal('a constant that is neither float32 nor whole numbers');
  },

  Identity: (call) => call.input(0),

  Dropout(call) {
    const training = call.inputs[2] === undefined ? [0] : call.known(2);
    if (training.some((value) => value !== 0))
      throw new Refusal(
        'drops units at random, as in training. Export the model for inference: model.eval()',
      );
    return call.input(0);
  },

  Cast(call) {
    const x = call.input(0);
    const to = call.integer('to', 0);
    const whole = to === ELEMENT_TYPES.int64 || to === ELEMENT_TYPES.int32 || to === ELEMENT_TYPES.bool;
    if (x.kind === 'wholes' ? whole : to === ELEMENT_TYPES.float32) return x;
    if (x.kind === 'wholes' && to === ELEMENT_TYPES.float32) {
      const data = Float32Array.from(call.known(0));
      return { kind: 'fixed', origin: call.node.output[0] ?? '', shape: x.shape, data };
    }
    if (x.kind === 'fixed' && whole && x.data.every(Number.isSafeInteger))
      return { kind: 'wholes', shape: x.shape, values: [...x.data] };
    throw new Refusal(`turns ${describe(x)} into ${typeName(to)}; everything must be computed in float32`);
  },

  CastLike(call) {
    const x = call.input(0);
    const like = call.input(1);
    if ((x.kind === 'wholes') === (like.kind === 'wholes')) return x;
    throw new Refusal(`turns ${describe(x)} into the type of ${describe(like)}`);
  },
};
