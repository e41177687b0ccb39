/** The centres of blobs: an interval, or a list of points. */
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
])('%s', (_, centers, message) => {
  const spec = { preset: 'blobs-3', task: { centers } };
  expect(() => parseSpec(spec)).toThrow(new InvalidSpec([message]));
});
