/** How far off a constant may be once it went through a function of one element. */
import type { GraphNode } from '../graph.ts';

/** Those whose results are exact in any precision that holds the argument. */
const EXACT: ReadonlySet<string> = new Set(['Relu', 'Abs', 'Neg', 'Clip']);
/** Steepest slopes that are bounded whatever the attributes. */
const SLOPES: ReadonlyMap<string, number> = new Map([
  ['Relu', 1],
  ['Abs', 1],
  ['Neg', 1],
  ['Clip', 1],
  ['Sigmoid', 0.25],
  ['Tanh', 1],
  ['HardSwish', 1.5],
  ['Softplus', 1],
  ['Softsign', 1],
  ['Erf', 1.13],
  ['Gelu', 1.13],
]);

/**
 * How far off the result may be where the argument is off by at most `error` and is worked on in float32; Infinity where
 * that is not known. 0 only for results that are exact.
 */
export function activationError(node: GraphNode, argument: number, result: number, error: number): number {
  if (error === 0 && (EXACT.has(node.op) || (argument === 0 && result === 0))) return 0;
  if (node.op === 'Relu' && argument + error <= 0) return 0;
  const rounding = EXACT.has(node.op) ? 0 : 2e-6 * Math.abs(result) + 2e-7;
  const slope = error === 0 ? 0 : slopeOf(node);
  return slope * error + rounding;
}

function slopeOf(node: GraphNode): number {
  switch (node.op) {
    case 'LeakyRelu':
    case 'Elu':
      return Math.max(1, Math.abs(node.alpha));
    case 'Selu':
      return Math.abs(node.gamma) * Math.max(1, Math.abs(node.alpha));
    case 'HardSigmoid':
      return Math.abs(node.alpha);
    default:
      return SLOPES.get(node.op) ?? Number.POSITIVE_INFINITY;
  }
}
