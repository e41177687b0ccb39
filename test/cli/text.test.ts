import { expect, test } from 'vitest';
import { duration, percent, shellWord, whole } from '../../lib/cli/text.ts';

test.each([
  [0.9234, 1, '92.3 %'],
  [0.9234, 2, '92.34 %'],
  [1, 1, '100.0 %'],
  [0, 1, '0.0 %'],
  [null, 1, '–'],
])('%j with %i digits is %s', (share, digits, text) => {
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
  [0, '0.0 s'],
  [4.24, '4.2 s'],
  [9.96, '10 s'],
  [42, '42 s'],
  [59.7, '1 min 0 s'],
  [60, '1 min 0 s'],
  [200, '3 min 20 s'],
  [119.8, '2 min 0 s'],
  [7_500, '2 h 5 min'],
  [3_599.9, '1 h 0 min'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  ['runs/moons-a-seed0', 'runs/moons-a-seed0'],
  ['my run', "'my run'"],
  ["it's", "'it'\\''s'"],
  ['$HOME', "'$HOME'"],
  ['', "''"],
  ["e\u001b[2Jsc'\u009b", "$'e\\x1b[2Jsc\\x27\\xc2\\x9b'"],
])('%j is typed as %s', (word, typed) => {
  expect(shellWord(word)).toBe(typed);
});
