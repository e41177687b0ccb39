/** Weights that several nodes share. */
import { weightedRulesOf } from '../site.ts';
import type { ReadNode } from './output.ts';

/** A weight that some nodes take transposed is one tensor with one mask: all of them take it as it is stored. */
export function withSharedWeights(nodes: readonly ReadNode[]): ReadNode[] {
  const weightOf = ({ operation, operands }: ReadNode) => {
    const weight = weightedRulesOf(operation) ? operands[1] : undefined;
    return weight?.kind === 'fixed' ? weight : undefined;
  };
  const stored = new Set(nodes.map((node) => weightOf(node)?.data));
  return nodes.map((node) => {
    const original = weightOf(node)?.transposeOf;
    if (original === undefined || !stored.has(original.data)) return node;
    const [x, , ...others] = node.operands;
    if (x?.kind !== 'computed') return node;
    const inputs = [{ shape: x.shape, constant: false }];
    const operation = weightedRulesOf(node.operation)?.transposed(node.operation, { inputs });
    return operation ? { ...node, operation, operands: [x, original, ...others] } : node;
  });
}
