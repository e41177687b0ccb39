/** What a flipped weight changes, layer by layer: how long a search waits for it, and how often it considers which weight. */
import type { Graph } from './graph.ts';
import { multiplyAddsIn } from './network.ts';
import { layoutOf } from './site.ts';

/** What the softmax and the loss of a class take, in multiply-adds. */
export const WORK_OF_CLASS = 30;

/** The weights of one layer. */
export interface FlippedLayer {
  /** Their bits in a genome: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  /** Multiply-adds of one sample that a flip of one of them takes. */
  readonly work: number;
  /** A search considers one of so many of them in a pass, drawn anew for each pass; 1: all. */
  readonly period: number;
}

/**
 * Layers of a graph in the order of its genome, taken for a chain: a flip changes its own unit or channel at each position, what the next
 * layer reads of it, and all that lies behind. `period` gives each weight of a network about the same time: those of a convolution
 * are considered as many times less often as their flips take longer than the longest of a dense layer. Few convolutional weights would take most of
 * a search otherwise: in `lenet-5`, 4 % of them.
 */
export function flippedLayers(graph: Graph): FlippedLayer[] {
  const layers: (Omit<FlippedLayer, 'period'> & { readonly dense: boolean })[] = [];
  let [next, behind] = [0, 0];
  for (const node of graph.nodes.toReversed()) {
    const layout = layoutOf(graph, node);
    if (!layout) continue;
    const multiplyAdds = multiplyAddsIn(graph, node);
    const tensor = graph.prunable.find(({ name }) => name === layout.weight);
    if (tensor) {
      const { offset: first, size } = tensor;
      const work = multiplyAdds / size + next / layout.outputs + behind + WORK_OF_CLASS * graph.classes;
      layers.unshift({ first, end: first + size, work, dense: node.op !== 'Conv' });
    }
    behind += next;
    next = multiplyAdds;
  }
  const longest = Math.max(...layers.filter(({ dense }) => dense).map(({ work }) => work));
  return layers.map(({ dense, ...layer }) => ({
    ...layer,
    period: dense ? 1 : Math.max(1, Math.round(layer.work / longest)),
  }));
}

/** Multiply-adds of one sample that a flip takes, on average over the flips that a search considers. */
export function multiplyAddsOfFlip(graph: Graph): number {
  let [considered, changed] = [0, 0];
  for (const { first, end, work, period } of flippedLayers(graph)) {
    considered += (end - first) / period;
    changed += (work * (end - first)) / period;
  }
  return changed / Math.max(1, considered);
}
