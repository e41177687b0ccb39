import { expect, test } from 'vitest';
import type { Samples } from '../../lib/data/dataset.ts';
import { countShared } from '../../lib/data/overlap.ts';

const samples = (...rows: readonly (readonly number[])[]): Samples => ({
  features: rows[0]?.length ?? 0,
  x: Float32Array.from(rows.flat()),
  labels: new Uint16Array(rows.length),
});

test('a sample counts as often as it stands there, whatever its label and its place', () => {
  const own = samples([1, 2], [3, 4], [1, 2], [5, 6], [2, 1]);
  const others = {
    ...samples([9, 9], [1, 2], [5, 6], [1, 2], [3, 4.000001]),
    labels: Uint16Array.of(1, 1, 1, 1, 1),
  };
  expect(countShared(own, others)).toBe(3);
  expect(countShared(others, own)).toBe(3);
  expect(countShared(own, samples([1, 2, 3]))).toBe(0);
  expect(countShared(own, samples([7, 7]))).toBe(0);
});

test('thousands of rows that differ in one value are told apart', () => {
  const grid = (shift: number) =>
    samples(...Array.from({ length: 5_000 }, (_, row) => [row % 71, row + shift, 0.5]));
  expect(countShared(grid(0), grid(0))).toBe(5_000);
  expect(countShared(grid(0), grid(71))).toBe(5_000 - 71);
  expect(countShared(grid(0), grid(1))).toBe(0);
  const alike = samples(...Array.from({ length: 100_000 }, () => [0, 0, 1]));
  expect(countShared(alike, alike)).toBe(100_000);
});
