/** Where the output of a layer goes: the edges that are summed with it, and whether the sum is the logits. */
import { type Graph, type GraphNode, readersOf } from './graph.ts';

export interface Destination {
  /** Values that meet in the sum, this one included: the incoming edges of its node where layers are edges. */
  readonly edges: number;
  readonly readout: boolean;
}

/** Where the output of a layer goes, in a multilayer perceptron. */
export function destinationInLayers(layer: number, layers: number): Destination {
  return { edges: 1, readout: layer === layers - 1 };
}

/** The destination of each node with weights, by its name: past biases and batch norm, up to the first activation. */
export function destinationsIn(graph: Graph): (node: string) => Destination {
  const readers = readersOf(graph.nodes);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const makers = new Map(graph.nodes.map((node) => [node.output, node]));
  const terms = ({ op, inputs }: GraphNode) =>
    op === 'Add' ? inputs.filter((input) => !graph.constants.has(input)) : [];
  /** The values that a sum adds up, sums within it taken apart. */
  const summed = (node: GraphNode): number =>
    terms(node).reduce((count, value) => {
      const maker = makers.get(value);
      return count + (maker && terms(maker).length > 1 ? summed(maker) : 1);
    }, 0);
  return (name) => {
    let node = nodes.get(name);
    let edges = 1;
    while (node && node.output !== graph.output) {
      const [next, ...others]: readonly GraphNode[] = readers.get(node.output) ?? [];
      if (!next || others.length > 0 || (next.op !== 'Add' && next.op !== 'BatchNormalization')) break;
      if (terms(next).length > 1) edges = summed(next);
      node = next;
    }
    return { edges, readout: node?.output === graph.output };
  };
}
