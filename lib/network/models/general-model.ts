/**
 * The evaluator graph for multilayer perceptrons of any shape: the whole forward pass of `batch` individuals at a time,
 * their masked weights as inputs, the data inside, tile by tile.
 *
 * Samples lie along the last axis. The first layer is one product for all individuals, [batch · width, features + 1] ×
 * [features + 1, samples] with the bias as a row of ones; every further layer is a 1-wide convolution with a group per
 * individual, which onnxruntime fuses with bias and ReLU. What follows the logits depends on the objective: margins,
 * clipped as in few-inputs-model.ts, or predictions.
 */
import { isMacroAverage, needsLoss, type Objective } from '../../search/individual.ts';
import { denseLayers, type Network } from '../architecture.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { type DataTile, marginHead, predictionHead } from './heads.ts';

export interface GeneralShape {
  /** Individuals a run. */
  readonly batch: number;
  /** Figures computed from the logits: cross-entropy also sums losses, macro averages need the predictions. */
  readonly objective: Objective;
}

/** Two classes after a hidden layer: the graph needs only the difference of the logits. */
export function takesDifference(widths: readonly number[]): boolean {
  return widths.length > 2 && widths.at(-1) === 2;
}

/**
 * The model. Inputs: `weights.0` float32 [1, batch · width, features + 1], the bias last in each row; `weights.N`
 * float32 [batch · outputs, inputs, 1]; where `takesDifference`, of the last layer one row, the difference of two.
 * Beside them the input of the head, and its outputs: see heads.ts.
 */
export function buildGeneralModel(network: Network, tiles: readonly DataTile[], shape: GeneralShape) {
  const { batch, objective } = shape;
  const graph = new GraphBuilder();
  const layers = denseLayers(network.widths);
  const classes = network.widths.at(-1) ?? 0;
  const last = layers.length - 1;
  const two = takesDifference(network.widths);

  const weights = layers.map(({ inputs, outputs }, index) => {
    const rows = batch * (two && index === last ? 1 : outputs);
    const dims = index === 0 ? [1, rows, inputs + 1] : [rows, inputs, 1];
    return graph.input(`weights.${index}`, 'float32', dims);
  });
  const biases = layers.map((_, index) => {
    const own = network.biases[index] ?? new Float32Array();
    const bias = two && index === last ? Float32Array.of((own[1] ?? 0) - (own[0] ?? 0)) : own;
    return index === 0 ? '' : graph.floats(`bias.${index}`, [batch * bias.length], repeated(bias, batch));
  });
  const shared = { graph, batch, classes, loss: needsLoss(objective), difference: two };
  const head = isMacroAverage(objective) && !two ? predictionHead(shared) : marginHead(shared);
  const features = (network.widths[0] ?? 0) + 1;
  for (const [place, tile] of tiles.entries()) {
    const x = graph.floats(`x.${place}`, [features, tile.width], tile.x);
    let value = graph.node('MatMul', [weights[0] ?? '', x], `sum.0.${place}`);
    for (let index = 1; index <= last; index++) {
      const relu = graph.node('Relu', [value], `relu.${index}.${place}`);
      const inputs = [relu, weights[index] ?? '', biases[index] ?? ''];
      value = graph.node('Conv', inputs, `sum.${index}.${place}`, { group: batch, kernel_shape: [1] });
    }
    head.add(value, tile, place);
  }
  head.finish();
  return graph.build('general');
}

function repeated(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times);
  for (let index = 0; index < times; index++) all.set(values, index * values.length);
  return all;
}
