/** Operators that are read as several operations of a graph. */
import { axisIn, type Call, type Computed, type Fixed, Refusal } from '../operators/call.ts';
import { besideSamples, expanded, reshaped } from '../operators/folding.ts';
import { withSamples } from '../operators/mismatch.ts';
import { readChain } from '../operators/pairs.ts';
import type { Operation, Reader } from '../operators/table.ts';
import { sizeOf } from '../tensor.ts';

export const COMPOSITIONS: Readonly<Record<string, Reader>> = {
  /** Channels in groups, each normalised over its elements; then every channel scaled and shifted. */
  GroupNormalization(call) {
    const x = call.computed(0);
    const [channels = 0, ...spatial] = x.shape;
    const groups = call.integer('num_groups', 0);
    if (!(groups >= 1 && channels % groups === 0 && spatial.length > 0))
      throw new Refusal(
        `makes ${groups} groups of ${withSamples(x.shape)}; a divisor of the channels is needed`,
      );
    const size = sizeOf(x.shape) / groups;
    const grouped = call.add({ op: 'Reshape', shape: [groups, size] }, [x], 'grouped');
    const unit = normalised(call, grouped, [2]);
    const whole = call.add({ op: 'Reshape', shape: [...x.shape] }, [unit], 'whole');
    return scaledAndShifted(call, whole, (fixed) => perChannel(fixed, x, groups));
  },

  /** Every channel normalised over its elements, then scaled and shifted. */
  InstanceNormalization(call) {
    const x = call.computed(0);
    const axes = x.shape.slice(1).map((_, axis) => axis + 2);
    if (axes.length === 0)
      throw new Refusal(`its input is ${withSamples(x.shape)}; [N, channels, …] is needed`);
    return scaledAndShifted(call, normalised(call, x, axes), (fixed) => perChannel(fixed, x));
  },

  /** x normalised along its last axes, then scaled and shifted. */
  LayerNormalization(call) {
    const x = call.computed(0);
    const rank = x.shape.length + 1;
    const first = axisIn(call.integer('axis', -1), rank);
    if (first === 0) throw new Refusal('normalises over the samples (axis 0); samples must not be combined');
    const axes = Array.from({ length: rank - first }, (_, index) => first + index);
    return scaledAndShifted(call, normalised(call, x, axes), (fixed) => besideSamples(fixed, rank - 1));
  },

  /** x · tanh(softplus(x)). */
  Mish(call) {
    const x = call.computed(0);
    const bent = call.add({ op: 'Tanh' }, [call.add({ op: 'Softplus' }, [x], 'softplus')], 'tanh');
    return call.add({ op: 'Mul' }, [x, bent]);
  },

  Pow(call) {
    const x = call.computed(0);
    const power = call.input(1);
    const whole = power.kind === 'wholes' && power.values.length === 1;
    const exponent = whole ? power.values[0] : call.scalar(1);
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
  const x = call.computed(0);
  const fixed = (name: string, fallback: number) => {
    const values = call.floats(name) ?? [fallback];
    return constantOf(`${call.node.name || call.node.output[0]}.${name}`, [values.length], values);
  };
  const shifted = call.add({ op: 'Sub' }, [x, fixed('offset', 0)], 'shifted');
  return call.add({ op: 'Mul' }, [shifted, fixed('scale', 1)]);
}

function constantOf(origin: string, shape: readonly number[], values: readonly number[]): Fixed {
  return { kind: 'fixed', origin, shape, data: Float32Array.from(values) };
}

/** (x − mean) / √(variance + epsilon) along the axes. */
function normalised(call: Call<Operation>, x: Computed, axes: readonly number[]): Computed {
  const mean = call.add({ op: 'ReduceMean', axes, keepdims: true }, [x], 'mean');
  const centred = call.add({ op: 'Sub' }, [x, mean], 'centred');
  const squared = call.add({ op: 'Mul' }, [centred, centred], 'squared');
  const variance = call.add({ op: 'ReduceMean', axes, keepdims: true }, [squared], 'variance');
  const epsilon = constantOf(`${call.node.output[0]}.epsilon`, [], [call.float('epsilon', 1e-5)]);
  const safe = call.add({ op: 'Add' }, [variance, epsilon], 'safe');
  return call.add({ op: 'Div' }, [centred, call.add({ op: 'Sqrt' }, [safe], 'deviation')], 'unit');
}

/** By the constants at inputs 1 and, if there, 2, in the shape that they are given. */
function scaledAndShifted(call: Call<Operation>, unit: Computed, shaped: (fixed: Fixed) => Fixed): Computed {
  const scale = shaped(call.fixed(1));
  if (call.inputs[2] === undefined) return call.add({ op: 'Mul' }, [unit, scale]);
  const stretched = call.add({ op: 'Mul' }, [unit, scale], 'stretched');
  return call.add({ op: 'Add' }, [stretched, shaped(call.fixed(2))]);
}

/** A number for each channel of x or, in older sets, for each group of them, [C, 1, …]. */
function perChannel(fixed: Fixed, { shape: [channels = 0, ...spatial] }: Computed, groups = channels): Fixed {
  const ofGroups = fixed.data.length === groups && groups !== channels;
  const each = ofGroups
    ? reshaped(expanded(reshaped(fixed, [groups, 1]), [groups, channels / groups]), [channels])
    : fixed;
  return reshaped(each, [channels, ...spatial.map(() => 1)]);
}
