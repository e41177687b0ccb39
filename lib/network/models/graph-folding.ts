/** What the evaluator of graph networks does once instead of for every mask: see graph-evaluator-model.ts. */
import type { Constant, Graph, GraphNode } from '../graph.ts';

/** The nodes that read each value or constant; a node that reads one twice stands there twice. */
export function readersOf(nodes: readonly GraphNode[]): Map<string, GraphNode[]> {
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  return readers;
}

/**
 * The same graph with each batch normalization that alone reads a Conv or Gemm folded into its weight and bias: a channel
 * scaled after the sum is a channel whose weights are scaled, kept or pruned. Rounded once more, to float32.
 */
export function foldNormalization(graph: Graph): Graph {
  const readers = readersOf(graph.nodes);
  const constants = new Map(graph.constants);
  const folded = new Map<GraphNode, GraphNode>();
  const gone = new Set<GraphNode>();
  for (const node of graph.nodes) {
    const [next, ...others] = readers.get(node.output) ?? [];
    const [, weight = '', bias] = node.inputs;
    if ((node.op !== 'Conv' && node.op !== 'Gemm') || readers.get(weight)?.length !== 1) continue;
    if (next?.op !== 'BatchNormalization' || others.length > 0 || node.output === graph.output) continue;
    const stored = graph.constants.get(weight);
    if (!stored) continue;
    const [scale, shift, mean, variance] = next.inputs
      .slice(1)
      .map((name) => graph.constants.get(name)?.data);
    if (!scale || !shift || !mean || !variance) continue;
    const factors = Float64Array.from(scale, (value, channel) => {
      return value / Math.sqrt((variance[channel] ?? 0) + next.epsilon);
    });
    const before = bias === undefined ? undefined : graph.constants.get(bias)?.data;
    const biases = Float32Array.from(shift, (value, channel) => {
      return value + ((before?.[channel] ?? 0) - (mean[channel] ?? 0)) * (factors[channel] ?? 0);
    });
    const transposed = node.op === 'Gemm' && !node.transB;
    constants.set(weight, scaledWeight(stored, factors, transposed));
    const name = `${next.output}//bias`;
    constants.set(name, { shape: [biases.length], data: biases });
    folded.set(node, { ...node, inputs: [node.inputs[0] ?? '', weight, name], output: next.output });
    gone.add(next);
  }
  const nodes = graph.nodes.filter((node) => !gone.has(node)).map((node) => folded.get(node) ?? node);
  return { ...graph, nodes, constants };
}

/** `outputsLast`: an output's weights stand in a column, else in a row. */
function scaledWeight({ shape, data }: Constant, factors: Float64Array, outputsLast: boolean): Constant {
  const outputs = factors.length;
  const row = data.length / outputs;
  return {
    shape,
    data: data.map((value, index) => {
      return value * (factors[outputsLast ? index % outputs : Math.floor(index / row)] ?? 0);
    }),
  };
}

export interface Parts {
  /** What no mask changes, in order. */
  readonly before: readonly GraphNode[];
  /** The rest. */
  readonly after: readonly GraphNode[];
  /** The values that go from one to the other. */
  readonly between: readonly string[];
}

/** Everything after: nothing is computed once. */
export function uncut(graph: Graph): Parts {
  return { before: [], after: graph.nodes, between: [graph.input] };
}

/** Cuts a graph where masks begin to matter. */
export function splitAtMasks(graph: Graph): Parts {
  const masked = new Set(graph.prunable.map(({ name }) => name));
  const depends = new Set<string>();
  const before: GraphNode[] = [];
  const after: GraphNode[] = [];
  for (const node of graph.nodes) {
    if (node.inputs.some((name) => masked.has(name) || depends.has(name))) {
      depends.add(node.output);
      after.push(node);
    } else before.push(node);
  }
  const read = new Set(after.flatMap(({ inputs }) => inputs));
  const between = [graph.input, ...before.map(({ output }) => output)].filter((name) => read.has(name));
  return { before, after, between };
}
