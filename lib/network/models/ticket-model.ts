/** The ticket as a plain ONNX classifier: masked weights baked in, raw features in. */
import { SEAL, seal, UNSEALED } from '../../base/seal.ts';
import { getBit } from '../../search/genome.ts';
import { denseLayers, type Network } from '../architecture.ts';
import type { Constant, Graph } from '../graph.ts';
import { graphOfLayers } from '../layers-graph.ts';
import { type AnyNetwork, isGraph } from '../network.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addNode } from '../onnx/nodes.ts';
import { sizeOf } from '../tensor.ts';

/** Per dense layer, its weights with the pruned ones zero; `outputs` × `inputs`, row-major. */
export function maskedWeights(network: Network, genome: Uint8Array): Float32Array[] {
  return denseLayers(network.widths).map(({ offset }, index) =>
    (network.weights[index] ?? new Float32Array()).map((weight, position) =>
      getBit(genome, offset + position) === 1 ? weight : 0,
    ),
  );
}

/** All constants of a graph, its pruned weights zero. */
export function maskedConstants(graph: Graph, genome: Uint8Array): Map<string, Constant> {
  const constants = new Map(graph.constants);
  for (const { name, shape, offset } of graph.prunable) {
    const { data = new Float32Array() } = graph.constants.get(name) ?? {};
    const masked = data.map((weight, position) => (getBit(genome, offset + position) === 1 ? weight : 0));
    constants.set(name, { shape, data: masked });
  }
  return constants;
}

/**
 * The model: input `x` float32 [N, features] in the raw units of the data; outputs `logits` float32 [N, classes] and
 * `label` int64 [N], the lowest class among equal logits. The scaling is part of the graph.
 */
export function buildTicketModel(
  network: AnyNetwork,
  genome: Uint8Array,
  scaling: { readonly scale: readonly number[]; readonly offset: readonly number[] },
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const builder = new GraphBuilder();
  const graph = isGraph(network) ? network : graphOfLayers(network);
  let value = builder.input('x', 'float32', ['N', sizeOf(graph.inputShape)]);
  const scale = builder.floats('scaling.scale', [scaling.scale.length], scaling.scale);
  value = builder.node('Mul', [value, scale], 'x.stretched');
  const offset = builder.floats('scaling.offset', [scaling.offset.length], scaling.offset);
  value = builder.node('Add', [value, offset], 'x.scaled');
  addGraph(builder, graph, genome, value, isGraph(network));
  builder.node('ArgMax', ['logits'], 'label', { axis: 1, keepdims: 0 });
  builder.output('logits', 'float32', ['N', graph.classes]);
  builder.output('label', 'int64', ['N']);
  return seal(builder.build('ticket', { ...metadata, [SEAL]: UNSEALED }));
}

/** What the ticket calls its own values; the network's own are called otherwise if they would be called so too. */
const TAKEN = /^(x|x\.stretched|x\.scaled|scaling\.scale|scaling\.offset|logits|label|x\.shape|x\.image)$/;

/** Ends at `logits`. `named`: nodes have the names of the graph's. */
function addGraph(
  builder: GraphBuilder,
  graph: Graph,
  genome: Uint8Array,
  input: string,
  named: boolean,
): void {
  let value = input;
  if (graph.inputShape.length > 1)
    value = builder.node('Reshape', [value, builder.ints('x.shape', [0, ...graph.inputShape])], 'x.image');
  const nameOf = (name: string) => {
    if (name === graph.input) return value;
    if (name === graph.output) return 'logits';
    return TAKEN.test(name) ? `network/${name}` : name;
  };
  for (const [name, { shape, data }] of maskedConstants(graph, genome))
    builder.floats(nameOf(name), shape, data);
  for (const node of graph.nodes) addNode(builder, node, nameOf, named ? node.name : undefined);
}
