/** The prunable weights of any network as matrices: a row per unit or filter, a column per weight into it. */
import { denseLayers, type Network } from './architecture.ts';
import type { Graph } from './graph.ts';
import type { WeightedOperator } from './operators/table.ts';
import { layoutOf } from './site.ts';

export interface WeightMatrix {
  /** The tensor's name. */
  readonly name: string;
  readonly op: WeightedOperator;
  /** Units or filters. */
  readonly outputs: number;
  /** Weights into each; of a filter those of all its channels. */
  readonly inputs: number;
  /** The weight from `input` to `output` has the bit offset + output · outputStride + input · inputStride of a genome. */
  readonly offset: number;
  readonly outputStride: number;
  readonly inputStride: number;
  /** The value that is computed with the weights, by its name in a graph. */
  readonly value?: string;
}

/** For a multilayer perceptron, the widths suffice. */
export type Wiring = Pick<Network, 'widths'> | Graph;

export function weightMatrices(network: Wiring): WeightMatrix[] {
  return 'nodes' in network ? matricesOfGraph(network) : matricesOfLayers(network.widths);
}

function matricesOfLayers(widths: readonly number[]): WeightMatrix[] {
  return denseLayers(widths).map(({ name, inputs, outputs, offset }) => ({
    name,
    op: 'Gemm',
    outputs,
    inputs,
    offset,
    outputStride: inputs,
    inputStride: 1,
  }));
}

function matricesOfGraph(graph: Graph): WeightMatrix[] {
  return graph.prunable.flatMap(({ name, op, offset }) => {
    const node = graph.nodes.find(({ inputs }) => inputs[1] === name);
    const layout = node && layoutOf(graph, node);
    if (!node || !layout) return [];
    const { outputs, inputs, taps, outputStride, inputStride } = layout;
    const matrix = { name, op, outputs, inputs: inputs * taps, offset, outputStride, value: node.output };
    // The taps of a filter's channels follow each other.
    return [{ ...matrix, inputStride: taps > 1 ? 1 : inputStride }];
  });
}
