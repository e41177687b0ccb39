/** Puts graph networks together: what follows from nodes and constants alone, shapes and prunable tensors, is found here. */
import { type Constant, type Graph, type GraphNode, type PrunableTensor, readersOf } from './graph.ts';
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
    prunable: prunableTensors(nodes, { constants, shapes }, mayPrune),
  };
}

type Shapes = Pick<Graph, 'constants' | 'shapes'>;

/** In the order of their first use. */
function prunableTensors(nodes: readonly GraphNode[], graph: Shapes, mayPrune: (name: string) => boolean) {
  const { constants } = graph;
  const readers = readersOf(nodes);
  const found = new Map<string, PrunableTensor>();
  let offset = 0;
  for (const node of nodes) {
    const [, name = '', third] = node.inputs;
    const shape = constants.get(name)?.shape;
    const layout = layoutOf(graph, node);
    if (!isWeighted(node) || layout === undefined || shape === undefined) continue;
    if (found.has(name) || !mayPrune(name)) continue;
    const { inputs, outputs, groups, taps } = layout;
    const [next, ...others] = readers.get(node.output) ?? [];
    const add = next?.op === 'Add' && others.length === 0 ? next : undefined;
    const bias = third ?? add?.inputs.find((other) => constants.has(other));
    found.set(name, {
      name,
      shape,
      offset,
      size: sizeOf(shape),
      node: node.name,
      op: node.op,
      fanIn: inputs * taps,
      fanOut: (outputs / groups) * taps,
      bias,
    });
    offset += sizeOf(shape);
  }
  return [...found.values()];
}
