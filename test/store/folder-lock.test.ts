import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { FolderStore } from '../../lib/store/folder.ts';
import { isBookkeeping, lockFolder, lossOf, numberOf, processIn } from '../../lib/store/folder-lock.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const CONTENDER = fileURLToPath(new URL('lock-contender.ts', import.meta.url));
const OTHER = '.tombola-lock-0123456789abcdef';

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'run');
});

const lock = (command = 'tombola run') => lockFolder(folder, { command, name: 'run' });

/** What a lock of this process says. */
async function ownWords(): Promise<Record<string, unknown>> {
  using _ = await lock();
  const [name = ''] = readdirSync(folder);
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

async function leave(owner: object | string, age = 0): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, OTHER);
  writeFileSync(path, typeof owner === 'string' ? owner : JSON.stringify(owner));
  const then = Date.now() / 1000 - age;
  utimesSync(path, then, then);
}

test('a folder has one owner at a time, who is named to the others', async () => {
  {
    using _ = await lock('tombola sweep');
    await expect(lock()).rejects.toMatchObject({
      name: 'UnusableOutput',
      message: expect.stringMatching(
        new RegExp(
          `^run: another process is at work in this folder: 'tombola sweep', process ${process.pid}, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC; wait for it to end, or stop it$`,
        ),
      ),
    });
  }
  (await lock()).release();
});

test('locks are no part of what a folder holds, and leave nothing behind', async () => {
  {
    using _ = await lock();
    const store = new FolderStore(pathToFileURL(folder).href);
    expect(await store.list('')).toEqual([]);
    expect(readdirSync(folder).every(isBookkeeping)).toBe(true);
  }
  expect(existsSync(folder)).toBe(false);
  {
    using _ = await lock();
    writeFileSync(join(folder, 'kept'), '');
  }
  expect(readdirSync(folder)).toEqual(['kept']);
});

describe('the lock of a process that is', () => {
  const GONE = 2 ** 22 + 1;
  test.each<[string, Record<string, unknown>, number, boolean]>([
    ['dead', { pid: GONE }, 0, false],
    ['another one by the same number', { born: '1' }, 0, process.platform !== 'linux'],
    ['alive, however long it has been silent', {}, 3_600, process.platform === 'linux'],
    ['on another computer', { machine: 'elsewhere', host: 'elsewhere', pid: GONE }, 5, true],
    ['on another computer, and silent', { machine: 'elsewhere', pid: GONE }, 100, false],
    ['on another computer, from the future', { machine: 'elsewhere', pid: GONE }, -3_600, false],
  ])('%s', async (_, differs, age, held) => {
    const other = { ...(await ownWords()), command: 'tombola resume', ...differs };
    await leave(other, age);
    if (held) {
      const where = differs.host === undefined ? '' : ' on elsewhere';
      const { pid } = { pid: process.pid, ...differs };
      await expect(lock()).rejects.toThrow(`'tombola resume', process ${String(pid)}${where}, since`);
      expect(existsSync(join(folder, OTHER))).toBe(true);
    } else {
      using _lock = await lock();
      expect(existsSync(join(folder, OTHER))).toBe(false);
    }
  });

  test('unknown, since a power cut emptied it: only a fresh one holds', async () => {
    await leave('', 5);
    await expect(lock()).rejects.toThrow(/^run: another process is at work in this folder, and/);
    await leave('', 100);
    (await lock()).release();
  });
});

test('who is at work can be asked, and nothing is changed by it', async () => {
  {
    using _ = await lock();
    expect(processIn(folder)).toMatchObject({ command: 'tombola run', pid: process.pid });
  }
  await leave({ ...(await ownWords()), pid: 2 ** 22 + 1 });
  expect(processIn(folder)).toBeUndefined();
  expect(existsSync(join(folder, OTHER))).toBe(true);
});

test('names the computer', async () => {
  expect(await ownWords()).toMatchObject({ host: hostname(), pid: process.pid });
});

test('a lost lock is explained: by silence, or by a folder that went elsewhere', async () => {
  using _ = await lock();
  const number = numberOf(folder);
  expect(lossOf(folder, 'run', number)).toContain('did not answer for a minute');
  renameSync(folder, `${folder}-elsewhere`);
  expect(lossOf(folder, 'run', number)).toContain('run: was moved or deleted');
  // A write of the process makes it again.
  mkdirSync(folder);
  expect(lossOf(folder, 'run', number)).toContain('run: was moved or deleted');
});

test('a folder that cannot be written is told', async () => {
  await mkdir(join(folder, '..'), { recursive: true });
  writeFileSync(folder, 'a file');
  await expect(lock()).rejects.toMatchObject({
    name: 'UnusableOutput',
    message: 'run: is a file, not a folder; choose another folder with --out',
  });
});

test('of many processes that come at once, never two are in', async () => {
  const inside = `${folder}.inside`;
  const contenders = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, [CONTENDER, folder, inside, '25'], { stdio: 'pipe' });
    const [had, told] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    expect(told).toBe('');
    return Number(had);
  });
  const had = await Promise.all(contenders);
  expect(had.reduce((sum, times) => sum + times, 0)).toBeGreaterThan(25);
  expect(existsSync(inside)).toBe(false);
});
