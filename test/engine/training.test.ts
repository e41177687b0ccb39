/** Runs that train, on the embedded engine: the same artifacts as a search, wherever they are cut. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeSafetensors, tensorNamed } from '../../lib/data/safetensors.ts';
import { filesIn, placeOf } from '../steps/small-run.ts';
import { maskOf, resultsOf, run, summaryOf } from './runs.ts';

const SPEC = {
  seed: 2,
  task: { dataset: 'moons', train: 300, test: 100 },
  network: { layers: [2, 30, 2] },
} as const;
const EDGE_POPUP = {
  ...SPEC,
  algorithm: 'edge-popup',
  edgePopup: { keep: [0.5, 0.2], epochs: 5, batchSize: 32, validationShare: 0.1 },
} as const;
const BACKPROP = {
  ...SPEC,
  algorithm: 'backprop',
  backprop: { epochs: 30, batchSize: 16, learningRate: 0.02 },
} as const;

const tensorsOf = async (folder: string, file: string) =>
  decodeSafetensors(await readFile(join(folder, file)), file);
const weightsOf = async (folder: string, file: string) =>
  tensorNamed(await tensorsOf(folder, file), 'layers.0.weight', 'F32', file).data;
const rowsOf = async (folder: string) =>
  (await readFile(join(folder, 'history.csv'), 'utf8')).trim().split('\n');

test('edge-popup leaves a mask over the weights as they were drawn', async () => {
  const { folder, outcome } = await run(EDGE_POPUP);
  expect(outcome.status).toBe('succeeded');
  const summary = await summaryOf(folder);
  expect(summary).toMatchObject({
    algorithm: 'edge-popup',
    stopReason: 'max-epochs',
    generations: 5,
    evaluations: 10,
    pruningEvaluations: 0,
    prunableWeights: 120,
  });
  expect([60, 24]).toContain(summary.keptWeights);
  expect(summary.sparsityBeforePruning).toBe(summary.sparsity);
  expect(summary.trainAccuracy).toBeGreaterThan(0.7);
  expect([...(await maskOf(folder))].filter((bit) => bit === '1')).toHaveLength(summary.keptWeights);
  expect(await weightsOf(folder, 'ticket.safetensors')).toEqual(
    await weightsOf(folder, 'model/weights.safetensors'),
  );
  const rows = await rowsOf(folder);
  expect(rows[0]).toBe(
    'epoch,keep,learningRate,trainAccuracy,trainLoss,validationAccuracy,validationLoss,sparsity',
  );
  expect(rows.slice(1).map((row) => row.split(',').slice(0, 2).join())).toEqual(
    [0.5, 0.2].flatMap((keep) => [1, 2, 3, 4, 5].map((epoch) => `${epoch},${keep}`)),
  );
  expect(
    (await filesIn(folder)).filter((file) => file.startsWith('generations/')).length,
  ).toBeLessThanOrEqual(4);
});

test('backprop leaves a trained network, all of its weights kept', async () => {
  const { folder } = await run(BACKPROP);
  const summary = await summaryOf(folder);
  expect(summary).toMatchObject({ algorithm: 'backprop', objective: 'cross-entropy', sparsity: 0 });
  expect(summary.testAccuracy).toBeGreaterThan(0.95);
  expect(summary.generations).toBe((await rowsOf(folder)).length - 1);
  expect(await maskOf(folder)).toMatch(/^1{120}$/);
  expect(await weightsOf(folder, 'ticket.safetensors')).not.toEqual(
    await weightsOf(folder, 'model/weights.safetensors'),
  );
  const report = await readFile(join(folder, 'report.html'), 'utf8');
  expect(report).toContain('Accuracy by epoch');
  expect(report).not.toContain('without training');
});

describe.each([EDGE_POPUP, BACKPROP])('$algorithm', (spec) => {
  test('is the same ticket and history when it is stopped and resumed, and as it was', async () => {
    const whole = await run(spec);
    const stop = new AbortController();
    const cut = await run(spec, { signal: stop.signal, onState: () => stop.abort() });
    expect(cut.outcome.status).toBe('stopped');
    const { runSearch } = await import('../../lib/engine/engine.ts');
    await runSearch({ run: placeOf(cut.folder) }, { workers: 1, name: 'again' });
    expect(await resultsOf(cut.folder)).toEqual(await resultsOf(whole.folder));
  });
});
