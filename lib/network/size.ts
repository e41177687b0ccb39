/** What networks cost. */

import { countWeights, multiplyAdds } from './architecture.ts';
import { type Graph, type GraphNode, prunableBits } from './graph.ts';
import type { NetworkSize } from './network.ts';
import { isWeighted, layoutOf } from './site.ts';
import { sizeOf } from './tensor.ts';

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
  return {
    weights: countWeights(widths),
    multiplyAdds: multiplyAdds(widths),
    units: widths.slice(1).reduce((sum, width) => sum + width, 0),
  };
}
