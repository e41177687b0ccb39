/** Opens positions: which kind a network takes, and how much memory, stands here and nowhere else. */
import { type AffineScaling, type Samples, scaled } from '../../data/dataset.ts';
import { flippedLayers } from '../../network/flip-work.ts';
import { layersOf } from '../../network/layers-graph.ts';
import { type AnyNetwork, isGraph } from '../../network/network.ts';
import { sizeOf } from '../../network/tensor.ts';
import type { Objective } from '../../search/individual.ts';
import type { Position } from '../../search/position.ts';
import { GraphPosition } from './graph.ts';
import { LayersPosition, type PositionOptions } from './layers.ts';
import { estimatePosition } from './layout.ts';
import { PlacedPosition, placedGenome } from './placed.ts';
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
  if (!isGraph(network)) return undefined;
  const tail = tailOf(network);
  if (!tail) return undefined;
  const { network: dense, stages, front, places } = tail;
  const slow = flippedLayers(network).filter(({ times }) => times > 1);
  const start = places ? placedGenome(places, genome) : genome;
  const own =
    front.nodes.length === 0
      ? new LayersPosition(dense, data(), start, { ...options, slow }, stages)
      : new GraphPosition(tail, data(), start, { ...options, slow });
  return places ? new PlacedPosition(own, places) : own;
}

/** Bytes that such a position takes, data included; undefined where there is none. */
export function estimateFlips(
  network: AnyNetwork,
  samples: number,
  objective: Objective,
): number | undefined {
  const layers = layersOf(network);
  if (layers) return estimateLayerFlips(layers.widths, samples, objective);
  const tail = isGraph(network) ? tailOf(network) : undefined;
  if (!tail) return undefined;
  const { network: dense, stages, front } = tail;
  // The data, and what the layers read where something else computes that.
  const own = sizeOf(front.inputShape) + (front.nodes.length > 0 ? front.classes : 0);
  return estimatePosition(dense.widths, samples, objective, stages) + 4 * samples * own;
}

/** The same of a multilayer perceptron. */
export function estimateLayerFlips(widths: readonly number[], samples: number, objective: Objective): number {
  return estimatePosition(widths, samples, objective) + 4 * samples * (widths[0] ?? 0);
}
