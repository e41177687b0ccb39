/** NPY files (numpy.org/doc/stable/reference/generated/numpy.lib.format.html), versions 1 to 3. */
import { UserError } from '../../base/errors.ts';
import { type Element, type ElementKind, isReadable } from './elements.ts';
import { type ArrayEntry, type ByteStream, checkLength, product, skipped } from './entry.ts';
import type { Format } from './format.ts';
import { unpacked } from './text.ts';

const MAGIC = '\x93NUMPY';
/** Bytes of a header: NumPy's own are about a hundred. */
const LONGEST_HEADER = 1 << 16;

type Header = Pick<ArrayEntry, 'shape' | 'element' | 'fortran'>;

const READ = 'bool, integers, float16, float32, float64 and text are read';

function damaged(name: string, what: string): UserError {
  return new UserError(`${name}: is not a complete NPY file: ${what}; save it again with numpy.save`);
}

/** Bytes before the header's text: magic, version and length, as far as they are there. */
const NPY_PREFIX = 12;

/** Where the data begin, from the first `NPY_PREFIX` bytes or more. Throws UserError. */
function npyDataOffset(prefix: Uint8Array, name: string): number {
  const bytes = Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (bytes.toString('latin1', 0, 6) !== MAGIC) throw damaged(name, 'it does not begin as one');
  if (bytes.length < NPY_PREFIX) throw damaged(name, `${bytes.length} bytes`);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) throw damaged(name, `version ${version}, expected 1, 2 or 3`);
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (length > LONGEST_HEADER) throw damaged(name, `a header of ${length} bytes`);
  return (version === 1 ? 10 : 12) + length;
}

/** The header in the bytes before the data. Throws UserError for what is not read. */
function npyHeader(beginning: Uint8Array, name: string): Header {
  const bytes = Buffer.from(beginning.buffer, beginning.byteOffset, beginning.byteLength);
  const offset = npyDataOffset(beginning, name);
  if (bytes.length < offset) throw damaged(name, 'its header is cut short');
  // UTF-8 in version 3, Latin-1 before; what is looked for is ASCII.
  const text = bytes.toString('latin1', bytes[6] === 1 ? 10 : 12, offset);
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text);
  if (!descr || !order || !shape) throw damaged(name, 'its header is not readable');
  if (descr[2])
    throw new UserError(
      `${name}: is a structured array, which is not supported: save its fields as plain arrays`,
    );
  const sizes = (shape[1] ?? '').split(',').map((size) => size.trim());
  const dimensions = sizes.filter((size) => size !== '').map(Number);
  if (!dimensions.every(Number.isSafeInteger) || !Number.isSafeInteger(product(dimensions) * 8))
    throw damaged(name, `the shape (${shape[1]})`);
  return { shape: dimensions, element: elementOf(descr[1] ?? '', name), fortran: order[1] === 'True' };
}

type Kinds = Readonly<Record<string, ElementKind>>;
const KINDS: Kinds = { '?': 'b', b: 'b', i: 'i', u: 'u', f: 'f', U: 'U', S: 'S', a: 'S' };

function elementOf(descr: string, name: string): Element {
  const [, order = '', kind = '', digits = ''] = /^([<>|=]?)([a-zA-Z?])(\d*)$/.exec(descr) ?? [];
  if (kind === 'O')
    throw new UserError(
      `${name}: is an array of Python objects, which is not supported (it could run code): save numbers or text, as with astype(str) or astype('float32')`,
    );
  const letter = KINDS[kind];
  const size = (letter === 'U' ? 4 : 1) * Number(digits || 1);
  const element = letter && { kind: letter, size, bigEndian: order === '>' };
  if (!element || !isReadable(element)) {
    throw new UserError(`${name}: holds elements of type '${descr}'; ${READ}: convert them with astype`);
  }
  return element;
}

export const npy: Format = {
  name: 'NPY',
  endings: ['.npy'],
  magic: MAGIC,
  single: true,
  streamed: true,
  open: async (source, gzip) => {
    const entry = await npyEntry(() => unpacked(source, gzip), source.name, gzip ? undefined : source.size);
    return { arrays: new Map([['', entry]]) };
  },
};

/** The array in a file of these bytes; `size`: how many, where that is known. Throws UserError. */
export async function npyEntry(bytes: ByteStream, name: string, size?: number): Promise<ArrayEntry> {
  let beginning = Buffer.alloc(0);
  let offset = NPY_PREFIX;
  for await (const piece of bytes()) {
    beginning = Buffer.concat([beginning, piece.subarray(0, 2 * LONGEST_HEADER)]);
    if (beginning.length >= NPY_PREFIX) offset = npyDataOffset(beginning, name);
    if (beginning.length >= offset) break;
  }
  const entry = { name, ...npyHeader(beginning, name), bytes: () => skipped(bytes(), offset) };
  if (size !== undefined) checkLength(entry, size - offset);
  return entry;
}
