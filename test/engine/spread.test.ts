/** Promise 2 of the design: a run is a pure function of its spec. */
import { describe, expect, test } from 'vitest';
import { SMALL_DIGITS, SMALL_SPEC } from '../steps/small-run.ts';
import { maskOf, resultsOf, run } from './runs.ts';

describe('how the work is spread changes nothing, bit for bit', () => {
  test.each([
    ['accuracy', SMALL_SPEC],
    ['cross-entropy', SMALL_DIGITS],
  ])('%s: chunks, workers, fan-out, executions', async (_, spec) => {
    const ways: [object, { workers: number }][] = [
      [{ maxConcurrency: 1 }, { workers: 1 }],
      [{ maxConcurrency: 1_000, minChunkSeconds: 0 }, { workers: 2 }],
      [{ maxConcurrency: 5, minChunkSeconds: 0, fanOut: 'distributed' }, { workers: 2 }],
      [{ maxConcurrency: 2, minChunkSeconds: 0, maxEvents: 100 }, { workers: 2 }],
    ];
    const results: Record<string, string>[] = [];
    for (const [evaluation, options] of ways) {
      const { folder } = await run({ ...spec, evaluation }, options);
      results.push(await resultsOf(folder));
    }
    expect(results).toEqual(ways.map(() => results[0]));
  });

  test('neither do the generations that are kept', async () => {
    const [some, all] = [await run(SMALL_SPEC), await run({ ...SMALL_SPEC, keepGenerations: true })];
    expect(await resultsOf(all.folder)).toEqual(await resultsOf(some.folder));
  });

  test('another seed gives another ticket', async () => {
    const [zero, one] = [await run({ ...SMALL_SPEC, seed: 0 }), await run({ ...SMALL_SPEC, seed: 1 })];
    expect(await maskOf(one.folder)).not.toBe(await maskOf(zero.folder));
  });
});
