/** Which channels a masked graph needs, of which the rest can go. */
import { memo } from '../../base/memo.ts';
import type { Graph, GraphNode } from '../graph.ts';
import { channelEntries, type Entries } from '../operators/entries.ts';
import { layoutOf, type WeightLayout } from '../site.ts';
import { tiesOf } from './channels.ts';
import type { KnownValues, Links } from './constant-values.ts';

/** Per value its channels that stay, ascending. */
export type KeptChannels = (value: string) => Int32Array;

/** The layout of a node that mixes channels freely: whatever channels of its input are left, any of its outputs may go. */
export function mixingLayout(graph: Graph, node: GraphNode): WeightLayout | undefined {
  const layout = layoutOf(graph, node);
  return layout?.groups === 1 && layout.ofChannels ? layout : undefined;
}

/**
 * The channels of a node's input that are constants which its bias can take over: `value` is NaN for all others. On
 * padding a tap is multiplied with zero: there only zeros can be taken over.
 */
export function foldable(layout: WeightLayout, input: Entries): Float64Array {
  const { value, error } = channelEntries(input, layout.inputs, layout.before, layout.after);
  return value.map((constant, channel) => {
    const zero = constant === 0 && error[channel] === 0;
    return layout.padded && !zero ? Number.NaN : constant;
  });
}

/** `known`: the constant values under the same links; `allFeatures`: none of them goes, as of images they never do. */
export function neededChannels(
  graph: Graph,
  known: KnownValues,
  links: Links,
  allFeatures = graph.inputShape.length !== 1,
): KeptChannels {
  const ties = tiesOf(graph);
  const makers = new Map<string, { layout: WeightLayout; input: string; constants: Float64Array }>();
  for (const node of graph.nodes) {
    const layout = mixingLayout(graph, node);
    const [input = ''] = node.inputs;
    const entries = known.get(input);
    if (layout && entries) makers.set(node.output, { layout, input, constants: foldable(layout, entries) });
  }
  const members = Array.from({ length: ties.count }, (): { value: string; channel: number }[] => []);
  for (const value of makers.keys()) {
    for (const [channel, tie] of ties.of(value).entries()) members[tie]?.push({ value, channel });
  }
  const needed = new Uint8Array(ties.count);
  const waiting: number[] = [];
  const need = (tie: number) => {
    if (needed[tie] === 1) return;
    needed[tie] = 1;
    waiting.push(tie);
  };
  const spreadNeeds = () => {
    for (let tie = waiting.pop(); tie !== undefined; tie = waiting.pop()) {
      for (const { value, channel } of members[tie] ?? []) {
        const maker = makers.get(value);
        if (!maker) continue;
        const { layout, input, constants } = maker;
        const linked = links(layout.weight);
        const inputs = ties.of(input);
        for (let from = 0; from < layout.inputs; from++) {
          if (needed[inputs[from] ?? 0] === 1 || !Number.isNaN(constants[from])) continue;
          const start = channel * layout.outputStride + from * layout.inputStride;
          if (!linked || linked.subarray(start, start + layout.taps).includes(1)) need(inputs[from] ?? 0);
        }
      }
    }
  };
  for (const tie of ties.of(graph.output)) need(tie);
  spreadNeeds();
  const features = ties.of(graph.input);
  // A model takes something, even if it answers the same to everything.
  const some = features.some((tie) => needed[tie] === 1) ? [] : features.subarray(0, 1);
  for (const tie of allFeatures ? features : some) need(tie);
  spreadNeeds();
  const kept = new Map<string, Int32Array>();
  return (value) =>
    memo(kept, value, () => {
      const own = ties.of(value);
      return Int32Array.from(own.keys()).filter((channel) => needed[own[channel] ?? 0] === 1);
    });
}
