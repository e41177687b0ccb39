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
 * place never another file. `bytes`: in place of those of the file. Throws UserError for a file that cannot be read.
 */
export async function uploadInput(
  path: string,
  { bucket }: Stack,
  onProgress: (bytes: number, size: number) => void,
  bytes?: Uint8Array,
): Promise<string> {
  const store = new S3Store(`s3://${bucket}/`);
  const { size, pieces } = bytes ? { size: bytes.length, pieces: [bytes] } : await openPieces(path);
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  const key = `${INPUTS}${hash.digest('hex')}/${basename(path)}`;
  if ((await sizeThere(store, key)) !== size) {
    await store.upload(key, bytes ?? createReadStream(localPath(path)), (done) => onProgress(done, size));
  }
  return `${store.uri}${key}`;
}

async function openPieces(path: string) {
  const file = await openFile(path);
  return { size: file.size, pieces: file.stream() };
}

async function sizeThere(store: S3Store, key: string): Promise<number | undefined> {
  try {
    return (await store.describe(key)).size;
  } catch (error) {
    if (error instanceof MissingObject) return undefined;
    throw error;
  }
}
