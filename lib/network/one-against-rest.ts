/**
 * The network of one class against all others: two logits, a constant threshold for the rest and the class's own logit. It
 * answers 1, the class, where the logit is larger than the threshold, and 0 otherwise.
 */
import { at } from '../base/at.ts';
import { pack, unpack } from '../search/genome.ts';
import { countWeights, denseLayers, type Network } from './architecture.ts';
import { type Graph, type GraphNode, prunableBits, readersOf } from './graph.ts';
import { assembleGraph } from './graph-assembly.ts';
import { type AnyNetwork, isGraph } from './network.ts';

export interface OneAgainstRest {
  readonly network: AnyNetwork;
  /** The genome of this network that keeps the same weights, as far as it has them. */
  over(genome: Uint8Array): Uint8Array;
}

/** `threshold`: the logit of the rest. Weights keep their order; those of other classes are gone. */
export function oneAgainstRest(network: AnyNetwork, label: number, threshold: number): OneAgainstRest {
  return isGraph(network) ? inGraph(network, label, threshold) : inLayers(network, label, threshold);
}

function inLayers(network: Network, label: number, threshold: number): OneAgainstRest {
  const { widths, weights, biases } = network;
  const { inputs, offset } = at(denseLayers(widths), weights.length - 1);
  const last = weights.length - 1;
  const binary: Network = {
    widths: [...widths.slice(0, -1), 2],
    weights: weights.map((layer, index) => (index === last ? rowsOf(layer, inputs, label) : layer)),
    biases: biases.map((bias, index) =>
      index === last ? Float32Array.of(threshold, at(bias, label)) : bias,
    ),
  };
  const bits = countWeights(widths);
  return {
    network: binary,
    over(genome) {
      const mask = unpack(genome, bits);
      const row = offset + label * inputs;
      return pack([
        ...mask.subarray(0, offset),
        ...new Uint8Array(inputs),
        ...mask.subarray(row, row + inputs),
      ]);
    },
  };
}

/** A row of zeros, and that of the class. */
function rowsOf(weights: Float32Array, inputs: number, label: number): Float32Array {
  const rows = new Float32Array(2 * inputs);
  rows.set(weights.subarray(label * inputs, (label + 1) * inputs), inputs);
  return rows;
}

/** The dense layer that gives the logits loses its other rows; after any other operator a fixed layer picks the logit. */
function inGraph(graph: Graph, label: number, threshold: number): OneAgainstRest {
  const node = graph.nodes.at(-1);
  const tensor = graph.prunable.at(-1);
  const weight = graph.constants.get(tensor?.name ?? '');
  const isReadOnce = readersOf(graph.nodes).get(tensor?.name ?? '')?.length === 1;
  if (node?.op !== 'Gemm' || node.inputs[1] !== tensor?.name || !tensor || !weight || !isReadOnce)
    return picking(graph, label, threshold);
  const { offset, size } = tensor;
  const inputs = size / graph.classes;
  /** Where the class's weight of an input is, before and after. */
  const from = (input: number) => (node.transB ? label * inputs + input : input * graph.classes + label);
  const to = (input: number) => (node.transB ? inputs + input : 2 * input + 1);
  const rows = new Float32Array(2 * inputs);
  for (let input = 0; input < inputs; input++) rows[to(input)] = at(weight.data, from(input));
  const bias = graph.constants.get(node.inputs[2] ?? '')?.data[label] ?? 0;
  const name = unused(graph, node.name);
  const constants = new Map(graph.constants);
  constants.set(`${name}.weight`, { shape: node.transB ? [2, inputs] : [inputs, 2], data: rows });
  constants.set(`${name}.bias`, { shape: [2], data: Float32Array.of(threshold, bias) });
  const last = { ...node, inputs: [at(node.inputs, 0), `${name}.weight`, `${name}.bias`] };
  const bits = prunableBits(graph);
  return {
    network: assembled(graph, [...graph.nodes.slice(0, -1), last], constants, graph.output, name),
    over(genome) {
      const mask = unpack(genome, bits);
      const kept = new Uint8Array(offset + 2 * inputs);
      kept.set(mask.subarray(0, offset));
      for (let input = 0; input < inputs; input++) kept[offset + to(input)] = at(mask, offset + from(input));
      return pack(kept);
    },
  };
}

function picking(graph: Graph, label: number, threshold: number): OneAgainstRest {
  const name = unused(graph, 'one-against-rest');
  const weight = new Float32Array(2 * graph.classes);
  weight[graph.classes + label] = 1;
  const constants = new Map(graph.constants);
  constants.set(`${name}.weight`, { shape: [2, graph.classes], data: weight });
  constants.set(`${name}.bias`, { shape: [2], data: Float32Array.of(threshold, 0) });
  const inputs = [graph.output, `${name}.weight`, `${name}.bias`];
  const nodes: GraphNode[] = [...graph.nodes, { op: 'Gemm', transB: true, name, inputs, output: name }];
  return { network: assembled(graph, nodes, constants, name), over: (genome) => genome };
}

/** `last`: the layer whose weights may be pruned in place of those that gave the logits. */
function assembled(
  { input, inputShape, prunable }: Graph,
  nodes: readonly GraphNode[],
  constants: Graph['constants'],
  output: string,
  last?: string,
): Graph {
  const names = new Set([...prunable.map(({ name }) => name), ...(last ? [`${last}.weight`] : [])]);
  return assembleGraph({ input, inputShape, output, nodes, constants, mayPrune: (name) => names.has(name) });
}

/** A name that neither a value nor the parameters of a layer have. */
function unused({ shapes, constants }: Graph, wanted: string): string {
  let name = `${wanted}.binary`;
  while (shapes.has(name) || constants.has(`${name}.weight`) || constants.has(`${name}.bias`)) name += '.1';
  return name;
}
