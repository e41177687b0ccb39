/**
 * The evaluator as one ONNX graph: frozen weights inside, masks as inputs, many individuals a run, and the metrics
 * computed in the graph, so that only a few numbers come back.
 *
 * Samples lie along the last axis ([features, samples]); every layer is a 1×1 convolution, individuals beside each
 * other as channels and, behind the first layer, as groups. onnxruntime fuses convolution, bias and ReLU.
 */
import { denseLayers, type Network } from './architecture.ts';
import { castTo, GraphBuilder } from './onnx.ts';

export interface EvaluatorShape {
  /** Individuals a run; a shorter batch is filled up. */
  readonly batch: number;
  /** Samples a run; a shorter tile is filled up with samples that count nothing. */
  readonly tile: number;
  /** Also sum the cross-entropy. */
  readonly loss: boolean;
}

/**
 * The model. Inputs: `masks` uint8 [batch, weights] of 0 and 1; `x` float32 [1, features, 1, tile], scaled;
 * `labels` int64 [1, tile], −1 for samples that do not count; with `loss`, `onehot` float32 [1, classes, tile].
 * Outputs: `correct` float32 [batch], correct predictions in the tile (the lowest class wins a tie); with `loss`,
 * `loss` float32 [batch], cross-entropy summed over the tile, in nats.
 */
export function buildEvaluatorModel(network: Network, { batch, tile, loss }: EvaluatorShape): Uint8Array {
  const graph = new GraphBuilder();
  const layers = denseLayers(network.widths);
  const bits = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const features = network.widths[0] ?? 0;
  const classes = network.widths.at(-1) ?? 0;

  const masks = graph.input('masks', 'uint8', [batch, bits]);
  let value = graph.input('x', 'float32', [1, features, 1, tile]);
  const labels = graph.input('labels', 'int64', [1, tile]);
  const kept = graph.node('Cast', [masks], 'kept', castTo('float32'));

  for (const [index, { name, inputs, outputs, offset }] of layers.entries()) {
    const size = inputs * outputs;
    const weight = graph.floats(`${name}.weight`, [1, size], network.weights[index] ?? []);
    const bias = repeat(network.biases[index] ?? new Float32Array(), batch);
    const slice = graph.node(
      'Slice',
      [
        kept,
        graph.ints(`${name}.from`, [offset]),
        graph.ints(`${name}.to`, [offset + size]),
        graph.ints(`${name}.axis`, [1]),
      ],
      `${name}.mask`,
    );
    const masked = graph.node('Mul', [slice, weight], `${name}.masked`);
    const kernel = graph.node(
      'Reshape',
      [masked, graph.ints(`${name}.kernel.shape`, [batch * outputs, inputs, 1, 1])],
      `${name}.kernel`,
    );
    value = graph.node(
      'Conv',
      [value, kernel, graph.floats(`${name}.bias`, [batch * outputs], bias)],
      `${name}.sum`,
      { group: index === 0 ? 1 : batch, kernel_shape: [1, 1] },
    );
    if (index < layers.length - 1) value = graph.node('Relu', [value], `${name}.relu`);
  }

  const logits = graph.node('Reshape', [value, graph.ints('logits.shape', [batch, classes, tile])], 'logits');
  const predicted = graph.node('ArgMax', [logits], 'predicted', { axis: 1, keepdims: 0 });
  const hits = graph.node(
    'Cast',
    [graph.node('Equal', [predicted, labels], 'equal')],
    'hits',
    castTo('float32'),
  );
  graph.node('ReduceSum', [hits, graph.ints('samples.axis', [1])], 'correct', { keepdims: 0 });
  graph.output('correct', 'float32', [batch]);
  if (loss) {
    const onehot = graph.input('onehot', 'float32', [1, classes, tile]);
    const classAxis = graph.ints('class.axis', [1]);
    const normalizer = graph.node('ReduceLogSumExp', [logits], 'normalizer', { axes: [1], keepdims: 0 });
    const counts = graph.node('ReduceSum', [onehot, classAxis], 'counts', { keepdims: 0 });
    const own = graph.node(
      'ReduceSum',
      [graph.node('Mul', [logits, onehot], 'own.product'), classAxis],
      'own',
      {
        keepdims: 0,
      },
    );
    const each = graph.node(
      'Sub',
      [graph.node('Mul', [normalizer, counts], 'normalizer.counted'), own],
      'each',
    );
    graph.node('ReduceSum', [each, 'samples.axis'], 'loss', { keepdims: 0 });
    graph.output('loss', 'float32', [batch]);
  }
  return graph.build('evaluator');
}

function repeat(values: Float32Array, times: number): Float32Array {
  const repeated = new Float32Array(values.length * times);
  for (let index = 0; index < times; index++) repeated.set(values, index * values.length);
  return repeated;
}
