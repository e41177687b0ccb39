/** Networks that are too large for what is asked of them: refused before anything is drawn. */
import { expect, test } from 'vitest';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';

test.each(['nested', 'lcs'])('more weights than %s can rank', (algorithm) => {
  const spec = (layers: number[]) => ({ algorithm, task: { dataset: 'moons' }, network: { layers } });
  expect(() => parseSpec(spec([2, 4095, 2047, 2]))).toThrow(
    new InvalidSpec([
      `network.layers: found 8394749 prunable weights with "algorithm": "${algorithm}", expected at most 8388608: choose a smaller network, or another algorithm`,
    ]),
  );
  expect(() => parseSpec(spec([2, 4092, 2045, 2]))).not.toThrow();
});

test('a teacher that would be drawn for minutes', () => {
  const spec = (width: number) => ({
    task: { dataset: 'teacher', layers: [2, width, 9, 2] },
    network: { layers: [2, 5, 2] },
  });
  expect(() => parseSpec(spec(1_000))).toThrow(
    new InvalidSpec([
      'task.layers: found [2,1000,9,2], which has 11018 weights; expected at most 10000: choose narrower or fewer layers',
    ]),
  );
  expect(() => parseSpec(spec(30))).not.toThrow();
});
