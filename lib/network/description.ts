/** A network as people are shown it: its layers, one row per operation. */
import { type Graph, prunableBits } from './graph.ts';
import { multiplyAddsIn } from './network.ts';
import { layoutOf } from './site.ts';
import { sizeOf } from './tensor.ts';

export interface LayerDescription {
  readonly name: string;
  readonly operator: string;
  /** For one sample. */
  readonly outputShape: readonly number[];
  /** Elements of the constants that are used here for the first time: weights, biases, statistics. */
  readonly weights: number;
  /** The prunable ones among them. */
  readonly prunable: number;
  /** The weight, as patterns name it. */
  readonly tensor: string | undefined;
  readonly multiplyAdds: number;
}

export function describeLayers(graph: Graph): LayerDescription[] {
  const prunable = new Map(graph.prunable.map(({ name, size }) => [name, size]));
  const seen = new Set<string>();
  return graph.nodes.map((node) => {
    const fresh = node.inputs.filter((name) => graph.constants.has(name) && !seen.has(name));
    for (const name of fresh) seen.add(name);
    return {
      name: node.name,
      operator: node.op,
      outputShape: graph.shapes.get(node.output) ?? [],
      weights: fresh.reduce((sum, name) => sum + (graph.constants.get(name)?.data.length ?? 0), 0),
      prunable: fresh.reduce((sum, name) => sum + (prunable.get(name) ?? 0), 0),
      tensor: layoutOf(graph, node)?.weight,
      multiplyAdds: multiplyAddsIn(graph, node),
    };
  });
}

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** Bytes that one individual takes: its genome and, while it is evaluated, its weights and all values of one sample. */
export function memoryOfIndividual(graph: Graph) {
  const bits = prunableBits(graph);
  const values = graph.nodes.reduce((sum, { output }) => sum + sizeOf(graph.shapes.get(output) ?? []), 0);
  return { genome: Math.ceil(bits / 8), maskedWeights: bits * FLOAT, activations: values * FLOAT };
}
