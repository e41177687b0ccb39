/** Writes the operations of a graph network as nodes of an ONNX model. */
import type { GraphNode } from '../graph.ts';
import { rulesOf } from '../operators/table.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** Names of values and constants of the graph in the written model. */
export type Naming = (name: string) => string;

/**
 * Writes one node. Its inputs must be in the model under the names that `nameOf` gives: values [N, …sample], constants
 * as they are; a weight may as well be an input of the model. Whatever else the operator needs (shapes, axes, bounds) is
 * written along, named by the output. A graph may be written into a model several times, each time by other names.
 * Returns the name of the output, `nameOf(node.output)`.
 */
export function addNode(builder: GraphBuilder, node: GraphNode, nameOf: Naming, name?: string): string {
  const output = nameOf(node.output);
  const own = (part: string) => `${output}//${part}`;
  const inputs = node.inputs.map(nameOf);
  return rulesOf(node).write(node, {
    operatorSet: builder.operatorSet,
    inputs,
    write: (attributes = {}, given = inputs) => builder.node(node.op, given, output, attributes, name),
    scalar: (part, value) => builder.floats(own(part), [], [value]),
    ints: (part, values) => builder.ints(own(part), values),
    step: (operator, operands, part) =>
      builder.node(operator, operands, part === undefined ? output : own(part)),
  });
}
