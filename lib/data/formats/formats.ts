/** What a data file is: told by its ending, and checked by its first bytes. */
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';

export type Format = 'csv' | 'npy' | 'npz' | 'parquet' | 'idx' | 'safetensors';

export interface FileKind {
  readonly format: Format;
  readonly gzip: boolean;
  /** Of CSV: what the ending says the cells are separated by. */
  readonly delimiter?: string;
}

/** What is read, for errors and help. */
export const READ_FORMATS =
  'CSV (.csv, .tsv, .txt, .data), NPY (.npy), IDX (.idx, -ubyte), each also with .gz; NPZ (.npz), Parquet (.parquet), safetensors (.safetensors)';

const ENDINGS: readonly (readonly [RegExp, Format])[] = [
  [/\.(csv|tsv|tab|txt|data)$/i, 'csv'],
  [/\.npy$/i, 'npy'],
  [/\.npz$/i, 'npz'],
  [/\.(parquet|pq)$/i, 'parquet'],
  [/(\.idx\d?|ubyte)$/i, 'idx'],
  [/\.safetensors$/i, 'safetensors'],
];

/** Formats that are read from beginning to end, and so from inside a gzip file too. */
const STREAMED: ReadonlySet<Format> = new Set(['csv', 'npy', 'idx']);

/** First bytes, and what begins with them. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['\x1f\x8b', 'gzip'],
  ['PAR1', 'Parquet'],
  ['\x93NUMPY', 'NPY'],
  ['PK\x03\x04', 'zip, as NPZ and Excel files are'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['\x89HDF\r\n', 'HDF5'],
  ['\x89PNG', 'PNG'],
  ['\xff\xd8\xff', 'JPEG'],
  ['GIF8', 'GIF'],
  ['%PDF', 'PDF'],
  ['\xd0\xcf\x11\xe0', 'an old Excel or Word file'],
  ['BZh', 'bzip2'],
  ['\xfd7zXZ', 'xz'],
  ['\x28\xb5\x2f\xfd', 'Zstandard'],
  ['ARROW1', 'Arrow (Feather)'],
  ['SQLite format 3', 'SQLite'],
  ['MATLAB 5.0', 'MATLAB'],
  ['\xff\xfe', 'UTF-16 text'],
  ['\xfe\xff', 'UTF-16 text'],
  ['\x80\x02', 'a Python pickle'],
  ['\x80\x03', 'a Python pickle'],
  ['\x80\x04', 'a Python pickle'],
  ['\x80\x05', 'a Python pickle'],
  ['<!DOCTYPE', 'HTML'],
  ['<!doctype', 'HTML'],
  ['<html', 'HTML'],
  ['version https://git-lfs', 'a pointer of Git LFS, not the file itself'],
];

/** What content begins so, or undefined where nothing is known of it. */
export function contentOf(beginning: Uint8Array): string | undefined {
  const text = Buffer.from(beginning.subarray(0, 32)).toString('latin1');
  return MAGIC.find(([magic]) => text.startsWith(magic))?.[1];
}

/** What the ending of `name` says, undefined if it says nothing. Query and fragment of a URI are no part of it. */
function endingOf(name: string): FileKind | undefined {
  const gzip = /\.gz$/i.test(name);
  const stem = gzip ? name.slice(0, -3) : name;
  const format = ENDINGS.find(([ending]) => ending.test(stem))?.[1];
  if (!format) return undefined;
  return { format, gzip, ...(/\.(tsv|tab)$/i.test(stem) ? { delimiter: '\t' } : {}) };
}

/** Whether a file of that name holds one array, and so features or labels alone. */
export function holdsOneArray(name: string): boolean {
  const format = endingOf(name)?.format;
  return format === 'npy' || format === 'idx';
}

const EXPECTED: Readonly<Record<Format, string | undefined>> = {
  csv: undefined,
  npy: 'NPY',
  npz: 'zip, as NPZ and Excel files are',
  parquet: 'Parquet',
  idx: undefined,
  safetensors: undefined,
};

/**
 * What the source is. Throws UserError where the ending is not known, where the file is empty, or where its first
 * bytes are those of something else.
 */
export async function kindOf(source: Source): Promise<FileKind> {
  const { name } = source;
  const kind = endingOf(name);
  const beginning = await source.read(0, 64);
  const content = contentOf(beginning);
  if (!kind) {
    const hint = content ? ` (its content looks like ${content})` : '';
    throw new UserError(
      `${name}: cannot tell by its ending what it is${hint}; what is read: ${READ_FORMATS}`,
    );
  }
  if (beginning.length === 0) throw new UserError(`${name}: is empty (0 bytes)`);
  if (kind.gzip && !STREAMED.has(kind.format)) {
    throw new UserError(
      `${name}: ${kind.format} is not read from inside gzip; unpack it with 'gunzip' first`,
    );
  }
  const expected = kind.gzip ? 'gzip' : EXPECTED[kind.format];
  const wrong = expected === undefined ? content !== undefined : content !== expected;
  if (wrong) {
    const said = kind.gzip ? 'gzip' : kind.format.toUpperCase();
    const hint = content === 'UTF-16 text' ? 'save it as UTF-8' : 'give it the ending that fits its content';
    throw new UserError(
      `${name}: is not what its ending says: expected ${said}, found ${content ?? 'something else'}; ${
        content === undefined ? 'it may be damaged or cut short: fetch or export it again' : hint
      }`,
    );
  }
  return kind;
}
