import { expect, test } from 'vitest';
import { sessionOptions, sessionThreads } from '../../lib/evaluation/session.ts';

test.each([
  [undefined, 1],
  ['', 1],
  ['many', 1],
  ['128', 1],
  ['1769', 1],
  ['3008', 2],
  ['3538', 2],
  ['10240', 6],
])('a function of %s MB has %i threads', (megabytes, threads) => {
  expect(sessionThreads(megabytes)).toBe(threads);
});

test('a session computes on the processor, on as many threads as it is given', () => {
  expect(sessionOptions(3)).toMatchObject({ executionProviders: ['cpu'], intraOpNumThreads: 3 });
});
