/** Where training is cut, repeated, killed or damaged changes no bit of what comes out. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lastCompleteState } from '../../lib/runs/resumption.ts';
import { openRun } from '../../lib/runs/run.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import * as keys from '../../lib/store/keys.ts';
import { EVENTS_BEFORE } from '../../lib/workflow/fan-out.ts';
import { finalize, prepare } from '../lambdas/invoke.ts';
import { contentOf, filesIn, placeOf, temporaryFolder } from './small-run.ts';
import { trained } from './training-run.ts';

const SPEC = {
  algorithm: 'edge-popup',
  task: { dataset: 'moons', train: 200, test: 80 },
  network: { layers: [2, 12, 2] },
  edgePopup: { keep: [0.5, 0.3], epochs: 3, batchSize: 64, validationShare: 0.1 },
  evaluation: { maxEvents: 100 },
} as const;

async function prepared(spec: object = SPEC) {
  const folder = await temporaryFolder();
  return { folder, state: await prepare({ ...spec, run: placeOf(folder) }) };
}

const resultsOf = async (folder: string) =>
  Promise.all(
    ['ticket.safetensors', 'ticket.onnx', 'history.csv'].map((name) => readFile(join(folder, name))),
  );

describe('training', () => {
  test('in one invocation or one per epoch is the same, and leaves two checkpoints', async () => {
    const [whole, cut] = [await prepared(), await prepared()];
    const end = await trained(whole.state, Number.POSITIVE_INFINITY);
    expect(end).toMatchObject({ generation: 6, done: true, training: true, stopReason: 'max-epochs' });
    expect(await trained(cut.state, 0)).toMatchObject({ generation: 6, done: true });
    await finalize(end);
    await finalize({ ...end, run: cut.state.run, manifest: cut.state.manifest });
    expect(await resultsOf(cut.folder)).toEqual(await resultsOf(whole.folder));
    const kept = (await filesIn(cut.folder)).filter((file) => file.startsWith('generations/'));
    expect(kept.map((file) => file.slice(0, 18))).toEqual(
      ['000005', '000005', '000006', '000006'].map((epoch) => `generations/${epoch}`),
    );
  });

  test('can be repeated, and leaves the same', async () => {
    const { folder, state } = await prepared();
    const first = await trained(state, 0, 2);
    const before = await contentOf(folder);
    const second = await trained(first, 0, 3);
    const after = await contentOf(folder);
    expect(await trained(first, 0, 3)).toEqual(second);
    expect(await contentOf(folder)).toEqual(after);
    expect(before).not.toEqual(after);
  });

  test('outlives a late second delivery of an event that went further at first', async () => {
    const spec = { ...SPEC, edgePopup: { ...SPEC.edgePopup, epochs: 5 } };
    const [whole, late] = [await prepared(spec), await prepared(spec)];
    await finalize(await trained(whole.state, Number.POSITIVE_INFINITY));
    const fifth = await trained(late.state, 0, 5);
    // Enough for two epochs, of one tick each.
    const seventh = await trained(fifth, 2, 7);
    expect(seventh.generation).toBe(7);
    expect((await trained(fifth, 0, 6)).generation).toBe(6);
    const resumed = await prepare({ run: placeOf(late.folder) });
    expect(resumed.generation).toBe(7);
    await finalize(await trained(seventh, 0));
    expect(await resultsOf(late.folder)).toEqual(await resultsOf(whole.folder));
    const kept = (await filesIn(late.folder)).filter((file) => file.startsWith('generations/'));
    expect(new Set(kept.map((file) => file.slice(0, 18)))).toEqual(
      new Set(['generations/000009', 'generations/000010']),
    );
  });

  test('that is killed before its state is written goes on from the last one', async () => {
    const [whole, killed] = [await prepared(), await prepared()];
    await finalize(await trained(whole.state, Number.POSITIVE_INFINITY));
    await trained(killed.state, 0, 3);
    await rm(join(killed.folder, keys.stateOf(3)));
    const resumed = await prepare({ run: placeOf(killed.folder) });
    expect(resumed).toMatchObject({ generation: 2, training: true, done: false, events: EVENTS_BEFORE });
    await finalize(await trained(resumed, Number.POSITIVE_INFINITY));
    expect(await resultsOf(killed.folder)).toEqual(await resultsOf(whole.folder));
  });

  test('hands the rest to a fresh execution before the history runs out', async () => {
    const { state } = await prepared();
    const early = await trained(state, 0, 2);
    const late = await trained({ ...early, events: 60 }, 0, 3);
    expect([state.renew, early.renew, late.renew]).toEqual([false, false, true]);
    expect(late.successor).toMatch(/-3$/);
    expect(await trained(late, 0)).toMatchObject({ renew: false, done: true });
  });

  test.each([keys.memoryOf(2), keys.TRAIN])('names %s where it was cut short', async (key) => {
    const { folder, state } = await prepared();
    await trained(state, 0, 2);
    const path = join(folder, key);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    await expect(prepare({ run: placeOf(folder) })).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: expect.stringContaining(`${key}: damaged`),
    });
  });

  test('goes on from the state before one that a power cut left torn', async () => {
    const { folder, state } = await prepared();
    await trained(state, 0, 1);
    await trained({ ...state, generation: 1 }, 0, 2);
    const path = join(folder, keys.stateOf(2));
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    expect(await prepare({ run: placeOf(folder) })).toMatchObject({ generation: 1, done: false });
  });

  test('reports on the epochs that there are', async () => {
    const { folder, state } = await prepared();
    const run = await openRun(new FolderStore(placeOf(folder)));
    await expect(lastCompleteState(run)).rejects.toThrow('no epoch is complete yet');
    await trained(state, 0, 4);
    const last = await lastCompleteState(run);
    expect(last).toMatchObject({ generation: 4, done: false, progress: { maxGenerations: 6 } });
    await finalize(last);
    expect(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8'))).toMatchObject({
      status: 'stopped',
      stopReason: null,
      generations: 3,
      evaluations: 4,
    });
  });

  test('refuses a held-out share that leaves a class of the very data without samples', async () => {
    const folder = await temporaryFolder();
    // Four points a class, of which the test part takes three at random: sizes that only the data tell.
    const task = { dataset: 'blobs', classes: 2, pointsPerClass: 4, testShare: 0.8 };
    const spec = { ...SPEC, task, edgePopup: { keep: [0.5, 0.3], validationShare: 0.6 } };
    await expect(prepare({ ...spec, run: placeOf(folder) })).rejects.toMatchObject({
      name: 'InvalidSpec',
      message: expect.stringMatching(
        /^edgePopup.validationShare: found 0.6, which leaves none of the \d training samples of class '\d' to/,
      ),
    });
  });
});
