import { expect, test } from 'vitest';
import { shellWord } from '../../lib/base/shell-word.ts';

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
