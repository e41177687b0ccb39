/**
 * The evaluator graph for multilayer perceptrons of any shape: the whole forward pass of `batch` individuals at a time,
 * their masked weights as inputs, the data inside, tile by tile.
 *
 * Samples lie along the last axis. The first layer is one product for all individuals, [batch · width, features + 1] ×
 * [features + 1, samples] with the bias as a row of ones; every further layer is a 1-wide convolution with a group per
 * individual, which onnxruntime fuses with bias and ReLU. Margins are clipped as in few-inputs-model.ts.
 */
import { denseLayers, type Network } from './architecture.ts';
import { GraphBuilder } from './onnx.ts';

export interface DataTile {
  /** Scaled features [features + 1, width], the last row ones; columns behind `samples` zero. */
  readonly x: Float32Array;
  readonly labels: Uint16Array;
  readonly samples: number;
  /** A multiple of 64, at least `samples`. */
  readonly width: number;
}

export interface GeneralShape {
  /** Individuals a run. */
  readonly batch: number;
  /** Also sum the cross-entropy. */
  readonly loss: boolean;
}

/** Of two classes behind a hidden layer the graph needs only the difference of the logits. */
export function takesDifference(widths: readonly number[]): boolean {
  return widths.length > 2 && widths.at(-1) === 2;
}

/** Figures a tile gives per individual: sum of clipped margins, least magnitude, and, if asked for, the loss. */
export function figuresPerTile({ loss }: GeneralShape): number {
  return loss ? 3 : 2;
}

/**
 * The model. Inputs: `weights.0` float32 [1, batch · width, features + 1], the bias last in each row; `weights.N`
 * float32 [batch · outputs, inputs, 1], of two classes behind a hidden layer one row, their difference; `scale` float32 [batch, 1], ½ / ε.
 * Outputs: `metrics` float32 [batch, tiles · figures], and `clipped.T` float32 [batch, width] per tile.
 */
export function buildGeneralModel(
  network: Network,
  tiles: readonly DataTile[],
  shape: GeneralShape,
): Uint8Array {
  const { batch, loss } = shape;
  const graph = new GraphBuilder();
  const layers = denseLayers(network.widths);
  const classes = network.widths.at(-1) ?? 0;
  const last = layers.length - 1;
  const two = takesDifference(network.widths);

  const weights = layers.map(({ inputs, outputs }, index) => {
    const rows = batch * (two && index === last ? 1 : outputs);
    return graph.input(
      `weights.${index}`,
      'float32',
      index === 0 ? [1, rows, inputs + 1] : [rows, inputs, 1],
    );
  });
  const biases = layers.map((_, index) => {
    const own = network.biases[index] ?? new Float32Array();
    const bias = two && index === last ? Float32Array.of((own[1] ?? 0) - (own[0] ?? 0)) : own;
    return index === 0 ? '' : graph.floats(`bias.${index}`, [batch * bias.length], repeated(bias, batch));
  });
  const scale = graph.input('scale', 'float32', [batch, 1]);
  const low = graph.floats('low', [], [-0.5]);
  const high = graph.floats('high', [], [0.5]);
  const axis = graph.ints('axis', [1]);
  const half = graph.floats('half', [], [0.5]);

  const metrics = tiles.map(({ x, labels, samples, width }, tile) => {
    const at = (name: string) => `${name}.${tile}`;
    const vector = (name: string, value: (column: number) => number) =>
      graph.floats(
        at(name),
        [width],
        Float32Array.from({ length: width }, (_, column) => value(column)),
      );
    const padded = width > samples;
    const counts = padded ? vector('counts', (column) => (column < samples ? 1 : 0)) : undefined;

    const features = (network.widths[0] ?? 0) + 1;
    let value = graph.node(
      'MatMul',
      [weights[0] ?? '', graph.floats(at('x'), [features, width], x)],
      at('sum.0'),
    );
    for (let index = 1; index <= last; index++) {
      value = graph.node('Relu', [value], at(`relu.${index}`));
      value = graph.node('Conv', [value, weights[index] ?? '', biases[index] ?? ''], at(`sum.${index}`), {
        group: batch,
        kernel_shape: [1],
      });
    }

    let margins: string;
    let losses: string | undefined;
    if (two) {
      const sign = vector('sign', (column) => (column >= samples ? 0 : labels[column] === 1 ? 1 : -1));
      const difference = graph.node(
        'Reshape',
        [value, graph.ints(at('rows'), [batch, width])],
        at('difference'),
      );
      margins = graph.node('Mul', [difference, sign], at('margins'));
      if (loss) {
        // −log σ(m) = ½(|m| − m) − log σ(|m|), which does not overflow.
        const size = graph.node('Abs', [margins], at('margin.size'));
        const hinge = graph.node('Mul', [graph.node('Sub', [size, margins], at('twice')), half], at('hinge'));
        const smooth = graph.node('Log', [graph.node('Sigmoid', [size], at('sigmoid'))], at('log.sigmoid'));
        losses = graph.node('Sub', [hinge, smooth], at('losses'));
      }
    } else {
      const logits = graph.node(
        'Reshape',
        [value, graph.ints(at('rows'), [batch, classes, width])],
        at('logits'),
      );
      const own = new Float32Array(classes * width);
      const barred = new Float32Array(classes * width);
      for (let column = 0; column < width; column++) {
        const label = column < samples ? (labels[column] ?? 0) : 0;
        own[label * width + column] = 1;
        barred[label * width + column] = -1e30;
      }
      const picked = graph.node(
        'Mul',
        [logits, graph.floats(at('own'), [classes, width], own)],
        at('picked'),
      );
      const label = graph.node('ReduceSum', [picked, axis], at('label'), { keepdims: 0 });
      const others = graph.node(
        'Add',
        [logits, graph.floats(at('barred'), [classes, width], barred)],
        at('others'),
      );
      const rival = graph.node('ReduceMax', [others], at('rival'), { axes: [1], keepdims: 0 });
      margins = graph.node('Sub', [label, rival], at('margins.all'));
      if (counts) margins = graph.node('Mul', [margins, counts], at('margins'));
      if (loss) {
        const largest = graph.node('Max', [label, rival], at('largest'));
        const column = graph.node(
          'Reshape',
          [largest, graph.ints(at('column'), [batch, 1, width])],
          at('largest.row'),
        );
        const powers = graph.node('Exp', [graph.node('Sub', [logits, column], at('shifted'))], at('powers'));
        const total = graph.node('ReduceSum', [powers, axis], at('total'), { keepdims: 0 });
        const above = graph.node('Sub', [largest, label], at('above'));
        losses = graph.node('Add', [above, graph.node('Log', [total], at('log.total'))], at('losses'));
      }
    }

    const clipped = graph.node(
      'Clip',
      [graph.node('Mul', [margins, scale], at('scaled')), low, high],
      at('clipped'),
    );
    graph.output(clipped, 'float32', [batch, width]);
    let size = graph.node('Abs', [clipped], at('size'));
    if (padded)
      size = graph.node(
        'Add',
        [size, vector('padding', (column) => (column < samples ? 0 : 1))],
        at('size.padded'),
      );
    const figures = [
      graph.node('ReduceSum', [clipped, axis], at('correct'), { keepdims: 1 }),
      graph.node('ReduceMin', [size], at('least'), { axes: [1], keepdims: 1 }),
    ];
    if (losses) {
      const counted = counts ? graph.node('Mul', [losses, counts], at('losses.counted')) : losses;
      figures.push(graph.node('ReduceSum', [counted, axis], at('loss'), { keepdims: 1 }));
    }
    return graph.node('Concat', figures, at('metrics'), { axis: 1 });
  });
  graph.node('Concat', metrics, 'metrics', { axis: 1 });
  graph.output('metrics', 'float32', [batch, tiles.length * figuresPerTile(shape)]);
  return graph.build('general');
}

function repeated(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times);
  for (let index = 0; index < times; index++) all.set(values, index * values.length);
  return all;
}
