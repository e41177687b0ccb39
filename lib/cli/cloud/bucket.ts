/** A run's artifacts in S3, as the commands for the cloud read them. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { UserError } from '../../base/errors.ts';

export interface RemoteFile {
  /** Relative to the run's place. */
  readonly key: string;
  readonly bytes: number;
  readonly modified: Date;
}

export class RemoteFolder {
  readonly uri: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;

  /** `uri`: `s3://bucket/prefix/`. */
  constructor(uri: string) {
    const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
    if (bucket === undefined) throw new UserError(`${uri}: is not in S3; expected s3://bucket/runs/NAME/`);
    this.uri = uri;
    this.#bucket = bucket;
    this.#prefix = prefix;
    // Emulators are reached by one host name, so the bucket stands in the path.
    const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
    this.#client = new S3Client({ forcePathStyle: endpoint !== undefined });
  }

  /** The object's text, or undefined where there is none. */
  async text(key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.#client.send(this.#get(key));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async list(prefix = ''): Promise<RemoteFile[]> {
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: this.#prefix + prefix },
    );
    const files: RemoteFile[] = [];
    for await (const { Contents = [] } of pages) {
      for (const { Key, Size, LastModified } of Contents) {
        if (Key === undefined || Key.endsWith('/')) continue;
        const key = Key.slice(this.#prefix.length);
        files.push({ key, bytes: Size ?? 0, modified: LastModified ?? new Date(0) });
      }
    }
    return files;
  }

  /**
   * Writes the object to `path`, with its time; a file that is there already with its size and time is left alone. The
   * file appears complete or not at all. Tells whether anything was loaded.
   */
  async download({ key, bytes, modified }: RemoteFile, path: string): Promise<boolean> {
    const there = await stat(path).catch(() => undefined);
    if (
      there?.size === bytes &&
      Math.floor(there.mtimeMs / 1_000) === Math.floor(modified.getTime() / 1_000)
    ) {
      return false;
    }
    await mkdir(dirname(path), { recursive: true });
    const part = `${path}.part`;
    try {
      const { Body } = await this.#client.send(this.#get(key));
      if (!(Body instanceof Readable)) throw new TypeError(`${this.uri}${key}: S3 gave no body`);
      await pipeline(Body, createWriteStream(part));
      await utimes(part, modified, modified);
      await rename(part, path);
      return true;
    } finally {
      await rm(part, { force: true });
    }
  }

  close(): void {
    this.#client.destroy();
  }

  #get(key: string): GetObjectCommand {
    return new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key });
  }
}
