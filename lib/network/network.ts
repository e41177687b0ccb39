/** A network of either kind, and what it costs: multilayer perceptrons, which have paths of their own, and graphs, all others. */
import { countWeights, type Network } from './architecture.ts';
import { type Graph, type GraphNode, prunableBits } from './graph.ts';
import { isWeighted, layoutOf } from './site.ts';
import { sizeOf } from './tensor.ts';

export type AnyNetwork = Network | Graph;

export function isGraph(network: AnyNetwork): network is Graph {
  return 'nodes' in network;
}

/** The same as a multilayer perceptron, for who takes no others. Throws TypeError. */
export function layersIn(network: AnyNetwork): Network {
  if (isGraph(network)) throw new TypeError('found a graph, expected a multilayer perceptron');
  return network;
}

/** Costs of a network, per sample where it says so. */
export interface NetworkSize {
  /** Prunable weights: bits of a genome. */
  readonly weights: number;
  /** Multiplications with their additions, of one sample. */
  readonly multiplyAdds: number;
  /** Values that are computed of one sample: units, or channels times positions. */
  readonly units: number;
}

/** Multiplications with their additions of one sample: those of weights; other operations count nothing. */
export function multiplyAddsIn(graph: Graph, node: GraphNode): number {
  const layout = layoutOf(graph, node);
  return layout ? sizeOf(graph.shapes.get(node.output) ?? []) * layout.inputs * layout.taps : 0;
}

export function sizeOfGraph(graph: Graph): NetworkSize {
  const weighted = graph.nodes.filter(isWeighted);
  return {
    weights: prunableBits(graph),
    multiplyAdds: weighted.reduce((sum, node) => sum + multiplyAddsIn(graph, node), 0),
    units: weighted.reduce((sum, { output }) => sum + sizeOf(graph.shapes.get(output) ?? []), 0),
  };
}

/** The size of the multilayer perceptron of these widths, inputs first. */
export function sizeOfLayers(widths: readonly number[]): NetworkSize {
  const weights = countWeights(widths);
  return { weights, multiplyAdds: weights, units: widths.slice(1).reduce((sum, width) => sum + width, 0) };
}
