/** Tickets as plain ONNX classifiers: masked weights and the scaling baked in, raw features in. */
import { SEAL, seal, UNSEALED } from '../../base/seal.ts';
import type { Graph } from '../graph.ts';
import { graphOfLayers } from '../layers-graph.ts';
import { maskedConstants } from '../masked-weights.ts';
import { type AnyNetwork, isGraph } from '../network.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addNode } from '../onnx/nodes.ts';
import { sizeOf } from '../tensor.ts';

/** Raw value × scale + offset: one of each for every feature, or a single one for all. */
interface Scaling {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

type Metadata = Readonly<Record<string, string>>;

/** Names that the models give their own values; a value of the network that is called so gets another. */
const TAKEN = /^(x|x\.stretched|x\.scaled|scaling\.scale|scaling\.offset|logits|label|x\.shape|x\.image)$/;
const TAKEN_IN_MINIMISED = /^(x|logits|label|scaling)($|\.)/;

/**
 * The model: input `x` float32 [N, features] in the raw units of the data; outputs `logits` float32 [N, classes] and
 * `label` int64 [N], the lowest class among equal logits. The scaling is part of the graph.
 */
export function buildTicketModel(
  network: AnyNetwork,
  genome: Uint8Array,
  scaling: Scaling,
  metadata: Metadata = {},
): Uint8Array {
  const builder = new GraphBuilder();
  const graph = isGraph(network) ? network : graphOfLayers(network);
  const x = builder.input('x', 'float32', ['N', sizeOf(graph.inputShape)]);
  const scaled = addScaling(builder, x, scaling);
  const masked = { ...graph, constants: maskedConstants(graph, genome) };
  return finished(builder, masked, scaled, TAKEN, isGraph(network), metadata);
}

/** The same of a minimised ticket; of the `width` features it may pick some. */
export function buildMinimisedModel(
  { graph, features }: { readonly graph: Graph; readonly features?: readonly number[] },
  width: number,
  scaling: Scaling,
  metadata: Metadata = {},
): Uint8Array {
  const builder = new GraphBuilder();
  let x = builder.input('x', 'float32', ['N', width]);
  if (features)
    x = builder.node('Gather', [x, builder.ints('x.features', features)], 'x.picked', { axis: 1 });
  const pick = (values: readonly number[]) =>
    values.length > 1 && features ? features.map((feature) => values[feature] ?? 0) : values;
  const [scale, offset] = [pick(scaling.scale), pick(scaling.offset)];
  const unscaled = scale.every((factor) => factor === 1) && offset.every((term) => term === 0);
  if (!unscaled) x = addScaling(builder, x, { scale, offset });
  return finished(builder, graph, x, TAKEN_IN_MINIMISED, true, metadata);
}

function addScaling(builder: GraphBuilder, x: string, { scale, offset }: Scaling): string {
  const factors = builder.floats('scaling.scale', [scale.length], scale);
  const stretched = builder.node('Mul', [x, factors], 'x.stretched');
  const terms = builder.floats('scaling.offset', [offset.length], offset);
  return builder.node('Add', [stretched, terms], 'x.scaled');
}

/** The bytes, once the graph of the scaled features `x` is added. `named`: nodes have the names of the graph's. */
function finished(
  builder: GraphBuilder,
  graph: Graph,
  x: string,
  taken: RegExp,
  named: boolean,
  metadata: Metadata,
): Uint8Array {
  let input = x;
  if (graph.inputShape.length > 1)
    input = builder.node('Reshape', [x, builder.ints('x.shape', [0, ...graph.inputShape])], 'x.image');
  const nameOf = (name: string) => {
    if (name === graph.input) return input;
    if (name === graph.output) return 'logits';
    return taken.test(name) ? `network/${name}` : name;
  };
  for (const [name, { shape, data }] of graph.constants) builder.floats(nameOf(name), shape, data);
  for (const node of graph.nodes) addNode(builder, node, nameOf, named ? node.name : undefined);
  builder.node('ArgMax', ['logits'], 'label', { axis: 1, keepdims: 0 });
  builder.output('logits', 'float32', ['N', graph.classes]);
  builder.output('label', 'int64', ['N']);
  return seal(builder.build('ticket', { ...metadata, [SEAL]: UNSEALED }));
}
