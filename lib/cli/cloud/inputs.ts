/** Local files of a spec, where the functions in the cloud can read them: `inputs/SHA256/NAME` in the stack's bucket. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { openFile } from '../../base/file-source.ts';
import { INPUTS } from '../../store/keys.ts';
import type { MapFile } from '../paths.ts';
import { isLocal } from '../paths.ts';
import { createCounter } from '../progress.ts';
import type { Stack } from './stack.ts';

/**
 * Uploads the files, those that are there already left out, and tells what to call them. By their digest: a file has one
 * place, whoever submits it, and a place never another file.
 */
export async function uploadInputs(files: readonly string[], { bucket }: Stack): Promise<MapFile> {
  const uris = new Map<string, string>();
  // Emulators are reached by one host name, so the bucket stands in the path.
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL;
  const client = new S3Client({ forcePathStyle: endpoint !== undefined });
  try {
    for (const path of files) {
      const key = `${INPUTS}${await digestOf(path)}/${basename(path)}`;
      await upload(client, bucket, key, path);
      uris.set(path, `s3://${bucket}/${key}`);
    }
  } finally {
    client.destroy();
  }
  return (path) => (isLocal(path) ? (uris.get(path) ?? path) : path);
}

/** SHA-256. Throws UserError for a file that cannot be read. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of (await openFile(path)).stream()) hash.update(piece);
  return hash.digest('hex');
}

async function upload(client: S3Client, bucket: string, key: string, path: string): Promise<void> {
  const { size } = await openFile(path);
  if ((await sizeThere(client, bucket, key)) === size) return;
  const counter = createCounter(process.stderr, `bytes of ${basename(path)} uploaded`);
  try {
    const params = { Bucket: bucket, Key: key, Body: createReadStream(path) };
    const upload = new Upload({ client, params });
    upload.on('httpUploadProgress', ({ loaded = 0 }) => {
      if (loaded > 0) counter.update(loaded, Math.max(loaded, size));
    });
    await upload.done();
  } finally {
    counter.end();
  }
}

/** Of the object in bytes; undefined where there is none. */
async function sizeThere(client: S3Client, bucket: string, key: string): Promise<number | undefined> {
  try {
    const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return ContentLength;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchKey')) return undefined;
    throw error;
  }
}
