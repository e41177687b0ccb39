/** IDX files, the format of MNIST: 0, 0, type, number of sizes; the sizes; the data, all big-endian. */
import { UserError } from '../../base/errors.ts';
import type { Element } from './elements.ts';
import { type ArrayEntry, type ByteStream, checkLength, product, skipped } from './entry.ts';
import type { Format } from './format.ts';
import { unpacked } from './text.ts';

const TYPES: Readonly<Record<number, Omit<Element, 'bigEndian'>>> = {
  8: { kind: 'u', size: 1 },
  9: { kind: 'i', size: 1 },
  11: { kind: 'i', size: 2 },
  12: { kind: 'i', size: 4 },
  13: { kind: 'f', size: 4 },
  14: { kind: 'f', size: 8 },
};

const MOST_SIZES = 8;
const LONGEST_HEADER = 4 + 4 * MOST_SIZES;

export const idx: Format = {
  name: 'IDX',
  endings: ['.idx', '.idx1', '.idx2', '.idx3', '.idx4', 'ubyte'],
  single: true,
  streamed: true,
  open: async (source, gzip) => {
    const entry = await idxEntry(() => unpacked(source, gzip), source.name, gzip ? undefined : source.size);
    return { arrays: new Map([['', entry]]) };
  },
};

/** The array in a file of these bytes; `size`: how many, where that is known. Throws UserError. */
async function idxEntry(bytes: ByteStream, name: string, size?: number): Promise<ArrayEntry> {
  let beginning = Buffer.alloc(0);
  for await (const piece of bytes()) {
    beginning = Buffer.concat([beginning, piece.subarray(0, LONGEST_HEADER)]);
    if (beginning.length >= LONGEST_HEADER) break;
  }
  const [zero, other, type = 0, sizes = 0] = beginning;
  const element = TYPES[type];
  if (zero !== 0 || other !== 0 || !element || sizes < 1 || sizes > MOST_SIZES) {
    const found = beginning.toString('hex', 0, 4);
    throw new UserError(
      `${name}: is not an IDX file: it begins with ${found || 'nothing'}, expected 0000, a type (08 to 0e) and the number of sizes (MNIST's images: 00000803, labels: 00000801)`,
    );
  }
  const offset = 4 + 4 * sizes;
  if (beginning.length < offset) throw new UserError(`${name}: its header is cut short; fetch it again`);
  const shape = Array.from({ length: sizes }, (_, axis) => beginning.readUInt32BE(4 + 4 * axis));
  if (!Number.isSafeInteger(product(shape) * 8))
    throw new UserError(`${name}: is damaged: ${shape.join(' × ')}`);
  const form = { shape, element: { ...element, bigEndian: true }, fortran: false };
  const entry = { name, ...form, bytes: () => skipped(bytes(), offset) };
  if (size !== undefined) checkLength(entry, size - offset);
  return entry;
}
