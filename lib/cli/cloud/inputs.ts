/** The local files of a spec, uploaded. */
import { basename } from 'node:path';
import type { Stack } from '../../aws/client/stack.ts';
import { uploadInput } from '../../aws/client/uploads.ts';
import { isLocal, type MapFile } from '../paths.ts';
import { createCounter } from '../progress.ts';

/** Uploads the files, and tells what to call them. */
export async function uploadInputs(files: readonly string[], stack: Stack): Promise<MapFile> {
  const uris = new Map<string, string>();
  for (const path of files) {
    const counter = createCounter(process.stderr, `bytes of ${basename(path)} uploaded`);
    try {
      const tell = (bytes: number, size: number) => counter.update(bytes, Math.max(bytes, size));
      uris.set(path, await uploadInput(path, stack, tell));
    } finally {
      counter.end();
    }
  }
  return (path) => (isLocal(path) ? (uris.get(path) ?? path) : path);
}
