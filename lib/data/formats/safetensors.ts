/** Tensors in users' safetensors files, of all the element types that the format has for numbers. */
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import { tensorsInHeader } from '../safetensors.ts';
import type { Element } from './elements.ts';
import { type ArrayEntry, checkLength, product, range } from './entry.ts';
import type { Format } from './format.ts';

const TYPES: Readonly<Record<string, Omit<Element, 'bigEndian'>>> = {
  BOOL: { kind: 'b', size: 1 },
  U8: { kind: 'u', size: 1 },
  I8: { kind: 'i', size: 1 },
  U16: { kind: 'u', size: 2 },
  I16: { kind: 'i', size: 2 },
  U32: { kind: 'u', size: 4 },
  I32: { kind: 'i', size: 4 },
  U64: { kind: 'u', size: 8 },
  I64: { kind: 'i', size: 8 },
  F16: { kind: 'f', size: 2 },
  BF16: { kind: 'B', size: 2 },
  F32: { kind: 'f', size: 4 },
  F64: { kind: 'f', size: 8 },
};

/** The format's own limit. */
const LONGEST_HEADER = 100e6;

export const safetensors: Format = {
  name: 'safetensors',
  endings: ['.safetensors'],
  open: async (source) => ({ arrays: await safetensorsEntries(source) }),
};

/** The file's tensors by their names. Throws UserError where it is damaged, or of a type that is not read. */
async function safetensorsEntries(source: Source): Promise<Map<string, ArrayEntry>> {
  const { name, size } = source;
  const damaged = (what: string, cause?: unknown) =>
    new UserError(`${name}: is not a complete safetensors file: ${what}; fetch or save it again`, { cause });
  const prefix = Buffer.from(await source.read(0, 8));
  if (prefix.length < 8) throw damaged(`${size} bytes`);
  const length = Number(prefix.readBigUInt64LE());
  if (length > LONGEST_HEADER || length > size - 8)
    throw damaged(`its header should have ${length} bytes, ${size - 8} are there`);
  let tensors: ReturnType<typeof tensorsInHeader>;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await source.read(8, 8 + length));
    tensors = tensorsInHeader(text);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw damaged('its header is not readable', cause);
  }
  const entries = new Map<string, ArrayEntry>();
  for (const { name: key, dtype, shape, ...place } of tensors) {
    const type = Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
    if (!type) {
      throw new UserError(
        `${name}: tensor '${key}' has type ${dtype}; supported: ${Object.keys(TYPES).join(', ')}`,
      );
    }
    const [from, to] = [place.from + 8 + length, place.to + 8 + length];
    if (to > size) throw damaged(`tensor '${key}' extends past the end of the file`);
    if (!Number.isSafeInteger(product(shape) * 8))
      throw damaged(`tensor '${key}' has the shape ${shape.join(' × ')}`);
    const form = { shape, element: { ...type, bigEndian: false }, fortran: false };
    const entry = { name: `${name}: '${key}'`, ...form, bytes: () => range(source, from, to) };
    checkLength(entry, to - from);
    entries.set(key, entry);
  }
  return entries;
}
