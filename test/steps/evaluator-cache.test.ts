import { expect, test } from 'vitest';
import { sourceOpener } from '../../lib/places/sources.ts';
import { openStore } from '../../lib/places/store.ts';
import { openRun, type Run } from '../../lib/runs/run.ts';
import { type Copies, EvaluatorCache } from '../../lib/steps/evaluator-cache.ts';
import { prepare } from '../../lib/steps/prepare.ts';
import * as keys from '../../lib/store/keys.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from './small-run.ts';

/** A prepared run, and how often each of its artifacts was read. */
async function prepared(seed: number): Promise<{ run: Run; reads: Map<string, number> }> {
  const input = { ...SMALL_SPEC, seed, run: placeOf(await temporaryFolder()) };
  const openSource = sourceOpener();
  const context = { openStore, openSource, runs: '', memory: 2e9, now: () => 0 };
  const state = await prepare({ input, execution: 'test' }, context);
  const store = await openStore(state.run);
  const run = await openRun(store);
  const reads = new Map<string, number>();
  const counting = Object.create(store, {
    get: {
      value: (key: string) => {
        reads.set(key, (reads.get(key) ?? 0) + 1);
        return store.get(key);
      },
    },
  });
  return { run: { ...run, store: counting }, reads };
}

test('data is read once, for this run and for another on the same weights and data', async () => {
  const { run, reads } = await prepared(1);
  const cache = new EvaluatorCache(1e9);
  const [first, second] = await Promise.all([cache.get(run), cache.get(run)]);
  expect(second).toBe(first);
  const twin = await prepared(1);
  expect(await cache.get(twin.run)).toBe(first);
  expect(reads.get(keys.TRAIN)).toBe(1);
  expect(twin.reads.size).toBe(0);
  await cache.release();
});

test('beyond its memory, what was used least recently goes; the one in use stays', async () => {
  const [a, b, c] = await Promise.all([prepared(1), prepared(2), prepared(3)]);
  const size = await new EvaluatorCache(1e9).get(a.run).then(({ bytes }) => bytes);
  const cache = new EvaluatorCache(2.5 * size);
  const first = await cache.get(a.run);
  await cache.get(b.run);
  expect(await cache.get(a.run)).toBe(first);
  await cache.get(c.run);
  expect(await cache.get(a.run)).toBe(first);
  await cache.get(b.run);
  expect(b.reads.get(keys.TRAIN)).toBe(2);
  const tiny = new EvaluatorCache(1);
  expect(await tiny.get(a.run)).toBe(await tiny.get(a.run));
});

test('a copy near at hand is used instead of the store, unless it is damaged', async () => {
  const { run, reads } = await prepared(1);
  const kept = new Map<string, Uint8Array>();
  const copies: Copies = {
    get: (checksum) => kept.get(checksum)?.slice(),
    put: (checksum, bytes) => void kept.set(checksum, Uint8Array.from(bytes)),
  };
  await new EvaluatorCache(1e9, copies).get(run);
  await new EvaluatorCache(1e9, copies).get(run);
  expect(reads.get(keys.TRAIN)).toBe(1);
  for (const key of kept.keys()) kept.set(key, new Uint8Array(3));
  await new EvaluatorCache(1e9, copies).get(run);
  expect(reads.get(keys.TRAIN)).toBe(2);
});

test('a run that cannot be read is not remembered as one', async () => {
  const { run } = await prepared(1);
  const cache = new EvaluatorCache(1e9);
  const broken = { ...run, store: { ...run.store, get: () => Promise.reject(new Error('out of reach')) } };
  await expect(cache.get(broken)).rejects.toThrow('out of reach');
  await expect(cache.get(run)).resolves.toBeDefined();
});

test('evaluators that are made at the same time all arrive, however many have room', async () => {
  const runs = (await Promise.all([prepared(1), prepared(2), prepared(3)])).map(({ run }) => run);
  const cache = new EvaluatorCache(1);
  const evaluators = await Promise.all(runs.map((run) => cache.get(run)));
  expect(new Set(evaluators).size).toBe(3);
  await cache.release();
});
