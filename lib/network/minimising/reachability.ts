/** Which elements of a graph's values the logits depend on, and by which weights. */
import { memo } from '../../base/memo.ts';
import type { Graph } from '../graph.ts';
import { channelEntries } from '../operators/entries.ts';
import { channelMarks } from '../operators/reach.ts';
import type { KnownSite, Layout } from '../operators/rules.ts';
import { rulesOf } from '../operators/table.ts';
import { sizeOf } from '../tensor.ts';
import { type KnownValues, knownSiteOf, type Links } from './constant-values.ts';

/** A byte for each element of a constant or value, 1 where it is marked; by names. */
type Marks = Map<string, Uint8Array>;

/**
 * The linked weights by which a logit may depend on something other than a constant zero, and the values' elements that
 * it may depend on. `known`: the graph's constant values under the same links; `label`: only the logit of that class.
 */
export function reachBack(graph: Graph, known: KnownValues, links: Links, label?: number) {
  const used: Marks = new Map(graph.prunable.map(({ name, size }) => [name, new Uint8Array(size)]));
  const reached: Marks = new Map();
  const marksOf = (name: string) =>
    memo(reached, name, () => new Uint8Array(sizeOf(graph.shapes.get(name) ?? [])));
  marksOf(graph.output).fill(1, label, label === undefined ? undefined : label + 1);
  for (const node of [...graph.nodes].reverse()) {
    const after = reached.get(node.output);
    if (!after?.includes(1)) continue;
    const rules = rulesOf(node);
    const site = knownSiteOf(graph, node, known);
    if ('layout' in rules) {
      const [input = '', weight = ''] = node.inputs;
      const layout = rules.layout(node, site);
      reachThroughWeights(layout, after, site, marksOf(input), links(weight), used.get(weight));
      continue;
    }
    for (const [index, name] of node.inputs.entries()) {
      // A prunable weight that is something else too is used as a whole.
      if (graph.constants.has(name)) used.get(name)?.fill(1);
      else rules.reach(node, index, after, marksOf(name), site);
    }
  }
  return { used, reached };
}

function reachThroughWeights(
  layout: Layout,
  after: Uint8Array,
  site: KnownSite,
  marks: Uint8Array,
  linked: Uint8Array | undefined,
  uses: Uint8Array | undefined,
): void {
  const { groups, outputs, inputs, taps, outputStride, inputStride, before, outputAfter } = layout;
  const { value, error } = channelEntries(site.entries(0), inputs * groups, before, layout.after);
  const reachedInputs = new Uint8Array(inputs * groups);
  const outputReached = channelMarks(after, outputs, before, outputAfter);
  for (let output = 0; output < outputs; output++) {
    if (outputReached[output] === 0) continue;
    const group = Math.floor(output / (outputs / groups)) * inputs;
    for (let channel = 0; channel < inputs; channel++) {
      if (value[group + channel] === 0 && error[group + channel] === 0) continue;
      const start = output * outputStride + channel * inputStride;
      for (let weight = start; weight < start + taps; weight++) {
        if (linked && linked[weight] === 0) continue;
        if (uses) uses[weight] = 1;
        reachedInputs[group + channel] = 1;
      }
    }
  }
  for (let outer = 0; outer < before; outer++) {
    for (let channel = 0; channel < reachedInputs.length; channel++) {
      if (reachedInputs[channel] === 0) continue;
      const start = (outer * reachedInputs.length + channel) * layout.after;
      marks.fill(1, start, start + layout.after);
    }
  }
}
