/** Weights with those that a mask prunes zero. */
import { getBit } from '../search/genome.ts';
import { denseLayers, type Network } from './architecture.ts';
import type { Constant, Graph } from './graph.ts';

/** Per dense layer, its weights with the pruned ones zero; `outputs` × `inputs`, row-major. */
export function maskedWeights(network: Network, genome: Uint8Array): Float32Array[] {
  return denseLayers(network.widths).map(({ offset }, index) =>
    (network.weights[index] ?? new Float32Array()).map((weight, position) =>
      getBit(genome, offset + position) === 1 ? weight : 0,
    ),
  );
}

/** All constants of a graph, its pruned weights zero. */
export function maskedConstants(graph: Graph, genome: Uint8Array): Map<string, Constant> {
  const constants = new Map(graph.constants);
  for (const { name, shape, offset } of graph.prunable) {
    const { data = new Float32Array() } = graph.constants.get(name) ?? {};
    const masked = data.map((weight, position) => (getBit(genome, offset + position) === 1 ? weight : 0));
    constants.set(name, { shape, data: masked });
  }
  return constants;
}
