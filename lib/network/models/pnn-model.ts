/** A probabilistic neural network as an ONNX classifier, with the inputs and outputs of a ticket. */
import { GraphBuilder } from '../onnx/graph-builder.ts';

interface Pnn {
  readonly centers: readonly { readonly label: number; readonly x: Float64Array }[];
  readonly labels: readonly number[];
}

interface Scaling {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Logits of classes that are not known. */
const NEVER = -1e4;

/**
 * Inputs and outputs as those of `buildTicketModel`; of classes without centres, the logit is −10,000. The activations are
 * exp(−k² · d² / dmax²) with k, the classes, and dmax, the distance of the farthest centre; the logits are the logarithms of their
 * shares by class.
 */
export function buildPnnModel(
  { centers, labels }: Pnn,
  classes: number,
  features: number,
  scaling: Scaling,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new GraphBuilder();
  const node = (op: string, inputs: readonly string[], to: string, attributes = {}) =>
    graph.node(op, inputs, to, attributes);
  const scalar = (name: string, value: number) => graph.floats(name, [], [value]);
  graph.input('x', 'float32', ['N', features]);
  const stretched = node(
    'Mul',
    ['x', graph.floats('scaling.scale', [scaling.scale.length], scaling.scale)],
    'x.stretched',
  );
  const scaled = node(
    'Add',
    [stretched, graph.floats('scaling.offset', [scaling.offset.length], scaling.offset)],
    'x.scaled',
  );

  const at = graph.floats(
    'centers',
    [centers.length, features],
    Float32Array.from(centers.flatMap(({ x }) => [...x])),
  );
  const lengths = centers.map(({ x }) => x.reduce((sum, value) => sum + Math.fround(value) ** 2, 0));
  const own = node('ReduceSumSquare', [scaled], 'x.square', { axes: [1], keepdims: 1 });
  const twice = node(
    'Gemm',
    [scaled, at, graph.floats('centers.square', [centers.length], lengths)],
    'x.centers',
    {
      transB: 1,
      alpha: { float: -2 },
    },
  );
  const squares = node('Relu', [node('Add', [own, twice], 'distances')], 'distances.square');
  const farthest = node('ReduceMax', [squares], 'farthest', { axes: [1], keepdims: 1 });
  const divisor = node('Max', [farthest, scalar('tiny', 1e-30)], 'divisor');
  const ratios = node('Div', [squares, divisor], 'ratios');
  const exponents = node('Mul', [ratios, scalar('classes.square', -(labels.length ** 2))], 'exponents');
  // Shares of all activations: of tiny ones, too, one is the largest.
  const shares = node('Softmax', [exponents], 'shares', { axis: 1 });
  const belongs = Float32Array.from({ length: centers.length * classes }, (_, place) =>
    Number(centers[Math.floor(place / classes)]?.label === place % classes),
  );
  const sums = node('MatMul', [shares, graph.floats('belongs', [centers.length, classes], belongs)], 'sums');
  const known = Float32Array.from({ length: classes }, (_, label) => (labels.includes(label) ? 0 : NEVER));
  const logs = node('Log', [node('Max', [sums, scalar('least', 1e-37)], 'sums.positive')], 'sums.log');
  node('Add', [logs, graph.floats('known', [classes], known)], 'logits');
  node('ArgMax', ['logits'], 'label', { axis: 1, keepdims: 0 });
  graph.output('logits', 'float32', ['N', classes]);
  graph.output('label', 'int64', ['N']);
  return graph.build('pnn', metadata);
}
