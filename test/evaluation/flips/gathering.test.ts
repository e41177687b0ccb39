/** Large networks, whose flips are computed on the samples that they change alone. */
import { expect, it, test } from 'vitest';
import { random } from '../../../lib/base/random.ts';
import { LayersPosition } from '../../../lib/evaluation/flips/layers.ts';
import { gathers, needsOf } from '../../../lib/evaluation/flips/layout.ts';
import { countWeights } from '../../../lib/network/architecture.ts';
import { INITIALIZERS } from '../../../lib/network/initializer.ts';
import { pack } from '../../../lib/search/genome.ts';
import { drawSamples } from '../cases.ts';
import { referenceOf } from './positions.ts';

const objective = 'cross-entropy';

/** Of `count` samples most features are 0, and one of them always. */
function position(widths: readonly number[], count: number, scale: number) {
  const [features = 0] = widths;
  const samples = drawSamples(1, count, features, widths.at(-1) ?? 0);
  const stream = random(2, 'noise');
  const x = samples.x.map((value, index) =>
    stream.below(5) > 0 || index % features === 1 ? 0 : value * scale,
  );
  const network = INITIALIZERS['kaiming-normal'](widths, 1);
  const bits = countWeights(widths);
  const mask = Uint8Array.from({ length: bits }, () => stream.below(2));
  const made = { network, data: { ...samples, x } };
  return { ...made, mask, position: new LayersPosition(network, made.data, pack(mask), { objective }) };
}

/** Some bits of each layer. */
function bitsOf(widths: readonly number[]): number[] {
  const stream = random(3, 'noise');
  let offset = 0;
  return widths.slice(1).flatMap((outputs, layer) => {
    const size = outputs * (widths[layer] ?? 0);
    offset += size;
    return Array.from({ length: 2 }, () => offset - size + stream.below(size));
  });
}

it.each([
  { widths: [140, 120, 20, 5], count: 300, scale: 1 },
  { widths: [140, 120, 9, 2], count: 129, scale: 1 },
  // Losses that no softmax in float32 shows.
  { widths: [140, 120, 20, 5], count: 70, scale: 90 },
  { widths: [140, 120, 6], count: 300, scale: 1 },
  { widths: [140, 120, 2], count: 7, scale: 20 },
  { widths: [140, 120, 12, 10, 3], count: 150, scale: 1 },
])('flips of $widths on $count samples, scale $scale', ({ widths, count, scale }) => {
  const { network, data, mask, position: moved } = position(widths, count, scale);
  let before = referenceOf({ network, data }, mask, objective);
  for (const bit of bitsOf(widths)) {
    const cost = moved.cost;
    const change = moved.change(bit);
    expect(moved.change(bit, change)).toBe(change);
    expect(moved.change(bit, change - 0.5)).toBeGreaterThan(change - 0.5);
    mask[bit] = (mask[bit] ?? 0) ^ 1;
    const after = referenceOf({ network, data }, mask, objective);
    const error = 1e-4 * (before.loss + after.loss + count);
    expect(Math.abs(change - (after.cost - before.cost)) * count).toBeLessThan(error);
    moved.flip(bit);
    moved.flip(bit);
    expect(moved.cost).toBe(cost);
    moved.flip(bit);
    expect(moved.cost).toBe(new LayersPosition(network, data, pack(mask), { objective }).cost);
    expect(moved.change(bit)).toBe(new LayersPosition(network, data, pack(mask), { objective }).change(bit));
    before = after;
  }
});

test('a weight of a feature that is always 0 changes nothing', () => {
  const { position: still } = position([140, 120, 20, 5], 300, 1);
  const { cost } = still;
  expect(still.change(1)).toBe(0);
  still.flip(1);
  expect(still.cost).toBe(cost);
});

test('which networks they are', () => {
  const by = needsOf(objective);
  expect(gathers([784, 300, 100, 10], by)).toBe(true);
  expect(gathers([64, 75, 10], by)).toBe(false);
  expect(gathers([784, 300, 100, 10], needsOf('accuracy'))).toBe(false);
});
