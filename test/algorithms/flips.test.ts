import { expect, test } from 'vitest';
import { flipsOf } from '../../lib/algorithms/parts/flip-fields.ts';

test.each([
  ['moons-a', 80, 50_000, 24_000],
  ['circles-d', 2700, 50_000, 54_000],
  ['digits-10', 5550, 1437, 200_000],
  ['MNIST', 266_200, 60_000, 200_000],
  ['a small network on few data', 12, 100, 3600],
])('flips by default follow from weights and samples: %s', (_, bits, samples, flips) => {
  expect(flipsOf({ flips: null }, { bits, samples })).toBe(flips);
  expect(flipsOf({ flips: 7 }, { bits, samples })).toBe(7);
});
