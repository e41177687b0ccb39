import type { Piscina } from 'piscina';
import { expect, test, vi } from 'vitest';
import { withThreads } from '../../lib/engine/warm-threads.ts';

// No file of a test's folder, which may be gone before the last thread has started.
const file = new URL('telling-thread.ts', import.meta.url).href;

const idOf = async (threads: Piscina) => (await threads.run(undefined)).threadId;

test('the next run has the threads of the last, and what the process has in its environment by then', async () => {
  const first = await withThreads({ file, count: 1 }, idOf);
  vi.stubEnv('OF_THIS_TEST', 'later');
  expect(await withThreads({ file, count: 1 }, (threads) => threads.run(undefined))).toMatchObject({
    threadId: first,
    seen: 'later',
  });
});

test('runs at once have their own, and so have those of another number', async () => {
  const ids = await Promise.all([1, 1, 2].map((count) => withThreads({ file, count }, idOf)));
  expect(new Set(ids).size).toBe(3);
});

test('threads that were given something, or whose run failed, are not used again', async () => {
  const given = { file, count: 1, data: 'something' };
  const first = await withThreads(given, idOf);
  const again = await withThreads(given, (threads) => threads.run(undefined));
  expect(again).toMatchObject({ data: 'something' });
  expect(again.threadId).not.toBe(first);

  let failed: number | undefined;
  const failing = withThreads({ file, count: 1 }, async (threads) => {
    failed = await idOf(threads);
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect(await withThreads({ file, count: 1 }, idOf)).not.toBe(failed);
});
