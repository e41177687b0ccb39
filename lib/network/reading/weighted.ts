/** Products with weights, and normalisation. */
import { sizeOf } from '../graph.ts';
import { withSamples } from '../shapes.ts';
import { expanded, mapped, reshaped } from './constants.ts';
import { besideSamples } from './shapes.ts';
import {
  axisOf,
  computedOf,
  describe,
  type Fixed,
  fixedOf,
  flag,
  float,
  inputOf,
  integer,
  type OperatorReader,
  Refusal,
} from './values.ts';

/** A bias of that many elements: [M], [1, M] or one for all. */
function biasOf(bias: Fixed, outputs: number): Fixed {
  return expanded(reshapedBias(besideSamples(bias, 1)), [outputs]);
}

function reshapedBias(bias: Fixed): Fixed {
  return bias.shape.length === 1 ? bias : reshaped(bias, [bias.data.length]);
}

export const readGemm: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const stored = fixedOf(call, 1);
  if (flag(call, 'transA', false))
    throw new Refusal('transposes its input (transA), which mixes the samples; transA must be 0');
  const transB = flag(call, 'transB', false);
  const scaledBy = (fixed: Fixed, factor: number) =>
    factor === 1 ? fixed : mapped(fixed, (value) => value * factor);
  const weight = scaledBy(stored, float(call, 'alpha', 1));
  const beta = float(call, 'beta', 1);
  const outputs = weight.shape[transB ? 0 : 1] ?? 0;
  if (call.inputs[2] === undefined) return call.add({ op: 'Gemm', transB }, [x, weight]);
  call.spend(outputs);
  const bias = biasOf(fixedOf(call, 2), outputs);
  return call.add({ op: 'Gemm', transB }, [x, weight, scaledBy(bias, beta)]);
};

export const readMatMul: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  const weight = inputOf(call, 1);
  if (x.kind !== 'computed' || weight.kind !== 'fixed')
    throw new Refusal(
      `multiplies ${describe(x)} with ${describe(weight)}; a value times constant weights, in this order, is supported`,
    );
  return call.add({ op: 'MatMul' }, [x, weight]);
};

export const readBatchNormalization: OperatorReader = (call) => {
  const statistics = [1, 2, 3, 4].map((place) => fixedOf(call, place));
  const training =
    flag(call, 'training_mode', false) || call.node.output.slice(1).some((name) => name !== '');
  if (training || !flag(call, 'spatial', true))
    throw new Refusal(
      'computes statistics of the batch, as in training. Export the model for inference: model.eval()',
    );
  const epsilon = float(call, 'epsilon', 1e-5);
  return call.add({ op: 'BatchNormalization', epsilon }, [computedOf(call, 0), ...statistics]);
};

/** Operator set from which Softmax works along one axis; before, along all from that one on. */
const SOFTMAX_OF_ONE_AXIS = 13;

export const readSoftmax =
  (op: 'Softmax' | 'LogSoftmax'): OperatorReader =>
  (call) => {
    const x = computedOf(call, 0);
    const one = call.operatorSet >= SOFTMAX_OF_ONE_AXIS;
    const axis = axisOf(integer(call, 'axis', one ? -1 : 1), x.shape.length + 1);
    if (axis === 0) throw new Refusal('runs along axis 0, that of the samples; each sample stays by itself');
    if (!one && sizeOf(x.shape.slice(axis)) !== 1)
      throw new Refusal(
        `runs along all axes of ${withSamples(x.shape)} from ${axis}; only the last one is supported`,
      );
    return call.add({ op, axis }, [x]);
  };

/** x normalised along its last axes, then scaled and shifted. */
export const readLayerNormalization: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const rank = x.shape.length + 1;
  const first = axisOf(integer(call, 'axis', -1), rank);
  if (first === 0) throw new Refusal('normalises over the samples (axis 0); each sample stays by itself');
  const axes = Array.from({ length: rank - first }, (_, index) => first + index);
  const fixed = (part: string, data: Float32Array): Fixed => ({
    kind: 'fixed',
    origin: `${call.node.output[0]}.${part}`,
    shape: [],
    data,
  });
  const mean = call.add({ op: 'ReduceMean', axes, keepdims: true }, [x], 'mean');
  const centred = call.add({ op: 'Sub' }, [x, mean], 'centred');
  const squared = call.add({ op: 'Mul' }, [centred, centred], 'squared');
  const variance = call.add({ op: 'ReduceMean', axes, keepdims: true }, [squared], 'variance');
  const epsilon = fixed('epsilon', Float32Array.of(float(call, 'epsilon', 1e-5)));
  const deviation = call.add(
    { op: 'Sqrt' },
    [call.add({ op: 'Add' }, [variance, epsilon], 'safe')],
    'deviation',
  );
  const unit = call.add({ op: 'Div' }, [centred, deviation], 'unit');
  const scale = besideSamples(fixedOf(call, 1), x.shape.length);
  if (call.inputs[2] === undefined) return call.add({ op: 'Mul' }, [unit, scale]);
  const stretched = call.add({ op: 'Mul' }, [unit, scale], 'stretched');
  return call.add({ op: 'Add' }, [stretched, besideSamples(fixedOf(call, 2), x.shape.length)]);
};
