/** A search that was begun by another build of the kernel of flips. */
import { expect, test, vi } from 'vitest';
import { releaseFunctions, runSearch } from '../../lib/engine/engine.ts';
import { placeOf, SMALL_DIGITS } from '../steps/small-run.ts';
import { resultsOf, run } from './runs.ts';

const kernel = vi.hoisted(() => ({ build: 'of another version' }));
vi.mock(import('../../lib/evaluation/flips/kernel.ts'), async (original) =>
  Object.defineProperty({ ...(await original()) }, 'KERNEL_ID', { get: () => kernel.build }),
);

const { stop: _, ...DIGITS } = SMALL_DIGITS;

test('is not continued, and nothing of it is lost', async () => {
  const spec = { ...DIGITS, algorithm: 'annealing', annealing: { flips: 600, starts: 2, front: [] } };
  const stop = new AbortController();
  const { folder, outcome } = await run(spec, {
    signal: stop.signal,
    onState: ({ generation }) => {
      if (generation === 3) stop.abort();
    },
  });
  expect(outcome).toMatchObject({ status: 'stopped' });
  const resume = () => runSearch({ run: placeOf(folder) }, { workers: 0, name: 'resumed' });
  const begunWith = kernel.build;
  kernel.build = 'this one';
  await releaseFunctions();
  await expect(resume()).rejects.toMatchObject({
    name: 'UnusableOutput',
    message: expect.stringMatching(
      /^a checkpoint of the search was written by build of another version of the kernel of flips, and this is build this one: continue it with the version of Tombola that began it/,
    ),
  });
  kernel.build = begunWith;
  await releaseFunctions();
  await resume();
  const { folder: whole } = await run(spec);
  expect(await resultsOf(folder)).toEqual(await resultsOf(whole));
});
