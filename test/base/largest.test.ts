import { expect, test } from 'vitest';
import { indexOfLargest } from '../../lib/base/largest.ts';

test.each([
  [[1, 3, 2], 1],
  [[2, 5, 5], 1],
  [[-3, -1, -2], 1],
  [[], 0],
  [[0, Number.NaN, 1], 2],
  [[Number.NaN, 1, 2], 0],
  [[Number.NEGATIVE_INFINITY, -1e300], 1],
])('the largest of %o is at %i', (values, index) => {
  expect(indexOfLargest(values)).toBe(index);
  expect(indexOfLargest(Float64Array.from(values))).toBe(index);
});
