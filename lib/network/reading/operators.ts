/** How each operator of ONNX is read. */

import { sizeOf } from '../graph.ts';
import { ELEMENT_TYPES } from '../onnx/schema.ts';
import { readTensor, typeName } from './constants.ts';
import {
  readAlpha,
  readBinary,
  readChain,
  readClip,
  readGelu,
  readHardSigmoid,
  readMish,
  readPow,
  readPRelu,
  readScaler,
  readSelu,
  readUnary,
} from './elementwise.ts';
import {
  axesOf,
  readConcat,
  readExpand,
  readFlatten,
  readGather,
  readReshape,
  readShape,
  readSlice,
  readSqueeze,
  readTranspose,
  readUnsqueeze,
} from './shapes.ts';
import {
  axisOf,
  computedOf,
  describe,
  flag,
  float,
  floats,
  inputOf,
  integer,
  integers,
  knownOf,
  type OperatorReader,
  Refusal,
  scalarOf,
  tensor,
  textOf,
} from './values.ts';
import {
  readBatchNormalization,
  readGemm,
  readLayerNormalization,
  readMatMul,
  readSoftmax,
} from './weighted.ts';
import { readConv, readPool, spatialOf } from './windows.ts';

const readConstant: OperatorReader = (call) => {
  const origin = call.node.output[0] ?? '';
  const value = tensor(call, 'value');
  if (value !== undefined) return readTensor(value, origin);
  const has = (name: string) => call.node.attribute.some((attribute) => attribute.name === name);
  if (has('value_float'))
    return { kind: 'fixed', origin, shape: [], data: Float32Array.of(float(call, 'value_float', 0)) };
  if (has('value_floats')) {
    const data = Float32Array.from(floats(call, 'value_floats') ?? []);
    return { kind: 'fixed', origin, shape: [data.length], data };
  }
  if (has('value_int')) return { kind: 'wholes', shape: [], values: [integer(call, 'value_int', 0)] };
  if (has('value_ints')) {
    const values = integers(call, 'value_ints') ?? [];
    return { kind: 'wholes', shape: [values.length], values };
  }
  throw new Refusal('a constant that is neither float32 nor whole numbers');
};

const readIdentity: OperatorReader = (call) => inputOf(call, 0);

const readDropout: OperatorReader = (call) => {
  const training = call.inputs[2] === undefined ? [0] : knownOf(call, 2);
  if (training.some((value) => value !== 0))
    throw new Refusal('drops units at random, as in training. Export the model for inference: model.eval()');
  return inputOf(call, 0);
};

const readCast: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  const to = integer(call, 'to', 0);
  const whole = to === ELEMENT_TYPES.int64 || to === ELEMENT_TYPES.int32 || to === ELEMENT_TYPES.bool;
  if (x.kind === 'wholes' ? whole : to === ELEMENT_TYPES.float32) return x;
  if (x.kind === 'wholes' && to === ELEMENT_TYPES.float32) {
    const data = Float32Array.from(knownOf(call, 0));
    return { kind: 'fixed', origin: call.node.output[0] ?? '', shape: x.shape, data };
  }
  if (x.kind === 'fixed' && whole && x.data.every(Number.isSafeInteger))
    return { kind: 'wholes', shape: x.shape, values: [...x.data] };
  throw new Refusal(`turns ${describe(x)} into ${typeName(to)}; everything must be computed in float32`);
};

const readCastLike: OperatorReader = (call) => {
  const x = inputOf(call, 0);
  const like = inputOf(call, 1);
  if ((x.kind === 'wholes') === (like.kind === 'wholes')) return x;
  throw new Refusal(`turns ${describe(x)} into the type of ${describe(like)}`);
};

const readGlobalPool =
  (op: 'GlobalAveragePool' | 'GlobalMaxPool'): OperatorReader =>
  (call) => {
    const x = computedOf(call, 0);
    spatialOf(x);
    return call.add({ op }, [x]);
  };

const readReduction =
  (op: 'ReduceMean' | 'ReduceSum' | 'ReduceMax'): OperatorReader =>
  (call) => {
    const x = computedOf(call, 0);
    const given = axesOf(call, 1) ?? [];
    if (given.length === 0 && flag(call, 'noop_with_empty_axes', false)) return x;
    const axes = [...new Set(given.map((axis) => axisOf(axis, x.shape.length + 1)))].toSorted(
      (a, b) => a - b,
    );
    if (axes.length === 0 || axes.includes(0))
      throw new Refusal('reduces over the samples (axis 0, or all axes); each sample stays by itself');
    return call.add({ op, axes, keepdims: flag(call, 'keepdims', true) }, [x]);
  };

/** Operator set from which Pad takes its pads as inputs. */
const PAD_BY_INPUTS = 11;

const readPad: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const rank = x.shape.length + 1;
  const mode = textOf(call, 'mode', 'constant');
  if (mode !== 'constant') throw new Refusal(`pads by the mode "${mode}"; only "constant" is supported`);
  const byInputs = call.operatorSet >= PAD_BY_INPUTS;
  const given = byInputs ? knownOf(call, 1) : (integers(call, 'pads') ?? []);
  const value = byInputs ? (scalarOf(call, 2) ?? 0) : float(call, 'value', 0);
  const axes =
    call.inputs[3] === undefined
      ? Array.from({ length: rank }, (_, axis) => axis)
      : knownOf(call, 3).map((axis) => axisOf(axis, rank));
  const whole = Array.from({ length: 2 * rank }, () => 0);
  for (const [place, axis] of axes.entries()) {
    whole[axis] = given[place] ?? -1;
    whole[rank + axis] = given[axes.length + place] ?? -1;
  }
  if (given.length !== 2 * axes.length || !whole.every((pad) => Number.isSafeInteger(pad) && pad >= 0))
    throw new Refusal(`pads [${given.join(', ')}]; two numbers from 0 for each axis are needed`);
  if (whole[0] !== 0 || whole[rank] !== 0)
    throw new Refusal('pads axis 0, that of the samples; each sample stays by itself');
  if (sizeOf(whole.map((pad) => pad + 1)) === 1) return x;
  return call.add({ op: 'Pad', pads: [...whole.slice(1, rank), ...whole.slice(rank + 1)], value }, [x]);
};

/** Operators of the standard's own domain. */
export const OPERATORS: ReadonlyMap<string, OperatorReader> = new Map(
  Object.entries({
    Abs: readUnary('Abs'),
    Add: readBinary('Add'),
    AveragePool: readPool,
    BatchNormalization: readBatchNormalization,
    Cast: readCast,
    CastLike: readCastLike,
    Clip: readClip,
    Concat: readConcat,
    Constant: readConstant,
    Conv: readConv,
    Div: readBinary('Div'),
    Dropout: readDropout,
    Elu: readAlpha('Elu', 1),
    Erf: readUnary('Erf'),
    Exp: readUnary('Exp'),
    Expand: readExpand,
    Flatten: readFlatten,
    Gather: readGather,
    Gelu: readGelu,
    Gemm: readGemm,
    GlobalAveragePool: readGlobalPool('GlobalAveragePool'),
    GlobalMaxPool: readGlobalPool('GlobalMaxPool'),
    HardSigmoid: readHardSigmoid,
    HardSwish: readUnary('HardSwish'),
    Identity: readIdentity,
    LayerNormalization: readLayerNormalization,
    LeakyRelu: readAlpha('LeakyRelu', 0.01),
    Log: readUnary('Log'),
    LogSoftmax: readSoftmax('LogSoftmax'),
    MatMul: readMatMul,
    Max: readChain('Max'),
    MaxPool: readPool,
    Min: readChain('Min'),
    Mish: readMish,
    Mul: readBinary('Mul'),
    Neg: readUnary('Neg'),
    Pad: readPad,
    Pow: readPow,
    PRelu: readPRelu,
    Reciprocal: readUnary('Reciprocal'),
    ReduceMax: readReduction('ReduceMax'),
    ReduceMean: readReduction('ReduceMean'),
    ReduceSum: readReduction('ReduceSum'),
    Relu: readUnary('Relu'),
    Reshape: readReshape,
    Selu: readSelu,
    Shape: readShape,
    Sigmoid: readUnary('Sigmoid'),
    Slice: readSlice,
    Softmax: readSoftmax('Softmax'),
    Softplus: readUnary('Softplus'),
    Softsign: readUnary('Softsign'),
    Sqrt: readUnary('Sqrt'),
    Squeeze: readSqueeze,
    Sub: readBinary('Sub'),
    Sum: readChain('Add'),
    Tanh: readUnary('Tanh'),
    Transpose: readTranspose,
    Unsqueeze: readUnsqueeze,
  } satisfies Record<string, OperatorReader>),
);

/** Operators of the domain ai.onnx.ml, which scikit-learn's models are written in. */
export const CLASSICAL_OPERATORS: ReadonlyMap<string, OperatorReader> = new Map([
  ['Scaler', readScaler(floats)],
]);

/** Why an operator that is not among them is not. */
export function refusalOf(operator: string): string | undefined {
  if (/^(LSTM|GRU|RNN)$/.test(operator)) return 'is recurrent; only feed-forward networks are supported';
  if (/^(Loop|Scan|If|SequenceMap)$/.test(operator))
    return 'is control flow (a loop or a branch); only feed-forward networks are supported. Export the model without it, e.g. with fixed shapes';
  if (/Linear|Integer/.test(operator))
    return 'computes with integers; quantised networks are not supported. Export the float32 network that it was made of';
  return undefined;
}
