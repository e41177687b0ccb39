/** NPZ files: zip archives of NPY files, as numpy.savez and savez_compressed write them. */
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import { type ArrayEntry, product, range } from './entry.ts';
import type { Format } from './format.ts';
import { npyEntry } from './npy.ts';

/** Files in an archive: more are no NPZ. */
const MOST_FILES = 10_000;

class SourceReader extends RandomAccessReader {
  readonly #source: Source;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(range(this.#source, start, end));
  }
}

function damaged(name: string, cause: unknown): unknown {
  if (cause instanceof UserError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    `${name}: is not a complete zip archive, as NPZ files are: ${reason}; fetch or save it again`,
    { cause },
  );
}

export const npz: Format = {
  name: 'NPZ',
  endings: ['.npz'],
  magic: 'PK\x03\x04',
  open: async (source) => ({ arrays: await npzEntries(source) }),
};

/** The archive's arrays by their names, without .npy. Throws UserError where it is damaged or cut short. */
async function npzEntries(source: Source): Promise<Map<string, ArrayEntry>> {
  const { name } = source;
  const entries = new Map<string, ArrayEntry>();
  try {
    const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
      autoClose: false,
      lazyEntries: true,
    });
    // Errors that it emits have been thrown, and so reported, already.
    zip.on('error', () => undefined);
    if (zip.entryCount > MOST_FILES)
      throw new UserError(`${name}: has ${zip.entryCount} files; is it an NPZ file?`);
    for await (const file of zip.eachEntry()) {
      if (!file.fileName.endsWith('.npy')) continue;
      const key = file.fileName.slice(0, -'.npy'.length);
      const entry = await npyEntry(() => unzipped(zip, file, name), `${name}: '${key}'`);
      const bytes = product(entry.shape) * entry.element.size;
      // NumPy's header is at most 64 kB: the sizes must agree before anything is unpacked.
      if (bytes > file.uncompressedSize || file.uncompressedSize - bytes > 1 << 17) {
        throw new UserError(
          `${entry.name}: its header declares ${bytes} bytes of data, the archive ${file.uncompressedSize}: it is damaged; save it again`,
        );
      }
      entries.set(key, entry);
    }
  } catch (cause) {
    throw damaged(name, cause);
  }
  if (entries.size === 0) throw new UserError(`${name}: holds no arrays (files ending with .npy)`);
  return entries;
}

/** The file's bytes, checked against its size and checksum at the end. */
async function* unzipped(zip: ZipFile, file: Entry, name: string): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  let stream: Readable | undefined;
  try {
    stream = await zip.openReadStreamPromise(file);
    for await (const piece of stream) {
      if (!(piece instanceof Uint8Array)) throw new TypeError('a byte stream yields bytes');
      checksum = crc32(piece, checksum);
      yield piece;
    }
    if (checksum !== file.crc32) throw new Error(`the checksum of ${file.fileName} is wrong`);
  } catch (cause) {
    throw damaged(name, cause);
  } finally {
    stream?.destroy();
  }
}
