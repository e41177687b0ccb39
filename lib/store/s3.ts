/** The store over S3. The only file, with s3-errors.ts, that knows the AWS SDK; open.ts loads it when it is needed. */
import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import pLimit from 'p-limit';
import { UnusableOutput } from '../base/errors.ts';
import { expires } from './artifacts.ts';
import { EXPIRING_TAG } from './keys.ts';
import { isBehindEnd, isChanged, storeError } from './s3-errors.ts';
import { KEYS_A_REQUEST, PART_BYTES, partsOf } from './s3-requests.ts';
import { type Store, StoreUnavailable } from './store.ts';

const PARTS_AT_A_TIME = 6;
/** Requests at a time: as many as the SDK keeps connections for. */
const REQUESTS_AT_A_TIME = 50;
/** How often a body that breaks off, or an object that changes while it is read, is read anew. */
const READS = 4;

/** With full jitter six attempts last 1.6 s on average and 3.1 s at most; the state machine tries again after that. */
const CONFIGURATION: S3ClientConfig = {
  retryMode: 'standard',
  maxAttempts: 6,
  followRegionRedirects: true,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 30_000,
    throwOnRequestTimeout: true,
    // A body that stands still for this long has broken off.
    socketTimeout: 15_000,
  },
};

/** Types that a browser, and so the S3 console, shows. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

/** One client, and so one pool of connections, for every store of this process. */
let sharedClient: S3Client | undefined;

export class S3Store implements Store {
  readonly uri: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;
  readonly #limit = pLimit(REQUESTS_AT_A_TIME);

  /** `uri`: `s3://bucket/prefix/`, not percent-encoded. `configuration` is laid over the usual one. */
  constructor(uri: string, configuration?: S3ClientConfig) {
    const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]+[a-z0-9])(?:\/(.*))?$/s.exec(uri) ?? [];
    if (bucket === undefined) throw new UnusableOutput(`run: found '${uri}', expected s3://bucket/prefix/`);
    this.#bucket = bucket;
    this.#prefix = !prefix || prefix.endsWith('/') ? (prefix ?? '') : `${prefix}/`;
    this.uri = `s3://${bucket}/${this.#prefix}`;
    if (configuration) this.#client = new S3Client({ ...CONFIGURATION, ...configuration });
    else {
      sharedClient ??= new S3Client(CONFIGURATION);
      this.#client = sharedClient;
    }
  }

  async get(key: string): Promise<Uint8Array> {
    return this.#mapped(key, async () => {
      for (let read = 1; ; read++) {
        const found = await this.#fetch(key);
        if (found instanceof Uint8Array) return found;
        try {
          return await this.#getParts(key, found);
        } catch (error) {
          // Replaced while it was read: parts of two versions must not meet.
          if (!isChanged(error) || read >= READS) throw error;
        }
      }
    });
  }

  /** A large object in parallel ranges, all of the same version. */
  async #getParts(key: string, { size, etag }: Large): Promise<Uint8Array> {
    const whole = new Uint8Array(size);
    const starts = Array.from({ length: partsOf(size) }, (_, part) => part * PART_BYTES);
    await Promise.all(
      starts.map(async (start) => {
        const Range = rangeOf(start, Math.min(size, start + PART_BYTES));
        const part = await this.#fetch(key, { Range, IfMatch: etag });
        if (part instanceof Uint8Array) whole.set(part, start);
      }),
    );
    return whole;
  }

  /** Size in bytes, and what identifies this version of the object. Throws MissingObject. */
  async describe(key: string): Promise<{ readonly size: number; readonly etag: string }> {
    const command = new HeadObjectCommand(this.#object(key));
    return this.#mapped(key, async () => {
      const { ContentLength: size = 0, ETag: etag = '' } = await this.#limit(() =>
        this.#client.send(command),
      );
      return { size, etag };
    });
  }

  /** `etag`: of the only version that will do. */
  async getRange(key: string, start: number, end: number, etag?: string): Promise<Uint8Array> {
    return this.#mapped(key, async () => {
      if (end <= start) {
        await this.#limit(() => this.#client.send(new HeadObjectCommand(this.#object(key))));
        return new Uint8Array();
      }
      try {
        const version = etag ? { IfMatch: etag } : {};
        const found = await this.#fetch(key, { Range: rangeOf(start, end), ...version });
        return found instanceof Uint8Array ? found : new Uint8Array();
      } catch (error) {
        if (isBehindEnd(error)) return new Uint8Array();
        throw error;
      }
    });
  }

  /**
   * One request for an object or a range of it; without a range, only what identifies it where it is large. The SDK
   * tries again until an answer begins; this does where its body breaks off.
   */
  async #fetch(key: string, how: Pick<GetObjectCommandInput, 'Range' | 'IfMatch'> = {}) {
    for (let read = 1; ; read++) {
      const found = await this.#limit(async () => {
        const response = await this.#client.send(new GetObjectCommand({ ...this.#object(key), ...how }));
        const { Body: body, ContentLength: size = 0, ETag: etag } = response;
        if (how.Range === undefined && size > PART_BYTES && etag !== undefined) {
          if (body instanceof Readable) body.destroy();
          return { size, etag } satisfies Large;
        }
        try {
          const bytes = await body?.transformToByteArray();
          if (bytes && bytes.length === size) return bytes;
        } catch (error) {
          if (read >= READS) throw error;
        }
        return undefined;
      });
      if (found) return found;
      if (read >= READS) throw new Error(`the answer broke off ${read} times`);
    }
  }

  async put(key: string, bytes: Uint8Array | string): Promise<void> {
    const body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const type = CONTENT_TYPES[key.slice(key.lastIndexOf('.') + 1)];
    const object = {
      ...this.#object(key),
      Body: body,
      ...(type === undefined ? {} : { ContentType: type }),
      ...(expires(key) ? { Tagging: `${EXPIRING_TAG.key}=${EXPIRING_TAG.value}` } : {}),
    };
    // One request up to the size of a part.
    const how = { client: this.#client, partSize: PART_BYTES, queueSize: PARTS_AT_A_TIME };
    await this.#mapped(key, () => this.#limit(() => new Upload({ ...how, params: object }).done()));
  }

  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of this.#pages(prefix)) keys.push(...page);
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  async *#pages(prefix: string): AsyncGenerator<string[]> {
    let next: string | undefined;
    do {
      const command: ListObjectsV2Command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: this.#prefix + prefix,
        // Keys may hold characters that XML cannot.
        EncodingType: 'url',
        ...(next === undefined ? {} : { ContinuationToken: next }),
      });
      const page = await this.#mapped(prefix, () => this.#limit(() => this.#client.send(command)));
      const decode = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
      yield (page.Contents ?? []).map(({ Key = '' }) => decode(Key).slice(this.#prefix.length));
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  async deletePrefix(prefix: string): Promise<void> {
    const keys = await this.list(prefix);
    for (let start = 0; start < keys.length; start += KEYS_A_REQUEST) {
      const batch = keys.slice(start, start + KEYS_A_REQUEST);
      const Objects = batch.map((key) => ({ Key: this.#prefix + key }));
      const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } });
      const { Errors = [] } = await this.#mapped(prefix, () => this.#limit(() => this.#client.send(command)));
      const [first] = Errors;
      if (first) {
        const what = `${first.Key ?? ''}: ${first.Code ?? ''} ${first.Message ?? ''}`;
        throw new StoreUnavailable(this.uri, new Error(`cannot delete ${what}`));
      }
    }
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  /** What `ask` throws, as an error of the store's. */
  async #mapped<Result>(key: string, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw storeError(error, this.uri, key);
    }
  }
}

/** An object that is read in parts. */
interface Large {
  readonly size: number;
  readonly etag: string;
}

/** Bytes `start`..`end`−1. */
function rangeOf(start: number, end: number): string {
  return `bytes=${start}-${end - 1}`;
}

/** A key of a listing with encoding type `url`. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
