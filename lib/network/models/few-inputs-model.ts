/**
 * The evaluator graph for networks of few inputs, one hidden layer and two classes.
 *
 * With F inputs a hidden unit has only 2^F masked versions, and one of them, without inputs, is constant. All the
 * others are computed once, over all data. What is left of a whole population is one dense product: a row of weights
 * per individual times the versions' activations.
 *
 *     rows [R, K] × activations [K, samples] → margins [R, samples],   K = (2^F − 1) · hidden + 1
 *
 * The label's sign is folded into the activations, so a positive margin is a correct prediction. Rows come scaled by
 * ½ / ε: clipped to ±½, a margin of exactly ±½ is settled beyond the rounding error ε, and anything between is a near
 * tie. Sums of ±½ are exact in any order.
 */
import { GraphBuilder } from '../onnx/graph-builder.ts';

export interface ActivationTile {
  /** Activations [K, width], columns past `samples` zero. */
  readonly activations: Float32Array;
  readonly samples: number;
  /** A multiple of 64, at least `samples`. */
  readonly width: number;
}

/** Blocks of a tile, each with figures of its own, so that a near tie costs the recount of one block. */
export const BLOCKS = 8;

/**
 * The model. Input `rows` float32 [R, K]; output `metrics` float32 [R, tiles · 2 · blocks]: per tile, for each block
 * of `width` / 8 columns the sum of the clipped margins (correct predictions − samples / 2), then for each block the
 * smallest magnitude among them (½: no near tie; padding counts as ½).
 * Activations are constants, so that onnxruntime packs them once; one output for all, which it computes tile by tile.
 */
export function buildFewInputsModel(terms: number, tiles: readonly ActivationTile[]): Uint8Array {
  const graph = new GraphBuilder();
  const rows = graph.input('rows', 'float32', ['R', terms]);
  const low = graph.floats('low', [], [-0.5]);
  const high = graph.floats('high', [], [0.5]);
  const columnAxis = graph.ints('column.axis', [2]);
  const metrics = tiles.map(({ activations, samples, width }, index) => {
    const tile = graph.suffixed(`.${index}`);
    const constant = tile.floats('activations', [terms, width], activations);
    const margins = tile.node('MatMul', [rows, constant], 'margins');
    const clipped = tile.node('Clip', [margins, low, high], 'clipped');
    const shape = tile.ints('shape', [0, BLOCKS, width / BLOCKS]);
    const blocks = tile.node('Reshape', [clipped, shape], 'blocks');
    const sum = tile.node('ReduceSum', [blocks, columnAxis], 'sum', { keepdims: 0 });
    let size = tile.node('Abs', [blocks], 'size');
    if (width > samples) {
      const ones = Float32Array.from({ length: width }, (_, column) => (column < samples ? 0 : 1));
      const padding = tile.floats('padding', [BLOCKS, width / BLOCKS], ones);
      size = tile.node('Add', [size, padding], 'size.padded');
    }
    const least = tile.node('ReduceMin', [size], 'least', { axes: [2], keepdims: 0 });
    return tile.node('Concat', [sum, least], 'metrics', { axis: 1 });
  });
  graph.node('Concat', metrics, 'metrics', { axis: 1 });
  graph.output('metrics', 'float32', ['R', 2 * BLOCKS * tiles.length]);
  return graph.build('few-inputs');
}
