import { expect, test } from 'vitest';
import {
  age,
  amount,
  byteSize,
  counted,
  duration,
  milliseconds,
  money,
  nats,
  percent,
  signed,
  whole,
} from '../../lib/base/format.ts';

test.each([
  [0.9234, 1, '92.3 %'],
  [0.9234, 2, '92.34 %'],
  [1, 1, '100.0 %'],
  [0, 1, '0.0 %'],
  [0.9999, 1, '>99.9 %'],
  [0.9999, 2, '99.99 %'],
  [0.999, 0, '>99 %'],
  [null, 1, '–'],
  [1, undefined, '100 %'],
  [0.999999, undefined, '>99.99 %'],
  [0.98914, undefined, '98.91 %'],
  [0.7, undefined, '70 %'],
  [0, undefined, '0 %'],
])('the share %j with %j digits is written %s', (share, digits, text) => {
  expect(percent(share, digits)).toBe(text);
});

test.each([
  [0, '0'],
  [12_345.6, '12,346'],
  [999.5, '1,000'],
])('%d is %s', (value, text) => {
  expect(whole(value)).toBe(text);
});

test.each([
  [0, '0 runs'],
  [1, '1 run'],
  [1_200, '1,200 runs'],
])('%d is counted as %s', (count, text) => {
  expect(counted(count, 'run')).toBe(text);
  expect(counted(2, 'row', 'rows of it')).toBe('2 rows of it');
});

test.each([
  [0, '0.0 s'],
  [0.384, '0.4 s'],
  [4.24, '4.2 s'],
  [9.96, '10 s'],
  [12.34, '12 s'],
  [42, '42 s'],
  [59.7, '1 min 0 s'],
  [59.99, '1 min 0 s'],
  [60, '1 min 0 s'],
  [125, '2 min 5 s'],
  [200, '3 min 20 s'],
  [119.8, '2 min 0 s'],
  [3_780, '1 h 3 min'],
  [7_500, '2 h 5 min'],
  [3_599.9, '1 h 0 min'],
  [7_179, '2 h 0 min'],
  [3_600_000, '1,000 h 0 min'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('%d seconds are written %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [812, '812 B'],
  [34_512, '34.5 kB'],
  [1_200_000, '1.2 MB'],
  [92e12, '92 TB'],
])('%d bytes are written %s', (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});

test.each([
  [null, '–'],
  [0, '0'],
  [0.21534, '0.2153'],
  [0.000001514, '1.51e-6'],
])('the loss %d is written %s', (loss, text) => {
  expect(nats(loss)).toBe(text);
});

test.each([
  [0, '$0'],
  [0.00004, '<$0.0001'],
  [0.0874, '$0.087'],
  [1.5, '$1.50'],
  [12_345.6, '$12,346'],
])('%d dollars are written %s', (amount, text) => {
  expect(money(amount)).toBe(text);
});

test('short times, rates and signs', () => {
  expect([0.0312, 12.41].map(milliseconds)).toEqual(['0.031 ms', '12.4 ms']);
  expect([0.284, 9.9, 9.96, 12_345.6].map(amount)).toEqual(['0.28', '9.9', '10', '12,346']);
  expect([1.25, 0, -0.5].map((value) => signed(value, 2))).toEqual(['+1.25', '+0.00', '−0.50']);
});

test.each([
  [0, '0 s'],
  [59.9, '59 s'],
  [3_599, '59 min'],
  [7_200, '2 h'],
  [30 * 86_400, '30 d'],
  [800 * 86_400, '2 a'],
])('%d seconds ago: %s', (seconds, text) => {
  expect(age(seconds)).toBe(text);
});
