/** Folds batch normalisation into the weights of the layer before it, where nothing else reads that layer. */
import type { Constant, GraphNode } from '../graph.ts';
import { normalisedWeight } from '../models/graph-folding.ts';

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
    // A weight or bias that another layer shares stays as it is.
    const own = [weightName, ...(biasName === undefined ? [] : [biasName])].every(
      (name) => uses.get(name) === 1,
    );
    const folded = own ? normalisedWeight({ constants }, layer, node) : undefined;
    if (!folded) continue;
    // The shift keeps its name: it is a bias already.
    const newBias = biasName ?? statistics[1] ?? `${layer.name}.bias`;
    if (biasName === undefined && uses.get(newBias) !== 1) continue;
    for (const name of statistics) if (uses.get(name) === 1) constants.delete(name);
    constants.set(weightName, folded.weight);
    constants.set(newBias, folded.bias);
    nodes[place] = { ...layer, inputs: [x, weightName, newBias], output: node.output };
    nodes[index] = undefined;
    makers.set(node.output, place);
  }
  return { nodes: nodes.filter((node) => node !== undefined), constants, output: parts.output };
}
