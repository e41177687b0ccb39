/** Values that may be of one kind or another: the problems of the kind that was meant. */
import { expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';

test.each([
  [
    'fewer centres than classes',
    [
      [1, 2],
      [3, 4],
    ],
    'task.centers: found 2 centres, expected at least 3, one per class: add centres, or lower task.classes',
  ],
  ['a centre with one coordinate', [[1, 2], [3]], 'task.centers[1]: found [3], expected at least 2 entries'],
  ['an interval of three numbers', [1, 2, 3], 'task.centers: found [1,2,3], expected at most 2 entries'],
  ['one number', 7, 'task.centers: found 7, expected a list in brackets'],
])('centres of blobs: %s', (_, centers, message) => {
  const spec = { preset: 'blobs-3', task: { centers } };
  expect(() => parseSpec(spec)).toThrow(new InvalidSpec([message]));
});

const NAMES = '"best" or "knee" or "sparsest-within-one-standard-error"';

test.each([
  ['a rule out of range', { accuracy: { atLeast: 2 } }, ['.accuracy.atLeast: found 2, expected at most 1']],
  [
    'a rule with a misspelt key',
    { weights: { atmost: 5 } },
    [
      '.weights.atMost: found nothing, expected a number',
      '.weights.atmost: unknown key; did you mean atMost? known keys: atMost',
    ],
  ],
  ['an unknown name', 'bst', [`: found "bst", expected ${NAMES}`]],
  ['a number', 5, [`: found 5, expected ${NAMES} or an object in braces`]],
])('search.pick: %s', (_, pick, messages) => {
  const problems = messages.map((message) => `search.pick${message}`);
  expect(() => parseSpec({ algorithm: 'nsga', search: { pick } })).toThrow(new InvalidSpec(problems));
});

test('network: of many wrong fields, those of its own kind', () => {
  const network = { architecture: 'conv-3', initializer: 'drawn', keptShare: 9 };
  expect(() => parseSpec({ task: { dataset: 'moons' }, network })).toThrow(
    /^network\.architecture: found "conv-3".*\nnetwork\.initializer: found "drawn".*\nnetwork\.keptShare: found 9, expected at most 1$/,
  );
});
