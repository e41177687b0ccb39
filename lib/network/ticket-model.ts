/** The ticket as a plain ONNX classifier: masked weights baked in, raw features in. */
import { getBit } from '../search/genome.ts';
import { denseLayers, type Network } from './architecture.ts';
import { GraphBuilder } from './onnx.ts';

/** Per dense layer, its weights with the pruned ones zero; `outputs` × `inputs`, row-major. */
export function maskedWeights(network: Network, genome: Uint8Array): Float32Array[] {
  return denseLayers(network.widths).map(({ offset }, index) =>
    (network.weights[index] ?? new Float32Array()).map((weight, position) =>
      getBit(genome, offset + position) === 1 ? weight : 0,
    ),
  );
}

/**
 * The model: input `x` float32 [N, features] in the raw units of the data; outputs `logits` float32 [N, classes] and
 * `label` int64 [N], the lowest class among equal logits. The scaling is part of the graph.
 */
export function buildTicketModel(
  network: Network,
  genome: Uint8Array,
  scaling: { readonly scale: readonly number[]; readonly offset: readonly number[] },
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const graph = new GraphBuilder();
  const layers = denseLayers(network.widths);
  const weights = maskedWeights(network, genome);
  const classes = network.widths.at(-1) ?? 0;
  let value = graph.input('x', 'float32', ['N', network.widths[0] ?? 0]);
  value = graph.node(
    'Mul',
    [value, graph.floats('scaling.scale', [scaling.scale.length], scaling.scale)],
    'x.stretched',
  );
  value = graph.node(
    'Add',
    [value, graph.floats('scaling.offset', [scaling.offset.length], scaling.offset)],
    'x.scaled',
  );
  for (const [index, { name, inputs, outputs }] of layers.entries()) {
    const last = index === layers.length - 1;
    const weight = graph.floats(`${name}.weight`, [outputs, inputs], weights[index] ?? []);
    const bias = graph.floats(`${name}.bias`, [outputs], network.biases[index] ?? []);
    value = graph.node('Gemm', [value, weight, bias], last ? 'logits' : `${name}.sum`, { transB: 1 });
    if (!last) value = graph.node('Relu', [value], `${name}.relu`);
  }
  graph.node('ArgMax', [value], 'label', { axis: 1, keepdims: 0 });
  graph.output('logits', 'float32', ['N', classes]);
  graph.output('label', 'int64', ['N']);
  return graph.build('ticket', metadata);
}
