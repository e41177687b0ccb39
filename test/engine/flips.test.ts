/** Searches that flip single bits, whole, on the embedded engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runSearch } from '../../lib/engine/engine.ts';
import { checksum } from '../../lib/store/store.ts';
import { placeOf, SMALL_DIGITS, SMALL_SPEC } from '../steps/small-run.ts';
import { maskOf, resultsOf, run, summaryOf } from './runs.ts';

const section = { flips: 3_000, starts: 3, front: [] };
const { stop: _, ...DIGITS } = SMALL_DIGITS;
const { stop: __, ...MOONS } = SMALL_SPEC;
const ANNEALING = { ...DIGITS, algorithm: 'annealing', annealing: section };
const LOCAL_SEARCH = { ...MOONS, algorithm: 'local-search', localSearch: section };
const MEMETIC = { ...MOONS, algorithm: 'memetic', memetic: section };
/** All in one piece, and as many pieces as there are individuals. */
const ONE_CHUNK = { minChunkSeconds: 600, maxConcurrency: 1 };

/** A mask that keeps nothing costs less than any other, until the starts have begun anew with cheaper weights. */
const FROM_CHANCE = { ...ANNEALING, annealing: { ...section, lambda: 200 } };

describe.each([
  ['annealing', ANNEALING, 0.8],
  ['annealing that begins anew', FROM_CHANCE, 0.8],
  ['local-search', LOCAL_SEARCH, 0.7],
  ['memetic', MEMETIC, 0.7],
])('%s', (___, spec, accuracy) => {
  test('finds the same whatever the chunks, the workers, and where it was stopped', async () => {
    const { folder: whole, outcome } = await run({ ...spec, evaluation: ONE_CHUNK });
    expect(outcome).toMatchObject({ status: 'succeeded', result: { generations: 20, evaluations: 12 + 60 } });
    const { trainAccuracy, stopReason, restarts } = await summaryOf(whole);
    expect(restarts !== undefined).toBe(spec === FROM_CHANCE);
    expect(trainAccuracy).toBeGreaterThan(accuracy);
    expect(stopReason).toBe('max-flips');
    const results = await resultsOf(whole);

    const { folder: cut } = await run(spec, { workers: 2 });
    expect(await resultsOf(cut)).toEqual(results);

    const stop = new AbortController();
    const { folder: resumed, outcome: stopped } = await run(spec, {
      signal: stop.signal,
      onState: ({ generation }) => {
        if (generation === 13) stop.abort();
      },
    });
    expect(stopped).toMatchObject({ status: 'stopped', state: { generation: 13 } });
    await runSearch({ run: placeOf(resumed) }, { workers: 0, name: 'resumed' });
    expect(await resultsOf(resumed)).toEqual(results);
  });

  test('counts its flips in the history', async () => {
    const { folder } = await run(spec);
    const [header = '', ...rows] = (await readFile(join(folder, 'history.csv'), 'utf8')).trim().split('\n');
    const column = header.split(',').indexOf('flips');
    const flips = rows.map((row) => Number(row.split(',')[column]));
    expect(flips).toEqual(Array.from({ length: 21 }, (__, generation) => generation * 3 * 150));
    expect(header).toContain('survivorsImprovement');
    const summary = await summaryOf(folder);
    expect(summary.flips).toBe(9_000);
    expect(summary.flipsPerSecond).toBeGreaterThan(0);
  });
});

test('starts that are at chance half-way begin anew, and again half-way through the rest', async () => {
  const { folder } = await run(FROM_CHANCE);
  const [header = '', ...rows] = (await readFile(join(folder, 'history.csv'), 'utf8')).trim().split('\n');
  const column = header.split(',').indexOf('bestSparsity');
  const sparsity = rows.map((row) => Number(row.split(',')[column]));
  const [half, anew, most, again] = [10, 11, 17, 18].map((generation) => sparsity[generation]);
  expect(half).toBe(1);
  expect(anew).toBeLessThan(0.6);
  expect(most).toBeGreaterThan(0.98);
  expect(again).toBeLessThan(0.6);
  expect((await summaryOf(folder)).restarts).toBeGreaterThanOrEqual(2);
});

test('a golden run: a change here is a change of what everyone gets', async () => {
  const { folder } = await run(ANNEALING);
  const { trainAccuracy, testAccuracy, sparsity } = await summaryOf(folder);
  expect([
    checksum(await maskOf(folder)).slice(0, 16),
    trainAccuracy,
    testAccuracy,
    sparsity,
  ]).toMatchInlineSnapshot(`
    [
      "eaa0ece5a828f529",
      0.9975124378109452,
      0.9925925925925926,
      0.8488805970149254,
    ]
  `);
});

test('a growing part of the samples guides a search, in an order of its own', async () => {
  const spec = { ...ANNEALING, annealing: { ...section, firstSamples: 150 } };
  const { folder, outcome } = await run(spec);
  expect(outcome.status).toBe('succeeded');
  expect((await summaryOf(folder)).trainAccuracy).toBeGreaterThan(0.8);
});

test('a convolutional network is searched in all its layers', async () => {
  const spec = {
    ...ANNEALING,
    network: { architecture: 'conv-small' },
    annealing: { flips: 200, starts: 2, front: [] },
    pruning: { enabled: false },
  };
  const { outcome } = await run(spec);
  expect(outcome.status).toBe('succeeded');
});

test('other tickets of the front, denser and sparser, change neither the ticket nor its file', async () => {
  const { folder: alone } = await run(ANNEALING);
  const { folder, outcome } = await run({ ...ANNEALING, annealing: { ...section, front: [0.1, 20] } });
  // Half the flips, in ten slices each.
  expect(outcome).toMatchObject({
    status: 'succeeded',
    result: { generations: 40, evaluations: 12 + 60 + 40 },
  });
  expect(await maskOf(folder)).toEqual(await maskOf(alone));
  const { front = [], checksums = {} } = await summaryOf(folder);
  expect(front.map(({ file }) => file)).toEqual(['front/1.onnx', 'ticket.onnx', 'front/3.onnx']);
  const [dense, own, sparse] = front;
  expect(dense?.keptWeights).toBeGreaterThan(own?.keptWeights ?? 0);
  expect(own?.keptWeights).toBeGreaterThan(sparse?.keptWeights ?? 0);
  expect(dense?.trainLoss).toBeLessThan(own?.trainLoss ?? 0);
  expect(own?.trainLoss).toBeLessThan(sparse?.trainLoss ?? 0);
  expect(Object.keys(checksums)).toEqual(
    expect.arrayContaining(['front.csv', 'front/1.onnx', 'front/1.safetensors']),
  );
  for (const file of ['front/3.onnx', 'front/3.safetensors']) await readFile(join(folder, file));
  const table = await readFile(join(folder, 'front.csv'), 'utf8');
  expect(table.split('\n')[0]).toBe(
    'file,sparsity,keptWeights,units,multiplyAdds,trainAccuracy,testAccuracy,trainLoss,testLoss',
  );

  // A rule picks another ticket of the same front; the one that the search ranks first is then beside it.
  const search = { ...ANNEALING.search, pick: { weights: { atMost: sparse?.keptWeights } } };
  const { folder: picky } = await run({ ...ANNEALING, search, annealing: { ...section, front: [0.1, 20] } });
  const picked = await summaryOf(picky);
  const files = ['front/1.onnx', 'front/2.onnx', 'ticket.onnx'];
  expect(picked.front).toEqual(front.map((row, index) => ({ ...row, file: files[index] })));
  expect(picked).toMatchObject({
    keptWeights: sparse?.keptWeights,
    testAccuracy: sparse?.testAccuracy,
    picked: { rule: search.pick, by: 'train', accuracy: sparse?.trainAccuracy, met: true },
  });
  expect(await maskOf(picky)).toEqual(await maskOf(folder, 'front/3.safetensors'));
  expect(await maskOf(picky, 'front/2.safetensors')).toEqual(await maskOf(folder));
});

test.each([
  [{ lambda: -1 }, /^annealing\.lambda: found -1, expected at least 0$/],
  [{ flips: 0 }, /^annealing\.flips: found 0, expected at least 1$/],
  [{ heat: -0.5 }, /^annealing\.heat: found -0\.5, expected at least 0$/],
  [{ front: [0] }, /^annealing\.front\[0\]: found 0, expected more than 0$/],
  [{ starts: 13 }, /^annealing\.starts: found 13, expected at most 12, the random masks/],
  [{ firstSamples: 500 }, /^annealing\.firstSamples: found 500, expected at most 40\d, the samples/],
  [{ tail: 2 }, /^annealing\.tail: /],
])('refuses %j in one line', async (wrong, message) => {
  await expect(run({ ...ANNEALING, annealing: { ...section, ...wrong } })).rejects.toMatchObject({
    name: 'InvalidSpec',
    message: expect.stringMatching(message),
  });
});
