import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../lib/base/errors.ts';
import { lastCompleteState } from '../../lib/runs/resumption.ts';
import { openRun } from '../../lib/runs/run.ts';
import { clockAt, lastWholeState } from '../../lib/runs/state.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import * as keys from '../../lib/store/keys.ts';
import { EVENTS_BEFORE } from '../../lib/workflow/fan-out.ts';
import { evaluate, finalize, prepare, search } from '../lambdas/invoke.ts';
import { contentOf, filesIn, placeOf, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';

async function runUntil(until: number) {
  const folder = await temporaryFolder();
  const state = await search(await prepare({ ...SMALL_SPEC, run: placeOf(folder) }), { until });
  return { folder, state };
}

const ticketOf = (folder: string) => readFile(join(folder, 'ticket.safetensors'));

describe('a run that ended in mid-generation', () => {
  test.each([0, 1, 3])('goes on from generation %i with the same result', async (generation) => {
    const [whole, killed] = [await runUntil(Number.POSITIVE_INFINITY), await runUntil(generation)];
    await finalize(whole.state);
    // What a killed step may leave: half a fan-out, an unfinished write, scores of other chunks.
    await evaluate({ ...killed.state, chunks: [0] });
    await writeFile(join(killed.folder, 'generations/000000.safetensors.0123456789ab.part'), 'half');
    const resumed = await prepare({ run: placeOf(killed.folder) });
    // A new execution counts its history anew.
    expect(resumed).toEqual({ ...killed.state, events: EVENTS_BEFORE });
    await finalize(await search(resumed));
    expect(await ticketOf(killed.folder)).toEqual(await ticketOf(whole.folder));
    const history = (folder: string) => readFile(join(folder, 'history.csv'), 'utf8');
    expect(await history(killed.folder)).toBe(await history(whole.folder));
  });

  test('in prepare begins anew, even with its work spread in another way', async () => {
    const { folder } = await runUntil(0);
    await rm(join(folder, keys.MANIFEST));
    const evaluation = { maxConcurrency: 1 };
    const state = await prepare({ ...SMALL_SPEC, evaluation, run: placeOf(folder) });
    await finalize(await search(state));
    expect(await filesIn(folder)).toContain('ticket.onnx');
  });
});

describe('damage is found before anything goes on', () => {
  const ARTIFACTS = [
    keys.SPEC,
    keys.MANIFEST,
    keys.WEIGHTS,
    keys.TRAIN,
    keys.TEST,
    keys.stateOf(2),
    keys.offspringOf(2),
    keys.survivorsOf(1),
  ];

  test.each(ARTIFACTS.filter((key) => key !== keys.stateOf(2)))('%s cut short', async (key) => {
    const { folder } = await runUntil(2);
    const path = join(folder, key);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
    const before = await contentOf(folder).catch(() => undefined);
    await expect(prepare({ run: placeOf(folder) })).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: expect.stringContaining(`${placeOf(folder)}${key}: damaged`),
    });
    expect(await contentOf(folder).catch(() => undefined)).toEqual(before);
  });

  test.each(ARTIFACTS.filter((key) => key !== keys.MANIFEST && key !== keys.stateOf(2)))(
    '%s with one bit flipped',
    async (key) => {
      const { folder } = await runUntil(2);
      const path = join(folder, key);
      const bytes = await readFile(path);
      const last = bytes.length - 1;
      bytes[last] = (bytes[last] ?? 0) ^ 1;
      await writeFile(path, bytes);
      await expect(prepare({ run: placeOf(folder) })).rejects.toMatchObject({
        name: 'DamagedArtifact',
        message: expect.stringMatching(
          /: damaged: its \d+ bytes have SHA-256 [0-9a-f]{12}…, [0-9a-f]{12}… was written; restore the file, or start the run anew in another folder$/,
        ),
      });
    },
  );

  test.each(ARTIFACTS.filter((key) => key !== keys.stateOf(2)))('%s gone', async (key) => {
    const { folder } = await runUntil(2);
    await rm(join(folder, key));
    await expect(prepare({ run: placeOf(folder) })).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: `${placeOf(folder)}${key}: is missing, and the run cannot go on without it`,
    });
  });

  test.each<[string, RegExp, string]>([
    [keys.MANIFEST, /(?<="scale": \[\s*-?\d+\.)\d/, keys.MANIFEST],
    [keys.MANIFEST, /(?<="trainSamples": )\d/, keys.MANIFEST],
    [keys.stateOf(2), /(?<="evaluations":)\d/, keys.stateOf(2)],
    [keys.stateOf(2), /(?<="maxGenerations":)\d/, keys.stateOf(2)],
    [keys.historySegmentOf(0), /(?<="evaluations":)\d/, 'history/'],
    [keys.historySegmentOf(0), /(?<="bestSparsity":0\.)\d/, 'history/'],
  ])('%s with another digit at %s', async (key, place, named) => {
    const { folder } = await runUntil(2);
    const path = join(folder, key);
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace(place, (digit) => String((Number(digit) % 9) + 1)),
    );
    expect(await readFile(path, 'utf8')).not.toBe(text);
    await expect(prepare({ run: placeOf(folder) })).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: `${placeOf(folder)}${named}: damaged: it has changed since it was written; restore the file, or start the run anew in another folder`,
    });
  });

  test('a history with a gap', async () => {
    const { folder, state } = await runUntil(Number.POSITIVE_INFINITY);
    const path = join(folder, 'history/000000.json');
    const rows: unknown[] = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify(rows.filter((_, generation) => generation !== 2)));
    await expect(finalize(state)).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: `${placeOf(folder)}history/: the row of generation 2 is missing`,
    });
  });
});

describe('what a power cut leaves', () => {
  const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2));
  const empty = () => Buffer.alloc(0);
  const zeros = (bytes: Buffer) => Buffer.alloc(bytes.length);

  test.each<[string, string, (bytes: Buffer) => Buffer]>([
    ['an empty state', keys.stateOf(2), empty],
    ['a state of zeros', keys.stateOf(2), zeros],
    ['a state that is cut short', keys.stateOf(2), cut],
    ['empty masks below a whole state', keys.offspringOf(2), empty],
    ['masks of zeros below a whole state', keys.offspringOf(2), zeros],
  ])('%s costs a generation, and nothing else', async (_, key, left) => {
    const [whole, torn] = [await runUntil(Number.POSITIVE_INFINITY), await runUntil(2)];
    await finalize(whole.state);
    const path = join(torn.folder, key);
    await writeFile(path, left(await readFile(path)));
    const store = new FolderStore(placeOf(torn.folder));
    expect((await lastWholeState(store)).torn).toEqual([keys.stateOf(2)]);
    const resumed = await prepare({ run: placeOf(torn.folder) });
    expect(resumed.generation).toBe(1);
    await finalize(await search(resumed));
    expect(await ticketOf(torn.folder)).toEqual(await ticketOf(whole.folder));
    expect((await lastWholeState(store)).torn).toEqual([]);
  });

  test('no whole state at all is damage', async () => {
    const { folder } = await runUntil(1);
    for (const generation of [0, 1]) await writeFile(join(folder, keys.stateOf(generation)), '');
    await expect(prepare({ run: placeOf(folder) })).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: expect.stringContaining(`${placeOf(folder)}${keys.stateOf(1)}: damaged`),
    });
  });
});

describe('the last complete state', () => {
  const lastOf = async (folder: string) => lastCompleteState(await openRun(new FolderStore(placeOf(folder))));

  test('of a search in flight is the last selection', async () => {
    const { folder } = await runUntil(3);
    expect(await lastOf(folder)).toMatchObject({ generation: 2, done: false });
  });

  test('of a search that is over is its end', async () => {
    const { folder } = await runUntil(Number.POSITIVE_INFINITY);
    expect(await lastOf(folder)).toMatchObject({ generation: 4, done: true });
  });

  test('is not there before the first selection', async () => {
    const { folder } = await runUntil(0);
    await expect(lastOf(folder)).rejects.toThrow(
      new UserError(`${placeOf(folder)}: no generation is complete yet, so there is nothing to report`),
    );
  });
});

test('a clock that was set back takes no time away', async () => {
  const { folder } = await runUntil(1);
  const { state } = await lastWholeState(new FolderStore(placeOf(folder)));
  const earlier = state.clock.at - 3_600_000;
  expect(clockAt(state, earlier)).toEqual({ ...state.clock, at: earlier });
});
