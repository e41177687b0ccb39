import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { summarySchema } from '../../lib/report/summary.ts';
import {
  contentOf,
  filesIn,
  placeOf,
  SMALL_DIGITS,
  SMALL_SPEC,
  temporaryFolder,
} from '../steps/small-run.ts';
import { evaluate, evaluateChunk, finalize, invoke, prepare, search, select } from './invoke.ts';

describe('the handlers, one after another', () => {
  test.each([
    ['accuracy', SMALL_SPEC],
    ['cross-entropy', SMALL_DIGITS],
  ])('%s: every step can be repeated, and leaves the same', async (_, spec) => {
    const folder = await temporaryFolder();
    const input = { ...spec, run: placeOf(folder) };
    let state = await prepare(input);
    const prepared = await contentOf(folder);
    expect(await prepare(input)).toEqual(state);
    expect(await contentOf(folder)).toEqual(prepared);

    while (!state.done) {
      await evaluate(state);
      const evaluated = await contentOf(folder);
      await evaluate(state);
      expect(await contentOf(folder)).toEqual(evaluated);
      const next = await select(state);
      const selected = await contentOf(folder);
      expect(await select(state)).toEqual(next);
      expect(await contentOf(folder)).toEqual(selected);
      state = next;
    }
    expect(state).toMatchObject({ generation: 4, stopReason: 'max-generations' });

    const result = await finalize(state);
    const { 'report.html': _report, ...finalized } = await contentOf(folder);
    expect(await finalize(state)).toEqual(result);
    const again = await contentOf(folder);
    expect(again).toMatchObject(finalized);
    // The report is written before the clock stops; from the second time on it shows the final seconds.
    await finalize(state);
    expect(await contentOf(folder)).toEqual(again);
    expect(result.generations).toBe(4);
  });

  test('a run can be prepared again at any time, and goes on where it was', async () => {
    const folder = await temporaryFolder();
    const input = { ...SMALL_SPEC, run: placeOf(folder) };
    const state = await search(await prepare(input), { until: 2 });
    expect(await prepare(input)).toMatchObject({ generation: 2, progress: state.progress });
    expect(await prepare({ run: placeOf(folder) })).toMatchObject({ generation: 2, chunks: state.chunks });
    // The machine's successor brings a key of Step Functions with it.
    const successor = { run: placeOf(folder), AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:…' };
    expect(await prepare(successor)).toMatchObject({ generation: 2 });
  });

  test('the summary tells what the artifacts hold', async () => {
    const folder = await temporaryFolder();
    const end = await search(await prepare({ ...SMALL_SPEC, run: placeOf(folder) }));
    const result = await finalize(end);
    const summary = summarySchema.parse(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')));
    expect(summary).toMatchObject({
      status: 'succeeded',
      stopReason: 'max-generations',
      trainAccuracy: result.trainAccuracy,
      testAccuracy: result.testAccuracy,
      evaluations: end.progress.evaluations,
      prunableWeights: 48,
      trainSamples: 200,
      testSamples: 80,
      preset: null,
      seed: 0,
    });
    expect(summary.sparsity).toBe(1 - summary.keptWeights / 48);
    expect(summary.trainAccuracy).toBeGreaterThanOrEqual(summary.trainAccuracyBeforePruning);
    expect(summary.sparsity).toBeGreaterThanOrEqual(summary.sparsityBeforePruning);
    const rows = (await readFile(join(folder, 'history.csv'), 'utf8')).trim().split('\n');
    expect(rows.length).toBe(1 + 5);
  });
});

describe('payloads', () => {
  test('stay small, whatever the population', async () => {
    const folder = await temporaryFolder();
    const spec = { ...SMALL_SPEC, search: { population: 400 }, stop: { maxGenerations: 1 } };
    const state = await prepare({ ...spec, run: placeOf(folder) });
    await evaluate(state);
    for (const payload of [state, await select(state)]) {
      expect(JSON.stringify(payload).length).toBeLessThan(1_000 + folder.length);
    }
  });

  test.each([
    ['prepare', {}, 'execution'],
    [
      'evaluate',
      { run: 'file:///x/', generation: 0, round: 0, chunk: 0, chunkSize: 0, manifest: '' },
      'chunkSize',
    ],
    ['evaluate', 'text', 'expected object'],
    ['select', { run: 'file:///x/' }, 'generation'],
    ['train', { run: 'file:///x/' }, 'generation'],
    ['finalize', null, 'expected object'],
  ])('%s refuses %j as an InvalidEvent', async (name, event, what) => {
    const failure = z.object({ name: z.string(), message: z.string() });
    const error = failure.parse(await invoke(name, event).catch((thrown: unknown) => thrown));
    expect(error.name).toBe('InvalidEvent');
    expect(error.message).toContain(what);
  });

  test('a payload of another run at the same place is refused', async () => {
    const folder = await temporaryFolder();
    const state = await prepare({ ...SMALL_SPEC, run: placeOf(folder) });
    const error = expect.objectContaining({
      name: 'DamagedArtifact',
      message: expect.stringContaining('run.json: damaged'),
    });
    await expect(evaluateChunk({ ...state, manifest: '0'.repeat(64) }, 0)).rejects.toEqual(error);
  });
});

describe('what stays on disk', () => {
  const generationsIn = async (folder: string) => {
    const files = (await filesIn(folder)).filter((file) => file.startsWith('generations/'));
    return [...new Set(files.map((file) => Number(file.split('/')[1])))];
  };

  test('only the generations that a resume needs', async () => {
    const folder = await temporaryFolder();
    const input = { ...SMALL_SPEC, stop: { maxGenerations: 8, minGenerations: 0 }, run: placeOf(folder) };
    await search(await prepare(input), {
      between: async ({ generation }) => {
        const kept = [generation - 2, generation - 1, generation].filter((one) => one >= 0);
        expect(await generationsIn(folder)).toEqual(kept);
      },
    });
  });

  test('all of them, if the spec says so', async () => {
    const folder = await temporaryFolder();
    await search(await prepare({ ...SMALL_SPEC, keepGenerations: true, run: placeOf(folder) }));
    expect(await generationsIn(folder)).toEqual([0, 1, 2, 3, 4]);
  });

  test('history in segments of 64 generations, joined at the end', async () => {
    const folder = await temporaryFolder();
    const spec = {
      ...SMALL_SPEC,
      task: { ...SMALL_SPEC.task, train: 20, test: 10 },
      search: { population: 4 },
      stop: { minGenerations: 0, maxGenerations: 130, stagnation: null, targetAccuracy: null },
    };
    const end = await search(await prepare({ ...spec, run: placeOf(folder) }));
    const segments = (await filesIn(folder)).filter((file) => file.startsWith('history/'));
    expect(segments).toEqual(['history/000000.json', 'history/000001.json', 'history/000002.json']);
    const lengths = segments.map(
      async (file) =>
        z.array(z.unknown()).parse(JSON.parse(await readFile(join(folder, file), 'utf8'))).length,
    );
    expect(await Promise.all(lengths)).toEqual([64, 64, 3]);
    await finalize(end);
    const [header, ...rows] = (await readFile(join(folder, 'history.csv'), 'utf8')).trim().split('\n');
    expect(header?.startsWith('generation,offspring,evaluated,evaluations,bestAccuracy')).toBe(true);
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(rows.map((_, index) => index));
    expect(rows.length).toBe(131);
  });
});
