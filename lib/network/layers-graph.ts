/** Multilayer perceptrons as graphs, and graphs that are multilayer perceptrons. */
import { denseLayers, type Network } from './architecture.ts';
import { type Constant, type Graph, type GraphNode, prunableBits } from './graph.ts';
import { assembleGraph } from './graph-assembly.ts';
import { type AnyNetwork, isGraph } from './network.ts';

/** The graph that computes the same: input `x`, output `logits`; its genome is the network's. */
export function graphOfLayers(network: Network): Graph {
  const constants = new Map<string, Constant>();
  const nodes: GraphNode[] = [];
  const layers = denseLayers(network.widths);
  let value = 'x';
  for (const [index, { name, inputs, outputs }] of layers.entries()) {
    const last = index === layers.length - 1;
    const weight = `${name}.weight`;
    const bias = `${name}.bias`;
    constants.set(weight, {
      shape: [outputs, inputs],
      data: network.weights[index] ?? new Float32Array(inputs * outputs),
    });
    constants.set(bias, { shape: [outputs], data: network.biases[index] ?? new Float32Array(outputs) });
    const sum = last ? 'logits' : `${name}.sum`;
    nodes.push({ op: 'Gemm', transB: true, name, inputs: [value, weight, bias], output: sum });
    value = sum;
    if (last) continue;
    value = `${name}.relu`;
    nodes.push({ op: 'Relu', name: value, inputs: [sum], output: value });
  }
  const inputShape = network.widths.slice(0, 1);
  return assembleGraph({ input: 'x', inputShape, output: value, nodes, constants });
}

/** The multilayer perceptron that a network is. */
export function layersOf(network: AnyNetwork): Network | undefined {
  return isGraph(network) ? layersOfGraph(network) : network;
}

/**
 * The multilayer perceptron that a graph is, with the same genome: dense layers whose weights are stored by outputs, all
 * of them prunable, ReLU between them and nothing else, but perhaps a Reshape in front. Undefined for any other graph.
 */
export function layersOfGraph(graph: Graph): Network | undefined {
  const weights: Float32Array[] = [];
  const biases: Float32Array[] = [];
  const widths: number[] = [];
  let value = graph.input;
  let relu = true;
  for (const node of graph.nodes) {
    if (node.inputs[0] !== value) return undefined;
    if (node.op === 'Gemm' && node.transB && relu) {
      const weight = graph.constants.get(node.inputs[1] ?? '');
      const bias = graph.constants.get(node.inputs[2] ?? '');
      const [outputs, inputs] = weight?.shape ?? [];
      if (weight === undefined || outputs === undefined || inputs === undefined) return undefined;
      if (widths.length === 0) widths.push(inputs);
      if (graph.prunable[weights.length]?.name !== node.inputs[1]) return undefined;
      widths.push(outputs);
      weights.push(weight.data);
      biases.push(bias?.data ?? new Float32Array(outputs));
      relu = false;
    } else if (node.op === 'Relu' && !relu) {
      relu = true;
    } else if (node.op !== 'Reshape' || widths.length > 0) {
      return undefined;
    }
    value = node.output;
  }
  const all = prunableBits(graph) === weights.reduce((sum, { length }) => sum + length, 0);
  return all && !relu && value === graph.output ? { widths, weights, biases } : undefined;
}
