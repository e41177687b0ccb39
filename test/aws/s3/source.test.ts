/** Objects in S3 as files of data. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openS3Source } from '../../../lib/aws/s3/source.ts';
import { S3Store } from '../../../lib/aws/s3/store.ts';
import { UserError } from '../../../lib/base/errors.ts';
import { sourceOpener } from '../../../lib/places/sources.ts';
import { type S3Server, startS3 } from './server.ts';

const MIB = 2 ** 20;
const LARGE = Uint8Array.from({ length: 20 * MIB }, (_, index) => index % 251);
const URI = 's3://their-data/iris/measured in 2026.csv';

let server: S3Server;
beforeAll(async () => {
  server = await startS3();
  server.createBucket('their-data');
  await put('large.bin', LARGE);
});
afterAll(() => server.close());
beforeEach(async () => {
  server.fault = () => undefined;
  await put('iris/measured in 2026.csv', Buffer.from('a,b\n1,2\n'));
});

const put = (key: string, bytes: Uint8Array) =>
  new S3Store('s3://their-data/', server.configuration).put(key, bytes);
const open = (uri: string, onRequest?: () => void) => openS3Source(uri, onRequest, server.configuration);
const refused = (uri: string) =>
  open(uri).then(
    () => expect.unreachable('it was opened'),
    (error: unknown) => error,
  );

async function streamed(source: Awaited<ReturnType<typeof open>>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.stream()) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('reads a part, the whole, and piece by piece, as often as it is asked to', async () => {
  const source = await open(URI);
  expect(source).toMatchObject({ name: URI, size: 8 });
  expect(Buffer.from(await source.read(2, 5)).toString()).toBe('b\n1');
  expect(Buffer.from(await source.read(4, 99)).toString()).toBe('1,2\n');
  expect(await source.read(8, 9)).toHaveLength(0);
  for (let time = 0; time < 2; time++)
    expect(Buffer.from(await streamed(source)).toString()).toBe('a,b\n1,2\n');
});

test('reads a large object in pieces, each counted as a request', async () => {
  let requests = 0;
  const source = await open('s3://their-data/large.bin', () => requests++);
  expect(Buffer.compare(await streamed(source), LARGE)).toBe(0);
  expect(requests).toBe(1 + 3);
  expect(Buffer.compare(await source.read(0, LARGE.length), LARGE)).toBe(0);
});

test.each(['unavailable', 'dropped', 'cut off'] as const)(
  'asks again where an answer is %s',
  async (fault) => {
    const source = await open('s3://their-data/large.bin');
    let faults = 0;
    server.fault = () => (faults++ < 2 ? fault : undefined);
    expect(Buffer.compare(await source.read(0, 9 * MIB), LARGE.subarray(0, 9 * MIB))).toBe(0);
  },
);

describe('what cannot be read is told', () => {
  test.each([
    ['s3://their-data/none.csv', /^s3:\/\/their-data\/none\.csv: there is no such object/],
    ['s3://nobodys-data/iris.csv', /^s3:\/\/nobodys-data\/.*: there is no such/],
    ['s3://their-data', /^s3:\/\/their-data: is not an object in S3; expected s3:\/\/bucket\/folder\/file/],
    ['s3://their-data/folder/', /is not an object in S3/],
  ])('%s', async (uri, message) => {
    const error = await refused(uri);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
  });

  test('an object that is replaced while it is read', async () => {
    const source = await open(URI);
    await put('iris/measured in 2026.csv', Buffer.from('x,y\n3,4\n'));
    await expect(source.read(0, 8)).rejects.toThrow(
      new UserError(`${URI}: was replaced while it was read; try again when it is complete`),
    );
  });

  test('a local file where there are none', async () => {
    await expect(sourceOpener({ local: false })('/home/me/iris.csv')).rejects.toThrow(
      /^\/home\/me\/iris\.csv: is a file on a computer, .*tombola submit/,
    );
  });
});
