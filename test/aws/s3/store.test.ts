import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { S3Store } from '../../../lib/aws/s3/store.ts';
import { UnusableOutput } from '../../../lib/base/errors.ts';
import { Meter } from '../../../lib/cost/meter.ts';
import { openStore } from '../../../lib/places/store.ts';
import { MissingObject, StoreUnavailable } from '../../../lib/store/store.ts';
import { describeStore } from '../../store/store.suite.ts';
import { type Fault, type S3Server, startS3 } from './server.ts';

let server: S3Server;
let buckets = 0;

beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server.close());

function newPlace(): string {
  const bucket = `bucket-${buckets++}`;
  server.createBucket(bucket);
  return `s3://${bucket}/runs/a run/`;
}

describeStore('S3', async () => {
  const place = newPlace();
  return {
    store: new S3Store(place, server.configuration),
    other: new S3Store(place.slice(0, -1), server.configuration),
    close: async () => undefined,
  };
});

const MIB = 1024 * 1024;

/** Bytes that differ from part to part. */
function pattern(size: number, seed = 0): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index + seed, 2_654_435_761);
  return new Uint8Array(words.buffer, 0, size);
}

/** The first `times` requests of a method meet a fault. */
function failFirst(times: number, method: string, fault: Fault): void {
  let left = times;
  server.fault = (request) => (request.method === method && left-- > 0 ? fault : undefined);
}

describe('the S3 store', () => {
  let store: S3Store;

  beforeEach(() => {
    store = new S3Store(newPlace(), server.configuration);
    server.requests.length = 0;
    // Retries wait for a random share of a delay: none here.
    vi.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    server.fault = () => undefined;
  });

  const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

  test('100 MB make the round trip, in parts both ways', async () => {
    const bytes = pattern(100 * MIB + 1);
    await store.put('data/train.safetensors', bytes);
    expect(server.requests.filter((line) => line.startsWith('PUT')).length).toBe(13);
    server.requests.length = 0;
    expect(same(await store.get('data/train.safetensors'), bytes)).toBe(true);
    expect(server.requests.length).toBe(1 + 13);
    const range = await store.getRange('data/train.safetensors', 50 * MIB, 50 * MIB + 10);
    expect(same(range, bytes.subarray(50 * MIB, 50 * MIB + 10))).toBe(true);
  });

  test.each([0, 4, 8, 10, 15, 20, 40])(
    'an object of %i MiB makes the requests that are metered',
    async (mib) => {
      const meter = new Meter({ memoryMb: 1_024, elapsed: () => 0 });
      const metered = meter.metered(store);
      const bytes = pattern(mib * MIB);
      await metered.put('data/train.safetensors', bytes);
      const { puts } = meter.take();
      expect(puts).toBe(server.requests.length);
      expect(same(await metered.get('data/train.safetensors'), bytes)).toBe(true);
      expect(puts + meter.take().gets).toBe(server.requests.length);
    },
  );

  test('small objects take one request each way', async () => {
    await store.put('a', 'bytes');
    await store.get('a');
    expect(server.requests.map((line) => line.split(' ')[0])).toEqual(['PUT', 'GET']);
  });

  test('deletes more than a thousand keys, a thousand at a time', async () => {
    const keys = Array.from({ length: 1_010 }, (_, index) => `many/${index}`);
    await Promise.all(keys.map((key) => store.put(key, '')));
    await store.put('other', '');
    server.requests.length = 0;
    await store.deletePrefix('many/');
    expect(server.requests.filter((line) => line.startsWith('POST')).length).toBe(2);
    expect(await store.list('')).toEqual(['other']);
  });

  test.each<[Fault, string]>([
    ['unavailable', 'GET'],
    ['dropped', 'GET'],
    ['cut off', 'GET'],
    ['unavailable', 'PUT'],
    ['dropped', 'PUT'],
  ])('an answer that is %s twice is asked for again (%s)', async (fault, method) => {
    if (method === 'GET') await store.put('a', 'what was put');
    failFirst(2, method, fault);
    if (method === 'PUT') await store.put('a', 'what was put');
    expect(Buffer.from(await store.get('a')).toString()).toBe('what was put');
    expect(Buffer.from(await store.getRange('a', 5, 8)).toString()).toBe('was');
  });

  test('an answer that stands still is asked for again', async () => {
    await store.put('a', 'what was put');
    const impatient = new S3Store(store.uri, {
      ...server.configuration,
      requestHandler: { socketTimeout: 200 },
    });
    failFirst(2, 'GET', 'stalled');
    expect(Buffer.from(await impatient.get('a')).toString()).toBe('what was put');
  });

  test('parts that break off are read again, not the whole', async () => {
    const bytes = pattern(40 * MIB);
    await store.put('large', bytes);
    let gets = 0;
    server.fault = ({ method }) => (method === 'GET' && gets++ === 2 ? 'cut off' : undefined);
    expect(same(await store.get('large'), bytes)).toBe(true);
    expect(gets).toBe(1 + 5 + 1);
  });

  test.each<[Fault, RegExp]>([
    ['unavailable', /^s3:\/\/.*\/a: the store did not answer: .*reduce your request rate/],
    ['dropped', /^s3:\/\/.*\/a: the store did not answer: .*(socket hang up|ECONNRESET)/],
    ['cut off', /^s3:\/\/.*\/a: the store did not answer: /],
  ])('an answer that stays %s is StoreUnavailable, with its cause', async (fault, message) => {
    await store.put('a', 'what was put');
    server.fault = () => fault;
    const hasty = new S3Store(store.uri, { ...server.configuration, maxAttempts: 2 });
    const error = await hasty.get('a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toMatchObject({ name: 'StoreUnavailable', message: expect.stringMatching(message) });
    expect(error).toHaveProperty('cause', expect.any(Error));
  });

  test('one part that cannot be read fails the whole, and the store goes on', async () => {
    const bytes = pattern(40 * MIB);
    await store.put('large', bytes);
    const hasty = new S3Store(store.uri, { ...server.configuration, maxAttempts: 1 });
    server.fault = ({ headers }) =>
      headers.range?.startsWith('bytes=16777216-') ? 'unavailable' : undefined;
    await expect(hasty.get('large')).rejects.toThrow(StoreUnavailable);
    server.fault = () => undefined;
    expect(same(await hasty.get('large'), bytes)).toBe(true);
  });

  test('parts of two versions never meet', async () => {
    const [before, after] = [pattern(40 * MIB), pattern(40 * MIB, 1)];
    await store.put('large', before);
    const writer = new S3Store(store.uri, server.configuration);
    let replaced = false;
    server.fault = async ({ headers }) => {
      if (headers.range === undefined || replaced) return undefined;
      replaced = true;
      await writer.put('large', after);
      return undefined;
    };
    expect(same(await store.get('large'), after)).toBe(true);
  });

  test('keys under generations/ carry the tag that lets them expire, results do not', async () => {
    const tags: unknown[] = [];
    server.fault = ({ headers }) => {
      tags.push(headers['x-amz-tagging']);
      return undefined;
    };
    await store.put('generations/000001/state.json', '{}');
    await store.put('history/000000.json', '[]');
    await store.put('ticket.onnx', 'x');
    expect(tags).toEqual(['tombola=generation', undefined, undefined]);
  });

  test('what a browser can show has a type', async () => {
    const types: unknown[] = [];
    server.fault = ({ headers }) => {
      types.push(headers['content-type']);
      return undefined;
    };
    for (const key of ['report.html', 'history.csv', 'ticket.onnx']) await store.put(key, 'x');
    expect(types).toEqual([
      'text/html; charset=utf-8',
      'text/csv; charset=utf-8',
      'application/octet-stream',
    ]);
  });

  test('a bucket that is not there is the user’s to mend, a missing object is not the bucket’s fault', async () => {
    const nowhere = new S3Store('s3://no-such-bucket/runs/', server.configuration);
    await expect(nowhere.get('a')).rejects.toThrow(UnusableOutput);
    await expect(nowhere.put('a', '')).rejects.toThrow(
      's3://no-such-bucket/runs/: there is no such bucket here; check its name and the region',
    );
    await expect(store.get('a')).rejects.toThrow(MissingObject);
  });

  test.each(['s3://', 's3:///key', 's3://UPPER/key', 's3://b'])('%s names no place in S3', (uri) => {
    expect(() => new S3Store(uri)).toThrow(
      new UnusableOutput(`run: found '${uri}', expected s3://bucket/prefix/`),
    );
  });

  test('openStore gives an S3 store for s3:// URIs', async () => {
    const opened = await openStore('s3://bucket/runs/7');
    expect(opened).toBeInstanceOf(S3Store);
    expect(opened.uri).toBe('s3://bucket/runs/7/');
  });
});
