import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Durability } from '../../lib/store/durability.ts';
import * as keys from '../../lib/store/keys.ts';

const synced: number[] = [];
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    fsyncSync: (descriptor: number) => {
      synced.push(descriptor);
      now += 1;
      fs.fsyncSync(descriptor);
    },
  };
});

let now = 0;
let folder: string;
let durability: Durability;
beforeEach(() => {
  now = 0;
  synced.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'tombola-'));
  durability = new Durability(() => now);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file under a key; gives how many syncs it took, those before it was visible apart. */
function put(key: string): [number, number] {
  synced.length = 0;
  let before = 0;
  const path = join(folder, key.replaceAll('/', '-'));
  durability.write(
    key,
    path,
    path,
    () => writeFileSync(path, key),
    () => {
      before = synced.length;
    },
  );
  expect(readFileSync(path, 'utf8')).toBe(key);
  return [before, synced.length - before];
}

test('files that a run writes once are synced before they are visible, and their folder after', () => {
  for (const key of [keys.SPEC, keys.MANIFEST, keys.SUMMARY, keys.TICKET, keys.TRAIN, keys.WEIGHTS]) {
    expect(put(key)).toEqual([1, 1]);
  }
});

test('of the generations one a second, with all that it goes on from', () => {
  put(keys.MANIFEST);
  expect(put(keys.offspringOf(1))).toEqual([0, 0]);
  expect(put(keys.stateOf(1))).toEqual([0, 0]);
  now += 1_000;
  expect(put(keys.offspringOf(2))).toEqual([0, 0]);
  // Three files and their folder, then the state and its folder.
  expect(put(keys.stateOf(2))).toEqual([5, 1]);
  expect(put(keys.stateOf(3))).toEqual([0, 0]);
});

test('a slow disk is asked less often', () => {
  put(keys.MANIFEST);
  now += 1_000;
  const slow = () => {
    now += 500;
  };
  durability.write(keys.stateOf(1), folder, folder, slow, () => {});
  now += 10_000;
  expect(put(keys.stateOf(2))).toEqual([0, 0]);
  now += 30_000;
  expect(put(keys.stateOf(3))[1]).toBe(1);
});
