/** What a weight looks like: the numbers from which a prior tells its chance to be kept, in any network. */
import { at } from '../../base/at.ts';
import { type AnyNetwork, isGraph } from '../../network/network.ts';
import { prunableOf } from '../networks.ts';

/** What a ticket is wanted to be. */
export interface Wanted {
  /** Share of the weights that it prunes. */
  readonly sparsity: number;
  /** Mean cross-entropy on the training data, in nats. */
  readonly loss: number;
}

/** Their names, in order: `v` is the weight over the root mean square of its tensor. */
export const WEIGHT_FEATURES = [
  'v',
  '|v|',
  'v²',
  'size of its unit',
  'mean of its unit',
  'size of its input',
  'mean of its input',
  'bias of its unit',
  'v · bias',
  'v · mean of its unit',
  'depth',
  'last layer',
  '|v| · last layer',
  'logarithm of the fan-in',
  'wanted density, logit',
  '|v| · wanted density',
  'wanted loss',
] as const;

const rms = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));

/** Calls `visit` with the features of each prunable weight, in the order of a genome; the array is used again. */
export function eachWeight(
  network: AnyNetwork,
  { sparsity, loss }: Wanted,
  visit: (features: Float64Array, bit: number) => void,
): void {
  const share = Math.min(0.999, Math.max(0.001, 1 - sparsity));
  const density = Math.log(share / (1 - share));
  const tensors = prunableOf(network);
  const features = new Float64Array(WEIGHT_FEATURES.length);
  for (const [layer, { data, shape, offset }] of tensors.entries()) {
    const rows = shape[0] ?? 1;
    const columns = data.length / Math.max(1, rows);
    const scale = rms(data) || 1;
    const v = Float64Array.from(data, (value) => value / scale);
    const unit = { square: new Float64Array(rows), mean: new Float64Array(rows) };
    const input = { square: new Float64Array(columns), mean: new Float64Array(columns) };
    for (const [index, value] of v.entries()) {
      const [row, column] = [Math.floor(index / columns), index % columns];
      unit.square[row] = at(unit.square, row) + value ** 2 / columns;
      unit.mean[row] = at(unit.mean, row) + value / columns;
      input.square[column] = at(input.square, column) + value ** 2 / rows;
      input.mean[column] = at(input.mean, column) + value / rows;
    }
    const biases = isGraph(network) ? new Float32Array(rows) : at(network.biases, layer);
    const last = layer === tensors.length - 1 ? 1 : 0;
    const depth = tensors.length > 1 ? layer / (tensors.length - 1) : 0;
    for (const [index, value] of v.entries()) {
      const [row, column] = [Math.floor(index / columns), index % columns];
      const size = Math.abs(value);
      const bias = at(biases, row);
      const mean = at(unit.mean, row);
      features.set([
        value,
        size,
        value ** 2,
        Math.sqrt(at(unit.square, row)),
        mean,
        Math.sqrt(at(input.square, column)),
        at(input.mean, column),
        bias,
        value * bias,
        value * mean,
        depth,
        last,
        size * last,
        Math.log(columns),
        density,
        size * density,
        loss,
      ]);
      visit(features, offset + index);
    }
  }
}
