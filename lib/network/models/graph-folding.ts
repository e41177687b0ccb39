/** Work that the evaluator of graph networks does once instead of for every mask: see graph-evaluator-model.ts. */
import { at } from '../../base/at.ts';
import { type Graph, type GraphNode, readersOf } from '../graph.ts';

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
    const [, weight = ''] = node.inputs;
    if ((node.op !== 'Conv' && node.op !== 'Gemm') || readers.get(weight)?.length !== 1) continue;
    if (next?.op !== 'BatchNormalization' || others.length > 0 || node.output === graph.output) continue;
    const biased = normalisedWeight(graph, node, next);
    if (!biased) continue;
    constants.set(weight, biased.weight);
    const name = `${next.output}//bias`;
    constants.set(name, biased.bias);
    folded.set(node, { ...node, inputs: [node.inputs[0] ?? '', weight, name], output: next.output });
    gone.add(next);
  }
  const nodes = graph.nodes.filter((node) => !gone.has(node)).map((node) => folded.get(node) ?? node);
  return { ...graph, nodes, constants };
}

/** Weight and bias of a layer with the normalisation after it, rounded to float32; undefined where a constant lacks. */
export function normalisedWeight(
  { constants }: Pick<Graph, 'constants'>,
  layer: GraphNode & { readonly op: 'Conv' | 'Gemm' },
  { inputs: [, ...statistics], epsilon }: GraphNode & { readonly op: 'BatchNormalization' },
) {
  const dataOf = (name = '') => constants.get(name)?.data;
  const [scale, shift, mean, variance] = statistics.map(dataOf);
  const weight = constants.get(layer.inputs[1] ?? '');
  if (!weight || !scale || !shift || !mean || !variance) return undefined;
  const factors = Float64Array.from(
    scale,
    (value, channel) => value / Math.sqrt(at(variance, channel) + epsilon),
  );
  const before = dataOf(layer.inputs[2]);
  const bias = Float32Array.from(shift, (value, channel) => {
    return value + ((before?.[channel] ?? 0) - at(mean, channel)) * at(factors, channel);
  });
  const [outputs, row] = [factors.length, weight.data.length / factors.length];
  // The weights of an output are a column, or a row.
  const column = layer.op === 'Gemm' && !layer.transB;
  const data = weight.data.map((value, index) => {
    return value * at(factors, column ? index % outputs : Math.floor(index / row));
  });
  return { weight: { shape: weight.shape, data }, bias: { shape: [bias.length], data: bias } };
}

export interface CutGraph {
  /** Operations that no mask changes, in order. */
  readonly before: readonly GraphNode[];
  /** The rest. */
  readonly after: readonly GraphNode[];
  /** The values that go from one to the other. */
  readonly between: readonly string[];
}

/** Everything after: nothing is computed once. */
export function uncut(graph: Graph): CutGraph {
  return { before: [], after: graph.nodes, between: [graph.input] };
}

/** Cuts a graph where masks begin to matter. */
export function splitAtMasks(graph: Graph): CutGraph {
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
