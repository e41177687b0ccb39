/** What every store promises; each implementation runs this suite in a test file of its own. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MissingObject, type Store } from '../../lib/store/store.ts';

export interface OpenedStore {
  /** An empty store. */
  readonly store: Store;
  /** Another client of the same place, as another process would have. */
  readonly other: Store;
  readonly close: () => Promise<void>;
}

const text = async (store: Store, key: string) => Buffer.from(await store.get(key)).toString();

export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`store: ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    test('the URI names a folder', () => {
      expect(store.uri).toMatch(/^(file|s3):\/\/.*\/$/);
      expect(opened.other.uri).toBe(store.uri);
    });

    test('gives back the bytes that were put, to everyone', async () => {
      const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);
      await store.put('model/weights.bin', bytes);
      expect(new Uint8Array(await store.get('model/weights.bin'))).toEqual(bytes);
      expect(new Uint8Array(await opened.other.get('model/weights.bin'))).toEqual(bytes);
    });

    test('takes text as UTF-8, and parts of larger arrays as they are', async () => {
      await store.put('text', 'Größe – 🎟');
      expect(await text(store, 'text')).toBe('Größe – 🎟');
      await store.put('part', Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
      expect([...(await store.get('part'))]).toEqual([2, 3]);
    });

    test('an object may be empty', async () => {
      await store.put('empty', new Uint8Array());
      expect((await store.get('empty')).length).toBe(0);
      expect((await store.getRange('empty', 0, 10)).length).toBe(0);
      expect(await store.list('')).toEqual(['empty']);
    });

    test('the last put wins', async () => {
      await store.put('a', 'a long first version');
      await store.put('a', 'short');
      expect(await text(store, 'a')).toBe('short');
      expect(await store.list('')).toEqual(['a']);
    });

    test.each([
      [0, 4, '0123'],
      [2, 5, '234'],
      [0, 10, '0123456789'],
      [8, 100, '89'],
      [3, 3, ''],
      [10, 20, ''],
      [50, 60, ''],
    ])('bytes %i to %i of 0123456789 are "%s"', async (start, end, expected) => {
      await store.put('digits', '0123456789');
      expect(Buffer.from(await store.getRange('digits', start, end)).toString()).toBe(expected);
    });

    test('an object that is not there is a MissingObject, which names it', async () => {
      await store.put('folder/there', 'x');
      for (const key of ['nowhere', 'folder/else', 'folder', 'folder/there/below']) {
        const error = new MissingObject(store.uri, key);
        await expect(store.get(key)).rejects.toThrow(error);
        await expect(store.getRange(key, 0, 1)).rejects.toThrow(error);
      }
      expect(new MissingObject('file:///runs/7/', 'a/b').message).toBe(
        'file:///runs/7/a/b: there is no such object',
      );
    });

    test('lists more than a thousand keys, sorted', async () => {
      const keys = Array.from({ length: 1_050 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
      const shuffled = keys.toSorted((a, b) => a.slice(-2).localeCompare(b.slice(-2)));
      for (let start = 0; start < keys.length; start += 50) {
        await Promise.all(shuffled.slice(start, start + 50).map((key) => store.put(key, '')));
      }
      expect(await store.list('many/')).toEqual(keys);
      expect(await store.list('many/0104')).toEqual(keys.slice(1_040));
    });

    test('a prefix is any beginning of a key', async () => {
      const keys = [
        'b',
        'generations/000001/state',
        'generations/000010/state',
        'generations.txt',
        'run.json',
      ];
      for (const key of keys) await store.put(key, key);
      expect(await store.list('')).toEqual(keys.toSorted());
      expect(await store.list('generations')).toEqual([
        'generations.txt',
        'generations/000001/state',
        'generations/000010/state',
      ]);
      expect(await store.list('generations/')).toEqual([
        'generations/000001/state',
        'generations/000010/state',
      ]);
      expect(await store.list('generations/00001')).toEqual(['generations/000010/state']);
      expect(await store.list('generations/000001/state')).toEqual(['generations/000001/state']);
      for (const none of ['x', 'generations/1', 'run.json/', 'b/'])
        expect(await store.list(none)).toEqual([]);
    });

    test('keys are sorted by their UTF-8 bytes', async () => {
      const keys = ['A', 'Z', 'a-b', 'a.b', 'a/b', 'a0', 'aa', 'é', '｡', '🎟'];
      for (const key of keys.toReversed()) await store.put(key, '');
      expect(await store.list('')).toEqual(keys);
    });

    test.each([
      'with space.txt',
      'per%cent',
      '%41',
      '100%',
      'query?and#hash&more=1+2',
      'quotes\'and"',
      'star*colon:pipe|<angles>',
      'back\\slash',
      'ünïcödé/日本語/🎟.onnx',
      'de\u0301composed',
      '.hidden',
      'ends.part',
      '..dots..',
      'tilde~!@$^()[]{};,',
    ])('a key may be %j', async (key) => {
      const below = `folder/${key}/x`;
      await store.put(below, 'below');
      await store.put(key, 'itself');
      expect(await text(store, key)).toBe('itself');
      expect(await text(opened.other, below)).toBe('below');
      expect((await store.list('')).toSorted()).toEqual([key, below].toSorted());
      expect(await store.list(`folder/${key.slice(0, 3)}`)).toEqual([below]);
      await store.deletePrefix('folder/');
      expect(await store.list('')).toEqual([key]);
    });

    test('deletes what begins with a prefix, and nothing else', async () => {
      const keys = ['g/000001/a', 'g/000001/deep/b', 'g/000010/a', 'g/000001.txt', 'h'];
      for (const key of keys) await store.put(key, key);
      await store.deletePrefix('g/000001/');
      expect(await store.list('')).toEqual(['g/000001.txt', 'g/000010/a', 'h']);
      await store.deletePrefix('g/00001');
      expect(await store.list('')).toEqual(['g/000001.txt', 'h']);
      await store.deletePrefix('');
      expect(await store.list('')).toEqual([]);
    });

    test('deleting nothing is no error, and a place that was deleted can be used again', async () => {
      await store.deletePrefix('nothing/');
      await store.deletePrefix('nothing');
      await store.put('g/1/deep/a', 'first');
      await opened.other.deletePrefix('g/');
      await store.put('g/1/deep/a', 'second');
      expect(await text(store, 'g/1/deep/a')).toBe('second');
    });

    test('a reader never sees half an object', async () => {
      const size = 2_000_000;
      const versions = Array.from({ length: 8 }, (_, version) =>
        new Uint8Array(size + version).fill(version),
      );
      await store.put('large', versions[0] ?? '');
      let writing = true;
      const writer = (async () => {
        for (const client of [store, opened.other]) {
          await Promise.all(versions.map((version) => client.put('large', version)));
        }
      })().finally(() => {
        writing = false;
      });
      let reads = 0;
      const reader = async () => {
        while (writing || reads === 0) {
          const bytes = await opened.other.get('large');
          const [version = -1] = bytes;
          expect(bytes.length).toBe(size + version);
          expect(bytes.every((byte) => byte === version)).toBe(true);
          expect(await store.list('')).toEqual(['large']);
          reads++;
        }
      };
      await Promise.all([writer, reader(), reader()]);
    });

    test('many puts to one new folder at once all arrive', async () => {
      const keys = Array.from({ length: 40 }, (_, index) => `new/folder/${index}`);
      await Promise.all(keys.map((key, index) => (index % 2 === 0 ? store : opened.other).put(key, key)));
      expect((await store.list('new/')).length).toBe(40);
    });
  });
}
