import { expect, test } from 'vitest';
import { at } from '../../lib/base/at.ts';

test('gives the item of an array or a typed array', () => {
  expect(at(['a', 'b'], 1)).toBe('b');
  expect(at(Float32Array.of(0, 0.5), 0)).toBe(0);
  expect(at([null], 0)).toBeNull();
});

test.each([
  [[1, 2], 2, 'no item 2 of 2'],
  [Uint8Array.of(7), -1, 'no item -1 of 1'],
  [[], 0, 'no item 0 of 0'],
  [[1], 0.5, 'no item 0.5 of 1'],
])('names the index that is not there: %o[%d]', (items, index, message) => {
  expect(() => at(items, index)).toThrow(new RangeError(message));
});
