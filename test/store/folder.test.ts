import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UnusableOutput } from '../../lib/base/errors.ts';
import { openStore } from '../../lib/places/store.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import { checksum, getIfThere } from '../../lib/store/store.ts';
import { describeStore } from './store.suite.ts';

describeStore('folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tombola store-'));
  const { href } = pathToFileURL(join(folder, 'not there yet'));
  return {
    store: new FolderStore(href),
    other: new FolderStore(`${href}/`),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('the folder store', () => {
  let folder: string;
  let store: FolderStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tombola-'));
    store = new FolderStore(pathToFileURL(folder).href);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const files = async () => (await readdir(folder, { recursive: true })).toSorted();

  test('keys are paths below the folder', async () => {
    await store.put('generations/000001/state.json', '{}');
    expect(await files()).toEqual(['generations', 'generations/000001', 'generations/000001/state.json']);
  });

  test('no key leads out of the folder', async () => {
    await store.put('a/../../escaped', 'x');
    expect((await readdir(join(folder, '..'))).includes('escaped')).toBe(false);
    expect(await store.list('')).toEqual(['a/../../escaped']);
  });

  test.each([
    ['below a file', 'in-the-way/deep/object', 'a part of the path is a file, not a folder; check the path'],
    ['in place of a folder', 'folder', 'a folder is in the way of a file; choose another name'],
    ['under a name that is too long', 'x'.repeat(300), 'the name is too long; choose a shorter one'],
  ])('a put %s is refused, and leaves nothing behind', async (_, key, reason) => {
    await store.put('in-the-way', 'a file');
    await store.put('folder/object', 'a folder');
    const before = await files();
    const path = join(folder, key);
    await expect(store.put(key, 'x')).rejects.toThrow(
      new UnusableOutput(`${path}: cannot be written: ${reason}`),
    );
    expect(await files()).toEqual(before);
  });

  test('unfinished writes of a process that was killed are neither listed nor in the way', async () => {
    await mkdir(join(folder, 'g'));
    await writeFile(join(folder, 'g', 'state.json.0123456789ab.part'), '{"gener');
    expect(await store.list('')).toEqual([]);
    await store.put('g/state.json', '{}');
    expect(await store.list('g/')).toEqual(['g/state.json']);
    await store.deletePrefix('g/');
    expect(await files()).toEqual([]);
  });

  test('no reader sees half of what another thread or process writes', async () => {
    const [key, size] = ['folder/large', 1_500_000];
    await store.put(key, new Uint8Array(size));
    const workerData = { uri: store.uri, key, size };
    const writer = new Worker(new URL('writer.ts', import.meta.url), { workerData });
    const ended = once(writer, 'exit');
    let running = true;
    ended.then(() => {
      running = false;
    });
    const versions = new Set<number>();
    while (running) {
      const bytes = Buffer.from(await store.get(key));
      const version = bytes[0] ?? -1;
      versions.add(version);
      expect(bytes.length).toBe(size + version);
      expect(bytes.equals(Buffer.alloc(size + version, version))).toBe(true);
      expect(await store.list('')).toEqual([key]);
      await setImmediate();
    }
    expect(await ended).toEqual([0]);
    expect(versions.size).toBeGreaterThan(0);
    expect((await store.get(key)).length).toBe(size + 59);
  });

  test("other people's files are listed by any name they have", async () => {
    for (const name of ['100%', '%zz', 'a%C3', 'notes (old).txt']) await writeFile(join(folder, name), '');
    expect((await store.list('')).length).toBe(4);
  });
});

test('a store is opened by its URI', async () => {
  expect((await openStore('file:///tmp/a%20b')).uri).toBe('file:///tmp/a%20b/');
  await expect(openStore('ftp://host/folder')).rejects.toThrow(
    new UnusableOutput(
      "run: found 'ftp://host/folder', expected the URI of the folder of a run, which begins with file:/// or s3://",
    ),
  );
});

test('getIfThere gives undefined for what is missing, and passes other errors on', async () => {
  const store = new FolderStore('file:///nowhere/at/all/');
  expect(await getIfThere(store, 'a')).toBeUndefined();
  const broken = { ...store, uri: store.uri, get: () => Promise.reject(new Error('no network')) };
  await expect(
    getIfThere(
      {
        ...broken,
        getRange: store.getRange,
        put: store.put,
        list: store.list,
        deletePrefix: store.deletePrefix,
      },
      'a',
    ),
  ).rejects.toThrow('no network');
});

test('checksums are SHA-256', () => {
  expect(checksum('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(checksum(Buffer.from('abc'))).toBe(checksum('abc'));
});
