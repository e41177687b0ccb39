/** What a flipped weight changes, layer by layer: how long a search waits for it. */
import { shareInPass } from '../search/position.ts';
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
  /** Of a convolution, how many times as long it takes as the longest flip of a dense layer, 1 at least; of dense layers 1. */
  readonly times: number;
}

/**
 * Layers of a graph in the order of its genome, taken for a chain: a flip changes its own unit or channel at each position, what the next
 * layer reads of it, and all that lies behind.
 */
export function flippedLayers(graph: Graph): FlippedLayer[] {
  const found = new Map<string, Omit<FlippedLayer, 'times'> & { readonly dense: boolean }>();
  let [next, behind] = [0, 0];
  for (const node of graph.nodes.toReversed()) {
    const layout = layoutOf(graph, node);
    if (!layout) continue;
    const multiplyAdds = multiplyAddsIn(graph, node);
    const tensor = graph.prunable.find(({ name }) => name === layout.weight);
    if (tensor) {
      const { offset: first, size } = tensor;
      const work = multiplyAdds / size + next / layout.outputs + behind + WORK_OF_CLASS * graph.classes;
      // Weights that several nodes share are one layer: the first of these nodes has the others behind it.
      found.set(tensor.name, { first, end: first + size, work, dense: node.op !== 'Conv' });
    }
    behind += next;
    next = multiplyAdds;
  }
  const layers = [...found.values()].toSorted((one, other) => one.first - other.first);
  const longest = Math.max(...layers.filter(({ dense }) => dense).map(({ work }) => work));
  return layers.map(({ dense, ...layer }) => ({
    ...layer,
    times: dense ? 1 : Math.max(1, layer.work / longest),
  }));
}

/** The passes in which a search considers flips. */
export interface FlipPasses {
  /** Over the weights that are searched, of each mask. */
  readonly passes: number;
  /** Share of the flips in passes that consider every weight, however long its flips take. */
  readonly everyBit: number;
}

/** Multiply-adds of one sample that a flip takes, on average over a search; see `improve`. */
export function multiplyAddsOfFlip(
  layers: readonly FlippedLayer[],
  { passes, everyBit }: FlipPasses,
): number {
  const growing = meanWork(layers, ({ times }) => consideredIn(passes, times));
  return (1 - everyBit) * growing + everyBit * meanWork(layers, () => 1);
}

/** How often a search considers a bit whose flips take `times` as long. */
function consideredIn(passes: number, times: number): number {
  let considered = 0;
  for (let pass = 0; pass < passes || pass === 0; pass++) {
    considered += shareInPass(times, pass) * Math.min(1, Math.max(passes - pass, Number.EPSILON));
  }
  return considered;
}

function meanWork(layers: readonly FlippedLayer[], considered: (layer: FlippedLayer) => number): number {
  let [flips, taken] = [0, 0];
  for (const layer of layers) {
    const own = (layer.end - layer.first) * considered(layer);
    flips += own;
    taken += own * layer.work;
  }
  return taken / flips;
}
