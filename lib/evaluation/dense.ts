/** The evaluator for networks of any width: the whole forward pass of every mask, tile by tile, in onnxruntime. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type AffineScaling, countSamples, type Samples, scaled } from '../data/dataset.ts';
import { genomeAt, type PackedMasks, unpackInto } from '../search/genome.ts';
import type { EvaluationShape, Evaluator, Scores } from './evaluator.ts';
import { SESSION_OPTIONS } from './session.ts';

interface Tile {
  readonly x: Tensor;
  readonly labels: Tensor;
  readonly onehot: Tensor;
}

/** Cuts the samples into tiles laid out [features, tile]; the last one is filled up with samples that count nothing. */
function cutTiles(samples: Samples, scaling: AffineScaling, classes: number, tile: number): Tile[] {
  const { features } = samples;
  const count = countSamples(samples);
  const values = scaled(samples.x, scaling);
  return Array.from({ length: Math.ceil(count / tile) }, (_, index) => {
    const x = new Float32Array(features * tile);
    const labels = new BigInt64Array(tile).fill(-1n);
    const onehot = new Float32Array(classes * tile);
    const start = index * tile;
    const filled = Math.min(tile, count - start);
    for (let sample = 0; sample < filled; sample++) {
      const label = samples.labels[start + sample] ?? 0;
      labels[sample] = BigInt(label);
      onehot[label * tile + sample] = 1;
      for (let feature = 0; feature < features; feature++) {
        x[feature * tile + sample] = values[(start + sample) * features + feature] ?? 0;
      }
    }
    return {
      x: new Tensor('float32', x, [1, features, 1, tile]),
      labels: new Tensor('int64', labels, [1, tile]),
      onehot: new Tensor('float32', onehot, [1, classes, tile]),
    };
  });
}

/**
 * An evaluator over `samples`, from the bytes of the model that `buildEvaluatorModel` made for the same shape.
 * Every run has the same shape, so a mask's score does not depend on the masks beside it.
 */
export async function createDenseEvaluator(
  model: Uint8Array,
  shape: EvaluationShape & { readonly loss: boolean; readonly bits: number; readonly classes: number },
  samples: Samples,
  scaling: AffineScaling,
): Promise<Evaluator> {
  const { batch, tile, bits } = shape;
  const session = await InferenceSession.create(model, SESSION_OPTIONS);
  const tiles = cutTiles(samples, scaling, shape.classes, tile);
  const expanded = new Uint8Array(batch * bits);
  const masksTensor = new Tensor('uint8', expanded, [batch, bits]);

  async function evaluate(masks: PackedMasks): Promise<Scores> {
    if (masks.bits !== bits)
      throw new RangeError(`masks of ${masks.bits} bits for a network of ${bits} weights`);
    const correct = new Uint32Array(masks.count);
    const loss = new Float64Array(masks.count).fill(shape.loss ? 0 : Number.NaN);
    for (let start = 0; start < masks.count; start += batch) {
      const filled = Math.min(batch, masks.count - start);
      for (let slot = 0; slot < filled; slot++) {
        unpackInto(genomeAt(masks, start + slot), bits, expanded, slot * bits);
      }
      for (const { x, labels, onehot } of tiles) {
        const feeds = { masks: masksTensor, x, labels, ...(shape.loss ? { onehot } : {}) };
        const outputs = await session.run(feeds);
        add(outputs.correct, correct, start, filled);
        if (shape.loss) add(outputs.loss, loss, start, filled);
      }
    }
    return { correct, loss: loss.map((sum) => (Number.isFinite(sum) ? sum : Number.NaN)) };
  }

  return { evaluate, release: () => session.release() };
}

function add(
  tensor: Tensor | undefined,
  totals: Uint32Array | Float64Array,
  start: number,
  count: number,
): void {
  if (!(tensor?.data instanceof Float32Array))
    throw new TypeError('the evaluator model gave no float32 metric');
  for (let slot = 0; slot < count; slot++)
    totals[start + slot] = (totals[start + slot] ?? 0) + (tensor.data[slot] ?? 0);
}
