/** Runs small enough for tests, in folders of their own. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { decodeScores } from '../../lib/runs/scores.ts';
import { checksum } from '../../lib/store/store.ts';

/** A few generations of a few masks on a few points: a whole search in a blink, and a ticket that is no trivial one. */
export const SMALL_SPEC = {
  task: { dataset: 'moons', train: 200, test: 80 },
  network: { layers: [2, 12, 2] },
  search: { population: 12, recombination: { mates: 5 } },
  stop: { minGenerations: 0, maxGenerations: 4 },
  evaluation: { minChunkSeconds: 0, maxConcurrency: 3 },
} as const;

/** The same with losses: three classes, cross-entropy as fitness. */
export const SMALL_DIGITS = {
  ...SMALL_SPEC,
  task: { dataset: 'digits', classes: 3 },
  network: { layers: [64, 8, 3] },
  search: { ...SMALL_SPEC.search, objective: 'cross-entropy' },
} as const;

/** The same with an accuracy bound, so high at first that the start takes several rounds. */
export const SMALL_BOUND = {
  ...SMALL_SPEC,
  search: {
    ...SMALL_SPEC.search,
    migration: { rate: 0.3 },
    start: { strategy: 'adaptive-bound', bound: 0.95, tries: { reasonable: 400, given: 500 } },
  },
} as const;

/** A new folder, gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The URI of a folder, as the machine's input names the place of a run. */
export function placeOf(folder: string): string {
  return pathToFileURL(join(folder, '/')).href;
}

/** Paths of all files below a folder, sorted. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** What each file of a run holds, without the times and the usage that were measured on the way. */
export async function contentOf(folder: string): Promise<Record<string, unknown>> {
  const files = await filesIn(folder);
  const entries = files.map(
    async (file) => [file, timeless(file, await readFile(join(folder, file)))] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function timeless(file: string, bytes: Buffer): unknown {
  if (file.endsWith('state.json') || file.endsWith('end.json')) {
    const {
      clock: _clock,
      secondsPerUnit: _seconds,
      usage: _usage,
      checksum: _checksum,
      manifest: _manifest,
      ...state
    } = JSON.parse(bytes.toString());
    return state;
  }
  if (file.includes('/scores-')) {
    const { milliseconds: _milliseconds, spent: _spent, ...scores } = decodeScores(bytes, file);
    return scores;
  }
  return checksum(bytes);
}
