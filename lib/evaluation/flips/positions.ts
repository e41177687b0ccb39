/** Opens positions: which kind a network takes, and how much memory, stands here and nowhere else. */
import { type AffineScaling, type Samples, scaled } from '../../data/dataset.ts';
import { layersOf } from '../../network/layers-graph.ts';
import { type AnyNetwork, isGraph } from '../../network/network.ts';
import type { Objective } from '../../search/individual.ts';
import type { Position } from '../../search/position.ts';
import { GraphPosition } from './graph.ts';
import { LayersPosition, type PositionOptions } from './layers.ts';
import { estimatePosition } from './layout.ts';
import { tailOf } from './tail.ts';

/**
 * A position over raw samples that stands at the mask `genome`. Undefined for networks whose flips cannot be evaluated
 * alone. Throws `UserError` where the position does not fit into memory.
 */
export function openPosition(
  network: AnyNetwork,
  samples: Samples,
  scaling: AffineScaling,
  genome: Uint8Array,
  options: PositionOptions,
): Position | undefined {
  const layers = layersOf(network);
  const data = () => ({ ...samples, x: scaled(samples.x, scaling) });
  if (layers) return new LayersPosition(layers, data(), genome, options);
  const tail = isGraph(network) ? tailOf(network) : undefined;
  return tail && new GraphPosition(tail, data(), genome, options);
}

/** Bytes that such a position takes, data included; undefined where there is none. */
export function estimateFlips(
  network: AnyNetwork,
  samples: number,
  objective: Objective,
): number | undefined {
  const layers = layersOf(network);
  const dense = layers ?? (isGraph(network) ? tailOf(network)?.network : undefined);
  if (!dense) return undefined;
  const [features = 0] = dense.widths;
  // A graph has its data beside the features of its dense layers.
  const own = isGraph(network) && !layers ? network.inputShape.reduce((size, side) => size * side, 1) : 0;
  return estimatePosition(dense.widths, samples, objective) + 4 * samples * (features + own);
}
