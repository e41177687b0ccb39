/** A network of either kind: multilayer perceptrons, which have paths of their own, and graphs, which are all others. */
import type { Network } from './architecture.ts';
import type { Graph } from './graph.ts';

export type AnyNetwork = Network | Graph;

export function isGraph(network: AnyNetwork): network is Graph {
  return 'nodes' in network;
}

/** What a network costs, per sample where it says so. */
export interface NetworkSize {
  /** Prunable weights: bits of a genome. */
  readonly weights: number;
  /** Multiplications with their additions, of one sample. */
  readonly multiplyAdds: number;
  /** Values that are computed of one sample: neurons, or channels times positions. */
  readonly units: number;
}
