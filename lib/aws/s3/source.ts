/** An object in S3, of any bucket that may be read, as a file of data or a model. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import { PART_BYTES } from '../../store/s3-requests.ts';
import { MissingObject } from '../../store/store.ts';
import { isChanged, isForbidden } from './errors.ts';
import { S3Store } from './store.ts';
import { parseS3Uri } from './uri.ts';

/**
 * Opens `s3://bucket/key`. Requests that fail in passing are repeated as by the store. Every request asks for the version
 * that was opened. Throws UserError: no such object, no access to it, changed while it was read.
 */
export async function openS3Source(
  uri: string,
  onRequest: () => void = () => {},
  configuration?: S3ClientConfig,
): Promise<Source> {
  const object = parseS3Uri(uri);
  if (!object || object.key === '' || object.key.endsWith('/'))
    throw new UserError(`${uri}: is not an object in S3; expected s3://bucket/folder/file`);
  const { bucket, key } = object;
  const store = new S3Store(`s3://${bucket}/`, configuration);
  const asked = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
    onRequest();
    try {
      return await ask();
    } catch (error) {
      throw explained(error, uri, bucket, key);
    }
  };
  const { size, etag } = await asked(() => store.describe(key));
  const range = (from: number, to: number) =>
    from >= to ? Promise.resolve(new Uint8Array()) : asked(() => store.getRange(key, from, to, etag));
  return {
    name: uri,
    size,
    async read(from, to) {
      const end = Math.min(to, size);
      if (end - from <= PART_BYTES) return range(from, end);
      const whole = new Uint8Array(end - from);
      for await (const [start, piece] of pieces(from, end, range)) whole.set(piece, start - from);
      return whole;
    },
    async *stream() {
      for await (const [, piece] of pieces(0, size, range)) yield piece;
    },
  };
}

/** Ranges one after the other, each asked for before the one before it is used. */
async function* pieces(
  from: number,
  to: number,
  range: (from: number, to: number) => Promise<Uint8Array>,
): AsyncGenerator<readonly [start: number, piece: Uint8Array]> {
  const ask = (start: number) => {
    const piece = range(start, Math.min(to, start + PART_BYTES));
    // Whoever waits for it hears of an error; nobody may be waiting yet.
    piece.catch(() => {});
    return piece;
  };
  let next = ask(from);
  for (let start = from; start < to; start += PART_BYTES) {
    const piece = next;
    if (start + PART_BYTES < to) next = ask(start + PART_BYTES);
    yield [start, await piece];
  }
}

function explained(error: unknown, uri: string, bucket: string, key: string): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  const say = (text: string) => new UserError(`${uri}: ${text}`, { cause: error });
  if (error instanceof MissingObject) {
    return say('there is no such object; check the bucket and the key');
  }
  if (isForbidden(error) || isForbidden(cause)) {
    return say(
      `access denied, or there is no such object; reading it takes s3:GetObject on arn:aws:s3:::${bucket}/${key}: deploy the stack with -c dataBuckets=${bucket} so that its function may, and allow its role in the bucket's policy where the bucket is another account's`,
    );
  }
  if (isChanged(error) || isChanged(cause)) {
    return say('was replaced while it was read; try again when it is complete');
  }
  return error;
}
