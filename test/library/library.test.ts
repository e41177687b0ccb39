/** The library: what a program that imports Tombola is given. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  evaluate,
  predict,
  presets,
  readRun,
  resume,
  type SearchProgress,
  search,
  version,
} from '../../lib/library/library.ts';
import { PRESETS } from '../../lib/runspec/presets.ts';
import { VERSION } from '../../lib/version.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const SPEC = {
  task: { dataset: 'moons', train: 300, test: 100 },
  network: { layers: [2, 6, 2] },
  search: { population: 10 },
  stop: { maxGenerations: 8, targetAccuracy: null },
  pruning: { enabled: false },
};

test('a search tells how it goes; stopped by a signal it goes on to the same ticket', async () => {
  const folder = await temporaryFolder();
  const told: SearchProgress[] = [];
  const whole = await search(SPEC, {
    out: join(folder, 'whole'),
    workers: 1,
    onProgress: (progress) => told.push(progress),
  });
  expect(told.at(-1)).toMatchObject({ generation: 8, maxGenerations: 8, done: true });
  expect(whole).toMatchObject({ status: 'succeeded', summary: { generations: 8, seed: 0 } });
  expect(whole.history.map(({ generation }) => generation)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);

  const stop = new AbortController();
  stop.abort();
  const out = join(folder, 'cut');
  const cut = await search(SPEC, { out, workers: 1, signal: stop.signal });
  expect(cut).toMatchObject({ status: 'stopped', summary: undefined, files: undefined, history: [] });
  const resumed = await resume(out, { workers: 1 });
  expect(resumed.summary).toMatchObject({
    trainAccuracy: whole.summary?.trainAccuracy,
    sparsity: whole.summary?.sparsity,
  });
  expect(resumed.history).toEqual(whole.history);
  expect(await resume(out)).toEqual(await readRun(out));

  const [train, test] = await evaluate(out);
  expect(train).toMatchObject({ data: 'train', samples: 300, accuracy: whole.summary?.trainAccuracy });
  expect(test?.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(100);

  const predictions = await predict(out);
  expect(predictions.filter(({ prediction, label }) => prediction === label)).toHaveLength(
    100 * (test?.accuracy ?? Number.NaN),
  );
  for (const { prediction, probabilities } of predictions) {
    expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
    expect(prediction).toBe(String(probabilities.indexOf(Math.max(...probabilities))));
  }
});

test('mistakes are told', async () => {
  await expect(search({ preset: 'moon-a' })).rejects.toMatchObject({ name: 'InvalidSpec' });
  await expect(readRun(join(await temporaryFolder(), 'none'))).rejects.toThrow('there is no such folder');
  await expect(evaluate('none.onnx')).rejects.toMatchObject({ name: 'UserError' });
  await expect(predict('none.onnx')).rejects.toMatchObject({ name: 'UserError' });
});

test('presets and version', () => {
  expect(presets().map(({ name }) => name)).toEqual([...PRESETS.keys()]);
  expect(version).toBe(VERSION);
});
