/** Operators that work on each element by itself, for the independent implementation of graph networks. */
import type { GraphNode } from '../../lib/network/graph.ts';

/** erf by its Maclaurin series where it converges well, else by its continued fraction. */
function erf(x: number): number {
  if (Math.abs(x) < 2.5) {
    let term = x;
    let total = x;
    for (let n = 1; n < 80; n++) {
      term *= -(x * x) / n;
      total += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * total;
  }
  const size = Math.abs(x);
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / fraction);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export function elementwise(node: GraphNode, x: number, y: number): number | undefined {
  switch (node.op) {
    case 'Add':
      return x + y;
    case 'Sub':
      return x - y;
    case 'Mul':
      return x * y;
    case 'Div':
      return x / y;
    case 'Max':
      return x > y ? x : y;
    case 'Min':
      return x < y ? x : y;
    case 'PRelu':
      return x >= 0 ? x : y * x;
    case 'Relu':
      return x > 0 ? x : 0;
    case 'Sigmoid':
      return sigmoid(x);
    case 'Tanh':
      return (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x));
    case 'HardSwish':
      return x * Math.min(Math.max(x / 6 + 1 / 2, 0), 1);
    case 'Softplus':
      return Math.log(Math.exp(x) + 1);
    case 'Softsign':
      return x / (1 + Math.abs(x));
    case 'Erf':
      return erf(x);
    case 'Abs':
      return x < 0 ? -x : x;
    case 'Neg':
      return 0 - x;
    case 'Exp':
      return Math.E ** x;
    case 'Log':
      return Math.log2(x) * Math.LN2;
    case 'Sqrt':
      return x ** 0.5;
    case 'Reciprocal':
      return 1 / x;
    case 'LeakyRelu':
      return x >= 0 ? x : node.alpha * x;
    case 'Elu':
      return x >= 0 ? x : node.alpha * (Math.exp(x) - 1);
    case 'Celu':
      return Math.max(0, x) + Math.min(0, node.alpha * (Math.exp(x / node.alpha) - 1));
    case 'Selu':
      return x > 0 ? node.gamma * x : node.gamma * (node.alpha * Math.exp(x) - node.alpha);
    case 'HardSigmoid':
      return Math.max(0, Math.min(1, node.alpha * x + node.beta));
    case 'Gelu': {
      if (node.approximate === 'none') return (x / 2) * (1 + erf(x / Math.sqrt(2)));
      return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }
    case 'Clip':
      return x < node.min ? node.min : x > node.max ? node.max : x;
    default:
      return undefined;
  }
}
