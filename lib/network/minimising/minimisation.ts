/** The network that a mask leaves, without what no output depends on: fewer units, channels and weights, the same answers. */
import { memo } from '../../base/memo.ts';
import type { Graph } from '../graph.ts';
import { assembleGraph } from '../graph-assembly.ts';
import { graphOfLayers } from '../layers-graph.ts';
import { maskedConstants } from '../masked-weights.ts';
import { type AnyNetwork, isGraph } from '../network.ts';
import { sizeOf } from '../tensor.ts';
import { constantValues, type KnownValues } from './constant-values.ts';
import { type KeptChannels, neededChannels } from './needed-channels.ts';
import { withFoldedNormalisation } from './normalisation-folding.ts';
import { Shrinking } from './smaller-graph.ts';

export interface Minimised {
  readonly graph: Graph;
  /** The features that the graph takes, ascending; undefined where it takes all of them. */
  readonly features?: readonly number[];
}

/**
 * The network under the mask: weights that are pruned are gone where no kept one needs their place, units and channels
 * that no logit depends on, or that always give the same, are gone with their weights. The bias after them takes over what
 * they gave. Its outputs differ from the network's by rounding only. Values are taken to be finite.
 */
export function minimise(network: AnyNetwork, genome: Uint8Array): Minimised {
  const whole = isGraph(network) ? network : graphOfLayers(network);
  const graph = maskedGraph(whole, genome);
  const nonzero = new Map<string, Uint8Array>();
  const links = (name: string) =>
    memo(nonzero, name, () => {
      return Uint8Array.from(graph.constants.get(name)?.data ?? [], (weight) => Number(weight !== 0));
    });
  const known = constantValues(graph, links);
  const picking = rewritten(graph, known, neededChannels(graph, known, links));
  // To pick features takes their places: of a few that go it can be more than their weights.
  const forms = picking.features
    ? [picking, rewritten(graph, known, neededChannels(graph, known, links, true)), { graph }]
    : [picking, { graph }];
  return forms.reduce((least, form) => (bytesOf(form) < bytesOf(least) ? form : least));
}

/** The graph with the channels that stay. */
function rewritten(graph: Graph, known: KnownValues, kept: KeptChannels): Minimised {
  const shrinking = new Shrinking(graph, known, kept);
  const output = shrinking.output();
  const parts = withFoldedNormalisation({ nodes: shrinking.nodes, constants: shrinking.constants, output });
  const [width = 0, ...rest] = graph.inputShape;
  const features = rest.length === 0 ? [...kept(graph.input)] : undefined;
  const smaller = assembleGraph({
    ...parts,
    input: graph.input,
    inputShape: features ? [features.length] : graph.inputShape,
    output,
    mayPrune: () => false,
  });
  return features && features.length < width ? { graph: smaller, features } : { graph: smaller };
}

/** Bytes of its numbers in a file: 4 for each parameter, 8 for each place of a feature. */
function bytesOf({ graph, features = [] }: Minimised): number {
  return 4 * countParameters(graph) + 8 * features.length;
}

/** Numbers that a graph holds: weights, biases and all other constants. */
export function countParameters({ constants }: Pick<Graph, 'constants'>): number {
  let count = 0;
  for (const { shape } of constants.values()) count += sizeOf(shape);
  return count;
}

/** The graph with those weights zero that the mask prunes. */
export function maskedGraph(graph: Graph, genome: Uint8Array): Graph {
  return { ...graph, constants: maskedConstants(graph, genome) };
}
