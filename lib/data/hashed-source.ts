/** Sources whose SHA-256 is computed while they are read. */
import { createHash } from 'node:crypto';
import { sourceOfBytes } from '../base/file-source.ts';
import type { Source } from '../base/source.ts';

/** Bytes of a file that is read at once, and kept while it is used. */
const SMALL = 16e6;

export interface HashedSource extends Source {
  /** SHA-256 of the whole file, in hexadecimal: read once more, unless it was read to its end before. */
  digest(): Promise<string>;
}

export async function hashed(source: Source): Promise<HashedSource> {
  if (source.size <= SMALL) {
    const bytes = await source.read(0, source.size);
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { ...sourceOfBytes(bytes, source.name), digest: async () => digest };
  }
  let digest: string | undefined;
  async function* stream(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    for await (const piece of source.stream()) {
      if (digest === undefined) hash.update(piece);
      yield piece;
    }
    digest ??= hash.digest('hex');
  }
  return {
    name: source.name,
    size: source.size,
    read: (from, to) => source.read(from, to),
    stream,
    async digest() {
      if (digest === undefined) for await (const _ of stream());
      return digest ?? '';
    },
  };
}
