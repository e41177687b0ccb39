/** The dense layers at the end of a graph network: a multilayer perceptron on what the rest computes. */
import type { Network } from '../../network/architecture.ts';
import { type Graph, prunableBits } from '../../network/graph.ts';
import { layersOfGraph } from '../../network/layers-graph.ts';

export interface Tail {
  readonly network: Network;
  /** Its first bit in a genome of the graph; its other bits follow. */
  readonly offset: number;
  /** The graph that computes its features, flat, as logits; no node where there is nothing before it. */
  readonly front: Graph;
}

/** As many layers as there are. Undefined where the graph does not end in dense layers whose weights are its own. */
export function tailOf(graph: Graph): Tail | undefined {
  for (let first = 0; first < graph.nodes.length; first++) {
    const tail = tailFrom(graph, first);
    if (tail) return tail;
  }
  return undefined;
}

function tailFrom(graph: Graph, first: number): Tail | undefined {
  const nodes = graph.nodes.slice(first);
  const before = graph.nodes.slice(0, first);
  const input = nodes[0]?.inputs[0] ?? '';
  const inputShape = graph.shapes.get(input);
  const uses = (name: string) => nodes.some(({ inputs }) => inputs.includes(name));
  const prunable = graph.prunable.filter(({ name }) => uses(name));
  const [own] = prunable;
  if (!inputShape || !own || before.some(({ inputs }) => prunable.some(({ name }) => inputs.includes(name))))
    return undefined;
  const { offset } = own;
  const shifted = prunable.map((tensor) => ({ ...tensor, offset: tensor.offset - offset }));
  const network = layersOfGraph({ ...graph, input, inputShape, nodes, prunable: shifted });
  if (!network || offset + prunableBits({ ...graph, prunable }) !== prunableBits(graph)) return undefined;
  const front = { ...graph, nodes: before, output: input, classes: network.widths[0] ?? 0 };
  return {
    network,
    offset,
    front: { ...front, prunable: graph.prunable.filter((one) => one.offset < offset) },
  };
}
