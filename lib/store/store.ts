/** Where a run's artifacts are kept: a few operations on named objects, the same over a folder and over S3. */
import { createHash } from 'node:crypto';

export interface Store {
  /** Where the store is rooted: `file:///…/` or `s3://bucket/prefix/`. */
  readonly uri: string;
  /** The whole object. Throws MissingObject. */
  get(key: string): Promise<Uint8Array>;
  /** Bytes `start`..`end`−1 of an object, fewer where it ends before. Throws MissingObject. */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** Writes or replaces an object. A reader sees the old bytes or the new, never a part. */
  put(key: string, bytes: Uint8Array | string): Promise<void>;
  /** All keys that begin with `prefix`, sorted by their UTF-8 bytes. */
  list(prefix: string): Promise<string[]>;
  /** Deletes every object whose key begins with `prefix`; nothing to delete is no error. */
  deletePrefix(prefix: string): Promise<void>;
}

export class MissingObject extends Error {
  override readonly name = 'MissingObject';

  constructor(uri: string, key: string, options?: ErrorOptions) {
    super(`${uri}${key}: there is no such object`, options);
  }
}

/** The store cannot be reached, or fails again and again: worth another try later, as the state machine does. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';

  constructor(uri: string, cause: unknown) {
    super(`${uri}: the store did not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** SHA-256, hexadecimal: what manifests note of the artifacts that they refer to. */
export function checksum(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The object, or undefined where there is none. */
export async function getIfThere(store: Store, key: string): Promise<Uint8Array | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof MissingObject) return undefined;
    throw error;
  }
}

/** The object's text in UTF-8, or undefined where there is none. */
export async function textIfThere(store: Store, key: string): Promise<string | undefined> {
  const bytes = await getIfThere(store, key);
  return bytes && Buffer.from(bytes).toString('utf8');
}
