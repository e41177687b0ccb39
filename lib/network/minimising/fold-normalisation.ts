/** Batch normalisation behind a layer that nothing else reads becomes a part of that layer's weights. */
import type { Constant, GraphNode } from '../graph.ts';
import { sizeOf } from '../tensor.ts';

export interface GraphParts {
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly output: string;
}

export function withFoldedNormalisation(parts: GraphParts): GraphParts {
  const constants = new Map(parts.constants);
  const uses = new Map<string, number>();
  for (const name of [...parts.nodes.flatMap(({ inputs }) => inputs), parts.output]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  const nodes: (GraphNode | undefined)[] = [...parts.nodes];
  const makers = new Map(parts.nodes.map(({ output }, index) => [output, index]));
  for (const [index, node] of parts.nodes.entries()) {
    const [input = '', ...statistics] = node.inputs;
    const place = makers.get(input) ?? -1;
    const layer = nodes[place];
    if (node.op !== 'BatchNormalization' || !layer || uses.get(input) !== 1) continue;
    if (layer.op !== 'Conv' && layer.op !== 'Gemm') continue;
    const [x = '', weightName = '', biasName] = layer.inputs;
    const weight = constants.get(weightName);
    const [scale, shift, mean, variance] = statistics.map((name) => constants.get(name)?.data);
    // A weight or bias that another layer shares stays as it is.
    const own = [weightName, ...(biasName === undefined ? [] : [biasName])].every(
      (name) => uses.get(name) === 1,
    );
    if (!weight || !scale || !shift || !mean || !variance || !own) continue;
    const factors = Float64Array.from(
      scale,
      (value, channel) => value / Math.sqrt((variance[channel] ?? 1) + node.epsilon),
    );
    const bias = biasName === undefined ? undefined : constants.get(biasName)?.data;
    const shifted = Float32Array.from(
      factors,
      (factor, channel) => ((bias?.[channel] ?? 0) - (mean[channel] ?? 0)) * factor + (shift[channel] ?? 0),
    );
    const outputOf = outputOfWeight(layer, weight.shape);
    const scaled = weight.data.map((value, index) => value * (factors[outputOf(index)] ?? 1));
    // The shift keeps its name: it is a bias already.
    const newBias = biasName ?? statistics[1] ?? `${layer.name}.bias`;
    if (biasName === undefined && uses.get(newBias) !== 1) continue;
    for (const name of statistics) if (uses.get(name) === 1) constants.delete(name);
    constants.set(weightName, { shape: weight.shape, data: scaled });
    constants.set(newBias, { shape: [shifted.length], data: shifted });
    nodes[place] = { ...layer, inputs: [x, weightName, newBias], output: node.output };
    nodes[index] = undefined;
    makers.set(node.output, place);
  }
  return { nodes: nodes.filter((node) => node !== undefined), constants, output: parts.output };
}

/** The output channel that a weight leads to, by its place. */
function outputOfWeight(layer: GraphNode, shape: readonly number[]): (index: number) => number {
  if (layer.op === 'Gemm' && !layer.transB) {
    const columns = shape[1] ?? 1;
    return (index) => index % columns;
  }
  const size = sizeOf(shape.slice(1));
  return (index) => Math.floor(index / size);
}
