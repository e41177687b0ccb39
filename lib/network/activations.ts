/** The functions of one element, or of two, in double precision. What is not a number stays so. */
import type { Operation } from './graph.ts';
import { erf, gelu, softplus } from './special-functions.ts';

/** The function of one element that an operation stands for; undefined where it is none. */
export function activationOf(operation: Operation): ((x: number) => number) | undefined {
  switch (operation.op) {
    case 'Relu':
      return (x) => (x < 0 ? 0 : x);
    case 'Sigmoid':
      return (x) => 1 / (1 + Math.exp(-x));
    case 'Tanh':
      return Math.tanh;
    case 'HardSwish':
      return (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5));
    case 'Softplus':
      return softplus;
    case 'Softsign':
      return (x) => x / (1 + Math.abs(x));
    case 'Erf':
      return erf;
    case 'Abs':
      return Math.abs;
    case 'Neg':
      return (x) => -x;
    case 'Exp':
      return Math.exp;
    case 'Log':
      return Math.log;
    case 'Sqrt':
      return Math.sqrt;
    case 'Reciprocal':
      return (x) => 1 / x;
    case 'LeakyRelu': {
      const { alpha } = operation;
      return (x) => (x < 0 ? alpha * x : x);
    }
    case 'Elu': {
      const { alpha } = operation;
      return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
    }
    case 'Selu': {
      const { alpha, gamma } = operation;
      return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
    }
    case 'HardSigmoid': {
      const { alpha, beta } = operation;
      return (x) => Math.max(0, Math.min(1, alpha * x + beta));
    }
    case 'Gelu': {
      const { approximate } = operation;
      return (x) => gelu(x, approximate);
    }
    case 'Clip': {
      const { min, max } = operation;
      return (x) => Math.min(max, Math.max(min, x));
    }
    default:
      return undefined;
  }
}

/** The functions of two elements, by their operators. */
export const PAIRS = {
  Add: (a: number, b: number) => a + b,
  Sub: (a: number, b: number) => a - b,
  Mul: (a: number, b: number) => a * b,
  Div: (a: number, b: number) => a / b,
  Max: Math.max,
  Min: Math.min,
  PRelu: (x: number, slope: number) => (x < 0 ? slope * x : x),
} as const;

export type PairOperator = keyof typeof PAIRS;

/** Whether an operation works on two operands, element by element. */
export function isPairOperator(op: Operation['op']): op is PairOperator {
  return op in PAIRS;
}
