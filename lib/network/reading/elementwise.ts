/** Operators that work element by element, on values and, folded, on constants. */
import { PAIRS, type PairOperator } from '../activations.ts';
import { sizeOf } from '../graph.ts';
import { broadcastShape, combined, mapped } from './constants.ts';
import { besideSamples, combineWholes } from './shapes.ts';
import {
  type Call,
  type Computed,
  computedOf,
  type Fixed,
  float,
  floatsOf,
  inputOf,
  type OperatorReader,
  type Readable,
  Refusal,
  scalarOf,
  textOf,
} from './values.ts';

/** PRelu has a reader of its own. */
type Binary = Exclude<PairOperator, 'PRelu'>;

/** What leaves a number as it is, on the right. */
const NEUTRAL: Readonly<Partial<Record<Binary, number>>> = { Add: 0, Sub: 0, Mul: 1, Div: 1 };

function combine(call: Call, op: Binary, a: Computed | Fixed, b: Computed | Fixed, part?: string) {
  if (a.kind === 'fixed' && b.kind === 'fixed') {
    call.spend(sizeOf(broadcastShape(a.shape, b.shape)));
    return combined(a, b, PAIRS[op]);
  }
  return call.add({ op }, besideEachOther(a, b), part);
}

/** Constants without an axis for the samples. */
function besideEachOther(a: Computed | Fixed, b: Computed | Fixed): Readable[] {
  const rank = (a.kind === 'computed' ? a : b).shape.length;
  return [a, b].map((one) => (one.kind === 'fixed' ? besideSamples(one, rank) : one));
}

export const readBinary =
  (op: Binary): OperatorReader =>
  (call) => {
    if (call.inputs.length === 2 && inputOf(call, 0).kind === 'wholes' && inputOf(call, 1).kind === 'wholes')
      return combineWholes(call, PAIRS[op], NEUTRAL[op] ?? Number.NaN, op === 'Add' || op === 'Mul');
    return combine(call, op, floatsOf(call, 0), floatsOf(call, 1));
  };

/** Of any number of inputs: two at a time. */
export const readChain =
  (op: Binary): OperatorReader =>
  (call) => {
    const last = call.inputs.length - 1;
    let value = floatsOf(call, 0);
    for (let place = 1; place <= last; place++)
      value = combine(call, op, value, floatsOf(call, place), place === last ? undefined : `${op}.${place}`);
    return value;
  };

export const readPRelu: OperatorReader = (call) =>
  call.add({ op: 'PRelu' }, besideEachOther(computedOf(call, 0), floatsOf(call, 1)));

type Plain =
  | 'Relu'
  | 'Sigmoid'
  | 'Tanh'
  | 'HardSwish'
  | 'Softplus'
  | 'Softsign'
  | 'Erf'
  | 'Abs'
  | 'Neg'
  | 'Exp'
  | 'Log'
  | 'Sqrt'
  | 'Reciprocal';

const FOLDED: Readonly<Partial<Record<Plain, (value: number) => number>>> = {
  Relu: (value) => Math.max(0, value),
  Sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  Tanh: Math.tanh,
  Abs: Math.abs,
  Neg: (value) => -value,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (value) => 1 / value,
};

/** Of one input and without attributes. */
export const readUnary =
  (op: Plain): OperatorReader =>
  (call) => {
    const x = floatsOf(call, 0);
    const folded = FOLDED[op];
    if (x.kind === 'computed' || folded === undefined) return call.add({ op }, [x]);
    call.spend(x.data.length);
    return mapped(x, folded);
  };

export const readAlpha =
  (op: 'LeakyRelu' | 'Elu', alpha: number): OperatorReader =>
  (call) =>
    call.add({ op, alpha: float(call, 'alpha', alpha) }, [computedOf(call, 0)]);

export const readSelu: OperatorReader = (call) => {
  const alpha = float(call, 'alpha', 1.6732631921768188);
  const gamma = float(call, 'gamma', 1.0507010221481323);
  return call.add({ op: 'Selu', alpha, gamma }, [computedOf(call, 0)]);
};

export const readHardSigmoid: OperatorReader = (call) => {
  const alpha = float(call, 'alpha', 0.2);
  const beta = float(call, 'beta', 0.5);
  return call.add({ op: 'HardSigmoid', alpha, beta }, [computedOf(call, 0)]);
};

export const readGelu: OperatorReader = (call) => {
  const approximate = textOf(call, 'approximate', 'none');
  if (approximate !== 'none' && approximate !== 'tanh')
    throw new Refusal(`its attribute approximate is "${approximate}"; none and tanh are allowed`);
  return call.add({ op: 'Gelu', approximate }, [computedOf(call, 0)]);
};

/** x · tanh(softplus(x)). */
export const readMish: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const bent = call.add({ op: 'Tanh' }, [call.add({ op: 'Softplus' }, [x], 'softplus')], 'tanh');
  return call.add({ op: 'Mul' }, [x, bent]);
};

/** Operator set from which Clip takes its bounds as inputs. */
const CLIP_BY_INPUTS = 11;
/** What stands for no bound in older sets: the largest float32. */
const LARGEST = 3.4028234663852886e38;

export const readClip: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const byInputs = call.operatorSet >= CLIP_BY_INPUTS;
  const min = byInputs ? (scalarOf(call, 1) ?? -LARGEST) : float(call, 'min', -LARGEST);
  const max = byInputs ? (scalarOf(call, 2) ?? LARGEST) : float(call, 'max', LARGEST);
  if (min > max) throw new Refusal(`clips to ${min} … ${max}, which no number is in`);
  const bounds = {
    min: min <= -LARGEST ? Number.NEGATIVE_INFINITY : min,
    max: max >= LARGEST ? Number.POSITIVE_INFINITY : max,
  };
  return call.add({ op: 'Clip', ...bounds }, [x]);
};

export const readPow: OperatorReader = (call) => {
  const x = computedOf(call, 0);
  const power = inputOf(call, 1);
  const exponent = power.kind === 'wholes' && power.values.length === 1 ? power.values[0] : scalarOf(call, 1);
  if (exponent === 1) return x;
  if (exponent === 2) return call.add({ op: 'Mul' }, [x, x]);
  if (exponent === 3) return call.add({ op: 'Mul' }, [call.add({ op: 'Mul' }, [x, x], 'square'), x]);
  if (exponent === 0.5) return call.add({ op: 'Sqrt' }, [x]);
  throw new Refusal(`raises to the power ${exponent}; 0.5, 1, 2 and 3 are supported`);
};

/** (x − offset) · scale: what skl2onnx makes of a scaler. */
export const readScaler =
  (listOf: (call: Call, name: string) => readonly number[] | undefined): OperatorReader =>
  (call) => {
    const x = computedOf(call, 0);
    const fixed = (name: string, fallback: number): Fixed => {
      const data = Float32Array.from(listOf(call, name) ?? [fallback]);
      return {
        kind: 'fixed',
        origin: `${call.node.name || call.node.output[0]}.${name}`,
        shape: [data.length],
        data,
      };
    };
    const shifted = call.add({ op: 'Sub' }, [x, fixed('offset', 0)], 'shifted');
    return call.add({ op: 'Mul' }, [shifted, fixed('scale', 1)]);
  };
