/** The minimised ticket as a plain ONNX classifier: the same inputs, outputs and metadata as the ticket's own model. */

import { SEAL, seal, UNSEALED } from '../../base/seal.ts';
import type { Minimised } from '../minimising/minimisation.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { addNode } from '../onnx/nodes.ts';

export interface ClassifierScaling {
  /** One for each feature, or a single one for all. */
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Names that the model gives itself; a value of the network that is called so gets another. */
const RESERVED = /^(x|logits|label|scaling)($|\.)/;

/**
 * The model: input `x` float32 [N, `features`] in the raw units of the data, of which it may pick some; outputs `logits`
 * float32 [N, classes] and `label` int64 [N], the lowest class among equal logits.
 */
export function buildMinimisedModel(
  { graph, features }: Minimised,
  width: number,
  scaling: ClassifierScaling,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const builder = new GraphBuilder();
  let value = builder.input('x', 'float32', ['N', width]);
  if (features) {
    value = builder.node('Gather', [value, builder.ints('x.features', features)], 'x.picked', { axis: 1 });
  }
  value = addScaling(builder, value, pickedOf(scaling, features));
  if (graph.inputShape.length !== 1) {
    const shape = builder.ints('x.shape', [0, ...graph.inputShape]);
    value = builder.node('Reshape', [value, shape], 'x.image');
  }
  const nameOf = (name: string) => {
    if (name === graph.input) return value;
    if (name === graph.output) return 'logits';
    return RESERVED.test(name) ? `network/${name}` : name;
  };
  for (const [name, { shape, data }] of graph.constants) builder.floats(nameOf(name), shape, data);
  for (const node of graph.nodes) addNode(builder, node, nameOf, node.name);
  builder.node('ArgMax', ['logits'], 'label', { axis: 1, keepdims: 0 });
  builder.output('logits', 'float32', ['N', graph.classes]);
  builder.output('label', 'int64', ['N']);
  return seal(builder.build('ticket', { ...metadata, [SEAL]: UNSEALED }));
}

function addScaling(builder: GraphBuilder, x: string, { scale, offset }: ClassifierScaling): string {
  if (scale.every((factor) => factor === 1) && offset.every((term) => term === 0)) return x;
  const stretched = builder.node(
    'Mul',
    [x, builder.floats('scaling.scale', [scale.length], scale)],
    'x.stretched',
  );
  return builder.node(
    'Add',
    [stretched, builder.floats('scaling.offset', [offset.length], offset)],
    'x.scaled',
  );
}

function pickedOf(scaling: ClassifierScaling, features: readonly number[] | undefined): ClassifierScaling {
  if (!features) return scaling;
  const pick = (values: readonly number[]) =>
    values.length === 1 ? values : features.map((feature) => values[feature] ?? 0);
  return { scale: pick(scaling.scale), offset: pick(scaling.offset) };
}
