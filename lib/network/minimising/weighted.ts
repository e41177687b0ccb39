/** Nodes that weigh their inputs, Conv, Gemm and MatMul, seen alike: which weight leads from which channel to which. */
import { type Graph, type GraphNode, sizeOf } from '../graph.ts';

/**
 * The weight from the `input`-th channel of a group to channel `output` by tap `tap` of the kernel stands at
 * output · outputStride + input · inputStride + tap.
 */
export interface WeightLayout {
  readonly weight: string;
  readonly bias: string | undefined;
  readonly groups: number;
  /** In all groups together. */
  readonly outputs: number;
  /** That a channel of the output reads: those of its group. */
  readonly inputs: number;
  readonly taps: number;
  readonly outputStride: number;
  readonly inputStride: number;
  /** Whether a tap may fall on padding. */
  readonly padded: boolean;
  /** The channels within an input sample: element (before · channels + channel) · after + rest. */
  readonly before: number;
  readonly after: number;
  /** The same of an output sample. */
  readonly outputAfter: number;
}

/** Undefined for nodes that do not weigh. */
export function layoutOf(graph: Graph, node: GraphNode): WeightLayout | undefined {
  if (node.op !== 'Conv' && node.op !== 'Gemm' && node.op !== 'MatMul') return undefined;
  const [x = '', weight = '', bias] = node.inputs;
  const shape = graph.constants.get(weight)?.shape ?? [];
  const sample = graph.shapes.get(x) ?? [];
  if (node.op === 'Conv') {
    const [outputs = 0, inputs = 0, ...kernel] = shape;
    const taps = sizeOf(kernel);
    return {
      weight,
      bias,
      groups: node.group,
      outputs,
      inputs,
      taps,
      outputStride: inputs * taps,
      inputStride: taps,
      padded: node.pads.some((pad) => pad !== 0),
      before: 1,
      after: sizeOf(sample.slice(1)),
      outputAfter: sizeOf((graph.shapes.get(node.output) ?? []).slice(1)),
    };
  }
  const transposed = node.op === 'Gemm' && node.transB;
  const [first = 0, second = 0] = shape;
  const [outputs, inputs] = transposed ? [first, second] : [second, first];
  return {
    weight,
    bias: node.op === 'Gemm' ? bias : undefined,
    groups: 1,
    outputs,
    inputs,
    taps: 1,
    outputStride: transposed ? inputs : 1,
    inputStride: transposed ? 1 : outputs,
    padded: false,
    before: sizeOf(sample) / inputs,
    after: 1,
    outputAfter: 1,
  };
}

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
