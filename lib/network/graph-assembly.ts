/** Puts graph networks together: what follows from nodes and constants alone, shapes and prunable tensors, is found here. */
import type { Constant, Graph, GraphNode, PrunableTensor } from './graph.ts';
import { isWeighted, layoutOf, operandsOf, outputShape } from './site.ts';
import { sizeOf } from './tensor.ts';

export interface GraphDraft {
  readonly input: string;
  readonly inputShape: readonly number[];
  readonly output: string;
  /** In an order in which they can be computed. */
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** Which weights may be pruned, by the names of the constants; all of them if absent. */
  readonly mayPrune?: (name: string) => boolean;
}

/** The graph of these parts. Throws `ShapeMismatch` where a node does not fit its inputs. */
export function assembleGraph(parts: GraphDraft): Graph {
  const { input, inputShape, output, nodes, constants, mayPrune = () => true } = parts;
  const shapes = new Map<string, readonly number[]>([[input, inputShape]]);
  for (const node of nodes) shapes.set(node.output, outputShape(node, operandsOf(node, shapes, constants)));
  return {
    input,
    inputShape,
    output,
    classes: sizeOf(shapes.get(output) ?? []),
    nodes,
    constants,
    shapes,
    prunable: prunableTensors(nodes, { constants, shapes })
      .filter(({ name }) => mayPrune(name))
      .reduce(numbered, []),
  };
}

function numbered(before: PrunableTensor[], tensor: PrunableTensor): PrunableTensor[] {
  const last = before.at(-1);
  before.push({ ...tensor, offset: last ? last.offset + last.size : 0 });
  return before;
}

/** All weights in the order of their first use, offsets still to be set. */
function prunableTensors(
  nodes: readonly GraphNode[],
  graph: Pick<Graph, 'constants' | 'shapes'>,
): PrunableTensor[] {
  const { constants } = graph;
  const consumers = Map.groupBy(
    nodes.flatMap((node) => node.inputs.map((name) => ({ name, node }))),
    ({ name }) => name,
  );
  const found = new Map<string, PrunableTensor>();
  for (const node of nodes) {
    const [, name = '', third] = node.inputs;
    const shape = constants.get(name)?.shape;
    const layout = layoutOf(graph, node);
    if (!isWeighted(node) || layout === undefined || shape === undefined || found.has(name)) continue;
    const { inputs, outputs, groups, taps } = layout;
    const behind = consumers.get(node.output) ?? [];
    const add = behind.length === 1 && behind[0]?.node.op === 'Add' ? behind[0].node : undefined;
    const bias = third ?? add?.inputs.find((other) => constants.has(other));
    found.set(name, {
      name,
      shape,
      offset: 0,
      size: sizeOf(shape),
      node: node.name,
      op: node.op,
      fanIn: inputs * taps,
      fanOut: (outputs / groups) * taps,
      bias,
    });
  }
  return [...found.values()];
}
