/** Which weights a mask leaves. */
import type { Graph } from '../graph.ts';

/** A byte per weight of a constant, 0 where it is pruned; undefined where none is. */
export type Links = (constant: string) => Uint8Array | undefined;

/** Those that a mask leaves: a byte per prunable weight of the graph. */
export function linksOf(graph: Graph, mask: Uint8Array): Links {
  const places = new Map(graph.prunable.map((tensor) => [tensor.name, tensor]));
  return (constant) => {
    const place = places.get(constant);
    return place && mask.subarray(place.offset, place.offset + place.size);
  };
}
