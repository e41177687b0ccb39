/** Paths of classes: the weights by which the logit of each class depends on the input. */
import { pack, unpack } from '../search/genome.ts';
import { prunableBits } from './graph.ts';
import { graphOfLayers } from './layers-graph.ts';
import { constantValues, linksOf } from './minimising/constant-values.ts';
import { reachBack } from './minimising/reachability.ts';
import { type AnyNetwork, isGraph } from './network.ts';

/**
 * Per class a mask of its path: the kept weights from which kept weights lead to its logit, without those out of units that
 * always emit zero. Under this mask alone the class's logit is the same. Values are taken to be finite.
 */
export function pathsOfClasses(network: AnyNetwork, genome: Uint8Array): Uint8Array[] {
  const graph = isGraph(network) ? network : graphOfLayers(network);
  const bits = prunableBits(graph);
  const links = linksOf(graph, unpack(genome, bits));
  const known = constantValues(graph, links);
  return Array.from({ length: graph.classes }, (_, label) => {
    const { used } = reachBack(graph, known, links, label);
    const path = new Uint8Array(bits);
    for (const { name, offset } of graph.prunable) path.set(used.get(name) ?? [], offset);
    return pack(path);
  });
}
