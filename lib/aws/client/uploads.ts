/** Local files where the functions in the cloud can read them: `inputs/SHA256/NAME` in the stack's bucket. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { localPath, openFile } from '../../base/file-source.ts';
import { MissingObject } from '../../store/store.ts';
import { INPUTS } from '../bucket.ts';
import { S3Store } from '../s3/store.ts';
import type { Stack } from './stack.ts';

/**
 * Uploads a file unless it is there, and gives its URI. By its digest: a file has one place, whoever submits it, and a
 * place never another file. Throws UserError for a file that cannot be read.
 */
export async function uploadInput(
  path: string,
  { bucket }: Stack,
  onProgress: (bytes: number, size: number) => void,
): Promise<string> {
  const store = new S3Store(`s3://${bucket}/`);
  const file = await openFile(path);
  const hash = createHash('sha256');
  for await (const piece of file.stream()) hash.update(piece);
  const key = `${INPUTS}${hash.digest('hex')}/${basename(path)}`;
  if ((await sizeThere(store, key)) !== file.size) {
    await store.upload(key, createReadStream(localPath(path)), (bytes) => onProgress(bytes, file.size));
  }
  return `${store.uri}${key}`;
}

async function sizeThere(store: S3Store, key: string): Promise<number | undefined> {
  try {
    return (await store.describe(key)).size;
  } catch (error) {
    if (error instanceof MissingObject) return undefined;
    throw error;
  }
}
