/** Operators that are read as several operations of a graph. */
import {
  axisOf,
  type Call,
  computedOf,
  type Fixed,
  fixedOf,
  float,
  floats,
  inputOf,
  integer,
  Refusal,
  scalarOf,
} from '../operators/call.ts';
import { besideSamples } from '../operators/folding.ts';
import { readChain } from '../operators/pairs.ts';
import type { Operation, Reader } from '../operators/table.ts';

export const COMPOSITIONS: Readonly<Record<string, Reader>> = {
  /** x normalised along its last axes, then scaled and shifted. */
  LayerNormalization(call) {
    const x = computedOf(call, 0);
    const rank = x.shape.length + 1;
    const first = axisOf(integer(call, 'axis', -1), rank);
    if (first === 0) throw new Refusal('normalises over the samples (axis 0); each sample stays by itself');
    const axes = Array.from({ length: rank - first }, (_, index) => first + index);
    const mean = call.add({ op: 'ReduceMean', axes, keepdims: true }, [x], 'mean');
    const centred = call.add({ op: 'Sub' }, [x, mean], 'centred');
    const squared = call.add({ op: 'Mul' }, [centred, centred], 'squared');
    const variance = call.add({ op: 'ReduceMean', axes, keepdims: true }, [squared], 'variance');
    const epsilon = constantOf(`${call.node.output[0]}.epsilon`, [], [float(call, 'epsilon', 1e-5)]);
    const safe = call.add({ op: 'Add' }, [variance, epsilon], 'safe');
    const unit = call.add({ op: 'Div' }, [centred, call.add({ op: 'Sqrt' }, [safe], 'deviation')], 'unit');
    const scale = besideSamples(fixedOf(call, 1), x.shape.length);
    if (call.inputs[2] === undefined) return call.add({ op: 'Mul' }, [unit, scale]);
    const stretched = call.add({ op: 'Mul' }, [unit, scale], 'stretched');
    return call.add({ op: 'Add' }, [stretched, besideSamples(fixedOf(call, 2), x.shape.length)]);
  },

  /** x · tanh(softplus(x)). */
  Mish(call) {
    const x = computedOf(call, 0);
    const bent = call.add({ op: 'Tanh' }, [call.add({ op: 'Softplus' }, [x], 'softplus')], 'tanh');
    return call.add({ op: 'Mul' }, [x, bent]);
  },

  Pow(call) {
    const x = computedOf(call, 0);
    const power = inputOf(call, 1);
    const whole = power.kind === 'wholes' && power.values.length === 1;
    const exponent = whole ? power.values[0] : scalarOf(call, 1);
    if (exponent === 1) return x;
    if (exponent === 2) return call.add({ op: 'Mul' }, [x, x]);
    if (exponent === 3) return call.add({ op: 'Mul' }, [call.add({ op: 'Mul' }, [x, x], 'square'), x]);
    if (exponent === 0.5) return call.add({ op: 'Sqrt' }, [x]);
    throw new Refusal(`raises to the power ${exponent}; 0.5, 1, 2 and 3 are supported`);
  },

  Sum: (call) => readChain(call, 'Add'),
};

/** (x − offset) · scale: what skl2onnx makes of a scaler. */
export function readScaler(call: Call<Operation>) {
  const x = computedOf(call, 0);
  const fixed = (name: string, fallback: number) => {
    const values = floats(call, name) ?? [fallback];
    return constantOf(`${call.node.name || call.node.output[0]}.${name}`, [values.length], values);
  };
  const shifted = call.add({ op: 'Sub' }, [x, fixed('offset', 0)], 'shifted');
  return call.add({ op: 'Mul' }, [shifted, fixed('scale', 1)]);
}

function constantOf(origin: string, shape: readonly number[], values: readonly number[]): Fixed {
  return { kind: 'fixed', origin, shape, data: Float32Array.from(values) };
}
