/** Promise 2 of the design: a run is a pure function of its spec. */
import { expect, test } from 'vitest';
import { SMALL_BOUND, SMALL_DIGITS, SMALL_SPEC } from '../steps/small-run.ts';
import { maskOf, resultsOf, run } from './runs.ts';

const chunks = (maxConcurrency: number, more: object = {}) => ({
  evaluation: { maxConcurrency, minChunkSeconds: 0, ...more },
});

/** What may change between two runs of one search, and the workers that they have. */
const WAYS: readonly (readonly [object, number])[] = [
  [{ ...chunks(1_000), keepGenerations: true }, 2],
  [chunks(5, { fanOut: 'distributed' }), 3],
  [chunks(2, { fanOut: 'inline', maxEvents: 100 }), 1],
  // All in this thread, which stays warm.
  [chunks(1), 0],
  [chunks(3), 0],
];
/** Fewer tries, in several rounds still. */
const { search } = SMALL_BOUND;
const BOUND = {
  ...SMALL_BOUND,
  search: { ...search, start: { ...search.start, tries: { reasonable: 60, given: 80 } } },
};

test.each([
  ['accuracy', SMALL_SPEC],
  ['cross-entropy', SMALL_DIGITS],
  ['an accuracy bound', BOUND],
  ['random search', { ...SMALL_SPEC, algorithm: 'random-search' }],
])('%s: chunks, workers, fan-out, executions, what is kept: nothing changes a bit', async (_, spec) => {
  const results: Record<string, string>[] = [];
  for (const [change, workers] of WAYS) {
    const { folder } = await run({ ...spec, ...change }, { workers });
    results.push(await resultsOf(folder));
    expect(await maskOf(folder)).toMatch(/01|10/);
  }
  expect(results).toEqual(WAYS.map(() => results[0]));
});

test('another seed gives another ticket', async () => {
  const [zero, one] = [await run({ ...SMALL_SPEC, seed: 0 }), await run({ ...SMALL_SPEC, seed: 1 })];
  expect(await maskOf(one.folder)).not.toBe(await maskOf(zero.folder));
});
