/** A node of a graph as the rules of its operator see it, and short ways to ask them. */
import type { Graph, GraphNode } from './graph.ts';
import type { Layout, Operand, Site, WeightedRules } from './operators/rules.ts';
import { type Operation, rulesOf, type WeightedOperator } from './operators/table.ts';

type Shapes = Pick<Graph, 'shapes' | 'constants'>;

/** The shape of one sample of what an operation computes. Throws `ShapeMismatch`. */
export function outputShape(operation: Operation, operands: readonly Operand[]): number[] {
  return rulesOf(operation).shape(operation, operands);
}

export function operandsOf({ inputs }: GraphNode, shapes: Graph['shapes'], constants: Graph['constants']) {
  return inputs.map((name): Operand => {
    const constant = constants.get(name);
    return { shape: constant?.shape ?? shapes.get(name) ?? [], constant: constant !== undefined };
  });
}

export function siteOf({ shapes, constants }: Shapes, node: GraphNode): Site {
  return { inputs: operandsOf(node, shapes, constants), shape: shapes.get(node.output) ?? [] };
}

/** Undefined for operators that take no weight. */
export function weightedRulesOf(operation: Operation): WeightedRules<Operation> | undefined {
  const rules = rulesOf(operation);
  return 'layout' in rules ? rules : undefined;
}

export function isWeighted(node: GraphNode): node is GraphNode & { readonly op: WeightedOperator } {
  return weightedRulesOf(node) !== undefined;
}

/** A layout, and the names of the constants that it is of. */
export interface WeightLayout extends Layout {
  readonly weight: string;
  readonly bias: string | undefined;
}

/** Undefined for nodes without a weight. */
export function layoutOf(graph: Shapes, node: GraphNode): WeightLayout | undefined {
  const [, weight = '', bias] = node.inputs;
  const layout = weightedRulesOf(node)?.layout(node, siteOf(graph, node));
  return layout && { ...layout, weight, bias };
}
