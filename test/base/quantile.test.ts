/** What sweeps and landscapes rely on in d3-array: published figures stand on this definition. */
import { median, quantile } from 'd3-array';
import { expect, test } from 'vitest';

test('quantiles are linear between the values', () => {
  expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile([4, 1, 3, 2], p))).toEqual([1, 1.75, 2.5, 3.7, 4]);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('quantiles between values, without those that are missing', () => {
  expect(quantile([3, null, 1, 2], 0.5)).toBe(2);
  expect(quantile([0, 10], 0.1)).toBe(1);
  expect(quantile([null], 0.5)).toBeUndefined();
});
