/** Tickets as plain ONNX classifiers: masked weights and the scaling baked in, raw features in. */

import { SEAL, seal, UNSEALED } from '../../base/seal.ts';
import { pack } from '../../search/genome.ts';
import { type NestedOrder, rankAt } from '../../search/nested-order.ts';
import { type Graph, type GraphNode, prunableBits } from '../graph.ts';
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
const TAKEN_IN_NESTED =
  /^(x|x\.stretched|x\.scaled|scaling\.scale|scaling\.offset|logits|label|x\.shape|x\.image|kept|weights\.(count|kept))$|\.(frozen|ranks|pruned|none)$/;
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

/**
 * The model of an order of the weights whose every beginning is a ticket: a second input `kept` float32 [] is the share of
 * the weights that it keeps, at most: see `keptAt`. It masks the weights by their ranks.
 */
export function buildNestedModel(
  network: AnyNetwork,
  { bits: order, pauses }: NestedOrder,
  scaling: Scaling,
  metadata: Metadata = {},
): Uint8Array {
  const builder = new GraphBuilder();
  const graph = isGraph(network) ? network : graphOfLayers(network);
  const bits = prunableBits(graph);
  const x = builder.input('x', 'float32', ['N', sizeOf(graph.inputShape)]);
  builder.input('kept', 'float32', []);
  const limit = builder.node('Mul', ['kept', builder.floats('weights.count', [], [bits])], 'weights.kept');
  const scaled = addScaling(builder, x, scaling);
  const kept = new Uint8Array(bits);
  // Half a rank more, so that a limit between two ranks is rounded.
  const ranks = new Float32Array(bits).fill(bits);
  for (const [rank, bit] of order.entries()) {
    kept[bit] = 1;
    ranks[bit] = rankAt(rank, pauses) + 0.5;
  }
  const own = { ...graph, constants: maskedConstants(graph, pack(kept)) };
  const masked = new Map(
    graph.prunable.map(({ name, offset, size }) => [name, ranks.subarray(offset, offset + size)]),
  );
  const facts = { weights: bits, ranked: order.length, pauses };
  const nested = { ...metadata, nested: JSON.stringify(facts) };
  return finished(builder, own, scaled, TAKEN_IN_NESTED, isGraph(network), nested, { limit, ranks: masked });
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

/** Weights by rank, tensor by tensor, and the value of the first rank that is left out. */
interface Nested {
  readonly ranks: ReadonlyMap<string, Float32Array>;
  readonly limit: string;
}

function addRanked(
  builder: GraphBuilder,
  name: string,
  shape: readonly number[],
  weights: Float32Array,
  ranks: Float32Array,
  limit: string,
): void {
  const frozen = builder.floats(`${name}.frozen`, shape, weights);
  const compared = [builder.floats(`${name}.ranks`, shape, ranks), limit];
  const pruned = builder.node('Greater', compared, `${name}.pruned`);
  builder.node('Where', [pruned, builder.floats(`${name}.none`, [], [0]), frozen], name);
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
  nested?: Nested,
): Uint8Array {
  let input = x;
  if (graph.inputShape.length > 1)
    input = builder.node('Reshape', [x, builder.ints('x.shape', [0, ...graph.inputShape])], 'x.image');
  const others = new Set([...graph.constants.keys(), ...graph.nodes.map(({ output }) => output)]);
  const nameOf = (name: string) => {
    if (name === graph.input) return input;
    if (name === graph.output) return 'logits';
    if (!taken.test(name)) return name;
    // The network may be a ticket of a ticket.
    let free = `network/${name}`;
    while (others.has(free)) free = `network/${free}`;
    return free;
  };
  // Names such as "Mul:x.scaled" are those that nodes get here by themselves.
  const nodeName = ({ name = '' }: GraphNode) => (named && !/^\w+:/.test(name) ? name : undefined);
  for (const [name, { shape, data }] of graph.constants) {
    const ranks = nested?.ranks.get(name);
    if (nested && ranks) addRanked(builder, nameOf(name), shape, data, ranks, nested.limit);
    else builder.floats(nameOf(name), shape, data);
  }
  for (const node of graph.nodes) addNode(builder, node, nameOf, nodeName(node));
  builder.node('ArgMax', ['logits'], 'label', { axis: 1, keepdims: 0 });
  builder.output('logits', 'float32', ['N', graph.classes]);
  builder.output('label', 'int64', ['N']);
  return seal(builder.build('ticket', { ...metadata, [SEAL]: UNSEALED }));
}
