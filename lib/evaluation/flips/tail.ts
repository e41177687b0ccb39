/** The end of a graph network that positions know: dense layers, and convolutions before them, on what the rest computes. */
import type { Network } from '../../network/architecture.ts';
import { denseByOutputs, type Places } from '../../network/dense-by-outputs.ts';
import { type Graph, prunableBits } from '../../network/graph.ts';
import { layersOfGraph } from '../../network/layers-graph.ts';
import { foldNormalization } from '../../network/models/graph-folding.ts';
import { type ConvStage, chainOf } from './stages.ts';

export interface Tail {
  readonly network: Network;
  /** What comes before its layers. */
  readonly stages: readonly ConvStage[];
  /** The first bit of all these in a genome; the other bits follow. */
  readonly offset: number;
  /** Where the bits of a genome of the graph are in such a one; undefined: in the same places. */
  readonly places: Places | undefined;
  /** The graph that computes what they read, flat, as logits; no node where there is nothing before them. */
  readonly front: Graph;
  /** Whether weights were rounded again, since normalizations are part of them. */
  readonly isRounded: boolean;
}

/** As many layers as there are. Undefined where the graph does not end in dense layers whose weights are its own. */
export function tailOf(graph: Graph): Tail | undefined {
  const { graph: own, places } = denseByOutputs(graph);
  const folded = foldNormalization(own);
  for (let first = 0; first < folded.nodes.length; first++) {
    const tail = denseTail(folded, first);
    if (tail) {
      const isRounded = folded.nodes.length < own.nodes.length;
      return { network: tail.network, ...chainOf(tail.front), places, isRounded };
    }
  }
  return undefined;
}

function denseTail(graph: Graph, first: number): Pick<Tail, 'network' | 'offset' | 'front'> | undefined {
  const nodes = graph.nodes.slice(first);
  const before = graph.nodes.slice(0, first);
  const input = nodes[0]?.inputs[0] ?? '';
  const inputShape = graph.shapes.get(input);
  const uses = (name: string) => nodes.some(({ inputs }) => inputs.includes(name));
  const prunable = graph.prunable.filter(({ name }) => uses(name));
  const [own] = prunable;
  if (!inputShape || !own || before.some(({ inputs }) => prunable.some(({ name }) => inputs.includes(name))))
    return undefined;
  const { offset } = own;
  const shifted = prunable.map((tensor) => ({ ...tensor, offset: tensor.offset - offset }));
  const network = layersOfGraph({ ...graph, input, inputShape, nodes, prunable: shifted });
  if (!network || offset + prunableBits({ ...graph, prunable }) !== prunableBits(graph)) return undefined;
  const front = { ...graph, nodes: before, output: input, classes: network.widths[0] ?? 0 };
  return {
    network,
    offset,
    front: { ...front, prunable: graph.prunable.filter((one) => one.offset < offset) },
  };
}
