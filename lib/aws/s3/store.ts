/** The store over S3, and what else is asked of a bucket. Loaded where an S3 URI is opened: see lib/places. */
import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import pLimit from 'p-limit';
import { UnusableOutput } from '../../base/errors.ts';
import { expires } from '../../store/artifacts.ts';
import { KEYS_A_REQUEST, PART_BYTES, partRequests } from '../../store/s3-requests.ts';
import { type Store, StoreUnavailable } from '../../store/store.ts';
import { EXPIRING_TAG } from '../bucket.ts';
import { isBehindEnd, isChanged, storeError } from './errors.ts';
import { parseS3Uri } from './uri.ts';

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

function clientOfProcess(): S3Client {
  sharedClient ??= newClient({});
  return sharedClient;
}

function newClient(configuration: S3ClientConfig): S3Client {
  // Emulators are reached by one host name, so the bucket stands in the path.
  const emulator = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  return new S3Client({ ...CONFIGURATION, forcePathStyle: emulator !== undefined, ...configuration });
}

/** An object as a listing tells of it. */
export interface Listed {
  readonly key: string;
  readonly bytes: number;
  readonly modified: Date;
}

export class S3Store implements Store {
  readonly uri: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;
  readonly #limit = pLimit(REQUESTS_AT_A_TIME);

  /** `uri`: `s3://bucket/prefix/`, not percent-encoded. `configuration` is laid over the usual one. */
  constructor(uri: string, configuration?: S3ClientConfig) {
    const place = parseS3Uri(uri);
    if (!place) throw new UnusableOutput(`run: found '${uri}', expected s3://bucket/prefix/`);
    this.#bucket = place.bucket;
    this.#prefix = place.key.replace(/(?<=[^/])$/, '/');
    this.uri = `s3://${place.bucket}/${this.#prefix}`;
    this.#client = configuration ? newClient(configuration) : clientOfProcess();
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
    const starts = Array.from({ length: partRequests(size) }, (_, part) => part * PART_BYTES);
    await Promise.all(
      starts.map(async (start) => {
        const Range = rangeOf(start, Math.min(size, start + PART_BYTES));
        const part = await this.#fetch(key, { Range, IfMatch: etag });
        if (part instanceof Uint8Array) whole.set(part, start);
      }),
    );
    return whole;
  }

  /** A body as it comes in, for an object that need not be whole in memory; whoever reads it sees where it breaks off. */
  async stream(key: string): Promise<Readable> {
    return this.#mapped(key, async () => {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#object(key)));
      if (!(Body instanceof Readable)) throw new TypeError('S3 gave no body');
      return Body;
    });
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
    await this.upload(key, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  /** The same for a stream, which is never whole in memory; tells how many bytes are there up to now. */
  async upload(
    key: string,
    body: Uint8Array | Readable,
    onProgress: (bytes: number) => void = () => {},
  ): Promise<void> {
    const type = CONTENT_TYPES[key.slice(key.lastIndexOf('.') + 1)];
    const params = {
      ...this.#object(key),
      Body: body,
      ...(type === undefined ? {} : { ContentType: type }),
      ...(expires(key) ? { Tagging: `${EXPIRING_TAG.key}=${EXPIRING_TAG.value}` } : {}),
    };
    // One request up to the size of a part.
    const how = { client: this.#client, partSize: PART_BYTES, queueSize: PARTS_AT_A_TIME };
    const upload = new Upload({ ...how, params });
    upload.on('httpUploadProgress', ({ loaded = 0 }) => onProgress(loaded));
    await this.#mapped(key, () => this.#limit(() => upload.done()));
  }

  async list(prefix: string): Promise<string[]> {
    return (await this.listed(prefix)).map(({ key }) => key);
  }

  /** The same, with sizes and times. */
  async listed(prefix = ''): Promise<Listed[]> {
    // Keys may hold characters that XML cannot.
    const command = { Bucket: this.#bucket, Prefix: this.#prefix + prefix, EncodingType: 'url' } as const;
    const found: Listed[] = [];
    await this.#mapped(prefix, () =>
      this.#limit(async () => {
        for await (const page of paginateListObjectsV2({ client: this.#client }, command)) {
          const decode = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
          for (const { Key = '', Size: bytes = 0, LastModified: modified = new Date(0) } of page.Contents ??
            [])
            found.push({ key: decode(Key).slice(this.#prefix.length), bytes, modified });
        }
      }),
    );
    return found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
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

  /** Turns an error of `ask` into an error of the store. */
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
