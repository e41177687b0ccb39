/** What networks cost. */

import { countWeights, multiplyAdds } from './architecture.ts';
import { type Graph, type GraphNode, prunableBits, sizeOf } from './graph.ts';
import type { NetworkSize } from './network.ts';
import { multiplyAddsOf } from './shapes.ts';

/** The shape of a value of one sample, or of a constant. */
export function shapeIn(graph: Graph, name: string): readonly number[] | undefined {
  return graph.shapes.get(name) ?? graph.constants.get(name)?.shape;
}

/** Multiplications with their additions that a node takes for one sample. */
export function multiplyAddsIn(graph: Graph, node: GraphNode): number {
  return multiplyAddsOf(node, (name) => shapeIn(graph, name));
}

export function sizeOfGraph(graph: Graph): NetworkSize {
  const weighted = graph.nodes.filter(({ op }) => op === 'Conv' || op === 'Gemm' || op === 'MatMul');
  return {
    weights: prunableBits(graph),
    multiplyAdds: weighted.reduce((sum, node) => sum + multiplyAddsIn(graph, node), 0),
    units: weighted.reduce((sum, { output }) => sum + sizeOf(graph.shapes.get(output) ?? []), 0),
  };
}

/** Of the multilayer perceptron of these widths, inputs first. */
export function sizeOfLayers(widths: readonly number[]): NetworkSize {
  return {
    weights: countWeights(widths),
    multiplyAdds: multiplyAdds(widths),
    units: widths.slice(1).reduce((sum, width) => sum + width, 0),
  };
}
