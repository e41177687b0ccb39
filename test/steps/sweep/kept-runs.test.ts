import { expect, test } from 'vitest';
import { DamagedArtifact } from '../../../lib/base/errors.ts';
import { keptRunsText, readKeptRuns } from '../../../lib/steps/sweep/kept-runs.ts';
import { FolderStore } from '../../../lib/store/folder.ts';
import * as keys from '../../../lib/store/keys.ts';
import { parseSweep } from '../../../lib/sweep/cells.ts';
import { succeeded } from '../../sweep/summaries.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from '../small-run.ts';

const { cells } = parseSweep({
  base: SMALL_SPEC,
  algorithms: [
    { name: 'GA' },
    { name: 'random', spec: { algorithm: 'random-search' } },
    { name: 'tuned', spec: { algorithm: 'fine-tuning' }, match: { ticket: 'GA' } },
  ],
  seeds: 1,
});

const text = keptRunsText(
  cells.map((cell, index) => ({
    cell,
    result: index === 0 ? { status: 'failed', error: 'why' } : succeeded({ testAccuracy: index / 4 }),
  })),
);

async function readFrom(lines: string) {
  const store = new FolderStore(placeOf(await temporaryFolder()));
  await store.put(keys.SWEEP_RUNS, lines);
  return readKeptRuns(store, cells);
}

test('keeps the runs that succeeded, but for those of tickets', async () => {
  expect(text.split('\n').length).toBe(3);
  const kept = await readFrom(text);
  expect([...kept].map(([id, { testAccuracy }]) => [id, testAccuracy])).toEqual([['random_seed-0', 0.25]]);
});

test('a line that was cut short is no result, one that has changed an error', async () => {
  const [line = ''] = text.split('\n');
  expect(await readFrom(line.slice(0, -9))).toEqual(new Map());
  await expect(readFrom(line.replace('0.25', '0.75'))).rejects.toThrow(DamagedArtifact);
});

test('keeps those of cells that the sweep has no more', () => {
  const fewer = cells.slice(0, 1).map((cell) => ({ cell, result: succeeded({ testAccuracy: 0.125 }) }));
  const [random, tuned] = text.trimEnd().split('\n');
  const [ga, ...others] = keptRunsText(fewer, Buffer.from(text)).trimEnd().split('\n');
  expect(ga).toContain('0.125');
  expect(others).toEqual([random, tuned]);
  expect(keptRunsText(fewer, Buffer.from(`${ga}\n`)).trimEnd()).toBe(ga);
});
