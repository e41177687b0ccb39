/** Elements that are the same for every input. Values are taken to be finite: constant zeros times weights add nothing. */
import type { Graph, GraphNode } from '../graph.ts';
import {
  channelEntries,
  type Entries,
  EPSILON,
  emptyEntries,
  entriesOf,
  gathered,
  varying,
} from '../operators/entries.ts';
import type { KnownSite, Layout } from '../operators/rules.ts';
import { rulesOf } from '../operators/table.ts';
import { siteOf } from '../site.ts';
import { sizeOf } from '../tensor.ts';

/** A byte per weight of a constant, 0 where it is pruned; undefined where none is. */
export type Links = (constant: string) => Uint8Array | undefined;

/** Weights that a mask keeps: a byte per prunable weight of the graph. */
export function linksOf(graph: Graph, mask: Uint8Array): Links {
  const places = new Map(graph.prunable.map((tensor) => [tensor.name, tensor]));
  return (constant) => {
    const place = places.get(constant);
    return place && mask.subarray(place.offset, place.offset + place.size);
  };
}

/** The entries of the input and of every node's output. */
export type KnownValues = ReadonlyMap<string, Entries>;

export function constantValues(graph: Graph, links: Links): KnownValues {
  const known = new Map([[graph.input, varying(1, sizeOf(graph.inputShape))]]);
  for (const node of graph.nodes) {
    const result = entriesOfNode(graph, node, known, links);
    // A value that is not finite is not treated as a constant.
    for (const [index, value] of result.value.entries()) {
      if (Number.isFinite(value) && Number.isFinite(result.error[index])) continue;
      result.value[index] = Number.NaN;
      result.error[index] = 0;
    }
    known.set(node.output, result);
  }
  return known;
}

/** A node and what is known of its inputs. */
export function knownSiteOf({ shapes, constants }: Graph, node: GraphNode, known: KnownValues): KnownSite {
  const entries = (index: number): Entries => {
    const name = node.inputs[index] ?? '';
    const constant = constants.get(name);
    return constant ? entriesOf(constant.data) : (known.get(name) ?? varying(sizeOf(shapes.get(name) ?? [])));
  };
  return { ...siteOf({ shapes, constants }, node), entries };
}

function entriesOfNode(graph: Graph, node: GraphNode, known: KnownValues, links: Links): Entries {
  const rules = rulesOf(node);
  const site = knownSiteOf(graph, node, known);
  if (!('layout' in rules)) return rules.known(node, site);
  const [, weight = '', bias] = node.inputs;
  const weights = graph.constants.get(weight)?.data ?? new Float32Array();
  const biases = graph.constants.get(bias ?? '')?.data;
  return weighted(rules.layout(node, site), site, weights, biases, links(weight));
}

/** Sums of weighted channels, where all those that are linked are constants. */
function weighted(
  layout: Layout,
  { entries, shape }: KnownSite,
  weights: Float32Array,
  bias: Float32Array | undefined,
  links: Uint8Array | undefined,
): Entries {
  const { groups, outputs, inputs, taps, outputStride, inputStride, padded } = layout;
  const { value, error } = channelEntries(entries(0), inputs * groups, layout.before, layout.after);
  const channels = emptyEntries(outputs, layout.outputAfter);
  for (let output = 0; output < outputs; output++) {
    const group = Math.floor(output / (outputs / groups)) * inputs;
    let sum = bias?.[output] ?? 0;
    let magnitude = 0;
    let off = 0;
    let terms = 0;
    for (let channel = 0; channel < inputs && !Number.isNaN(sum); channel++) {
      const constant = value[group + channel] ?? Number.NaN;
      const uncertain = error[group + channel] ?? 0;
      if (constant === 0 && uncertain === 0) continue;
      const start = output * outputStride + channel * inputStride;
      for (let weight = start; weight < start + taps; weight++) {
        if (links && links[weight] === 0) continue;
        // Where it falls on padding, a tap is multiplied with zero instead of the constant.
        const term = padded ? Number.NaN : (weights[weight] ?? 0) * constant;
        sum += term;
        magnitude += Math.abs(term);
        off += Math.abs(weights[weight] ?? 0) * uncertain;
        terms++;
        if (Number.isNaN(sum)) break;
      }
    }
    channels.value[output] = sum;
    // A sum without terms is the bias itself.
    channels.error[output] =
      terms === 0 ? 0 : off + (terms + 2) * EPSILON * (magnitude + Math.abs(bias?.[output] ?? 0));
  }
  if (layout.before === 1) return channels;
  const indices = Int32Array.from({ length: sizeOf(shape) }, (_, index) => index % outputs);
  return gathered(channels, indices);
}
