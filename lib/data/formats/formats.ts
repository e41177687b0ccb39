/** The formats of data files, and which one a file has: found from its ending, checked by its first bytes. */
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import { csv } from './csv.ts';
import type { Content, Format, TextOptions } from './format.ts';
import { idx } from './idx.ts';
import { npy } from './npy.ts';
import { npz } from './npz.ts';
import { parquet } from './parquet.ts';
import { safetensors } from './safetensors.ts';

const FORMATS: readonly Format[] = [csv, npy, idx, npz, parquet, safetensors];

/** The formats that are read, for errors and help. */
const READ_FORMATS = listed();

function listed(): string {
  const words = ({ name, endings }: Format) => `${name} (${endings.join(', ')})`;
  const of = (streamed: boolean) => FORMATS.filter((format) => (format.streamed ?? false) === streamed);
  return `${of(true).map(words).join(', ')}, each also with .gz; ${of(false).map(words).join(', ')}`;
}

/** First bytes of files that are no data files, or packed ones. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['\x1f\x8b', 'gzip'],
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

/** The content that begins so, in words; undefined where nothing is known of it. */
function contentOf(beginning: Uint8Array): string | undefined {
  const text = Buffer.from(beginning.subarray(0, 32)).toString('latin1');
  const format = FORMATS.find(({ magic }) => magic !== undefined && text.startsWith(magic));
  if (format) return format === npz ? 'zip, as NPZ and Excel files are' : format.name;
  return OTHERS.find(([magic]) => text.startsWith(magic))?.[1];
}

/** The format that the ending of `name` says, and whether it is packed. */
function endingOf(name: string): { readonly format: Format | undefined; readonly gzip: boolean } {
  const lower = name.toLowerCase();
  const gzip = lower.endsWith('.gz');
  const stem = gzip ? lower.slice(0, -3) : lower;
  return { format: FORMATS.find(({ endings }) => endings.some((ending) => stem.endsWith(ending))), gzip };
}

/** Whether the ending of `name` is that of a format. */
export function isDataFile(name: string): boolean {
  return endingOf(name).format !== undefined;
}

/** Whether a file of that name holds one array, and so features or labels alone. */
export function holdsOneArray(name: string): boolean {
  return endingOf(name).format?.single ?? false;
}

export type OpenedFile = Content & { readonly format: Format; readonly form: string };

/** Throws UserError where the file is not what its ending says, or is empty, damaged or cut short. */
export async function openDataFile(source: Source, options: TextOptions = {}): Promise<OpenedFile> {
  const { format, gzip } = await recognise(source);
  const content = await format.open(source, gzip, options);
  const form = 'table' in content ? content.table.form : `${format.name}${gzip ? ', gzip' : ''}`;
  return { ...content, format, form };
}

async function recognise(source: Source): Promise<{ readonly format: Format; readonly gzip: boolean }> {
  const { name } = source;
  const { format, gzip } = endingOf(name);
  const beginning = await source.read(0, 64);
  const content = contentOf(beginning);
  if (!format) {
    const hint = content ? ` (its content looks like ${content})` : '';
    throw new UserError(
      `${name}: its ending does not tell its format${hint}; export it as one of these, or rename it: ${READ_FORMATS}`,
    );
  }
  if (beginning.length === 0) throw new UserError(`${name}: is empty (0 bytes)`);
  if (gzip && !format.streamed) {
    throw new UserError(
      `${name}: ${format.name} is not supported inside gzip; unpack it with 'gunzip' first`,
    );
  }
  const begins = Buffer.from(beginning).toString('latin1');
  const fits = gzip
    ? content === 'gzip'
    : format.magic === undefined
      ? content === undefined
      : begins.startsWith(format.magic);
  if (fits) return { format, gzip };
  const hint = content === 'UTF-16 text' ? 'save it as UTF-8' : 'give it the ending that fits its content';
  throw new UserError(
    `${name}: does not match its ending: expected ${gzip ? 'gzip' : format.name}, found ${content ?? 'something else'}; ${
      content === undefined ? 'it may be damaged or cut short: fetch or export it again' : hint
    }`,
  );
}
