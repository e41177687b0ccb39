/** safetensors (huggingface.co/docs/safetensors): the header's length, 8 bytes little-endian; the header, JSON; the data. */
import { z } from 'zod';
import { DamagedArtifact } from '../base/errors.ts';

/** Element types that Tombola keeps, by their names in the format. */
const ARRAYS = {
  U8: Uint8Array,
  U16: Uint16Array,
  I32: Int32Array,
  U32: Uint32Array,
  F32: Float32Array,
  F64: Float64Array,
} as const;

export type ElementType = keyof typeof ARRAYS;

/** The array that holds a tensor's elements, by their type. */
export type ArrayOf = { readonly [Type in ElementType]: (typeof ARRAYS)[Type]['prototype'] };
type TensorData = ArrayOf[ElementType];

function isKept(type: string): type is ElementType {
  return Object.hasOwn(ARRAYS, type);
}

export interface Tensor<Data extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: Data;
}

export type Tensors = ReadonlyMap<string, Tensor>;

const int = z.int().min(0);
const tensorSchema = z.object({ dtype: z.string(), shape: z.array(int), data_offsets: z.tuple([int, int]) });
const headerSchema = z.record(z.string(), z.union([tensorSchema, z.record(z.string(), z.string())]));

/** The tensors of a header: bytes `from`..`to`−1 of the data. Throws where it is no such header. */
export function tensorsInHeader(json: string) {
  return Object.entries(headerSchema.parse(JSON.parse(json))).flatMap(([name, entry]) => {
    const { dtype, shape, data_offsets: offsets } = entry;
    if (name === '__metadata__' || typeof dtype !== 'string') return [];
    if (!Array.isArray(shape) || !Array.isArray(offsets)) return [];
    const [from, to] = offsets;
    return [{ name, dtype, shape, from, to }];
  });
}

function elementTypeOf(data: TensorData): ElementType {
  for (const [name, type] of Object.entries(ARRAYS)) if (data instanceof type) return name as ElementType;
  throw new TypeError(`safetensors: no element type for ${data.constructor.name}`);
}

/** The file's bytes. The data begins at a multiple of 8, so that readers can view it without copying. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  // Widest elements first: each tensor then starts at a multiple of its element size.
  const entries = Object.entries(tensors).sort(
    ([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT,
  );
  let end = 0;
  for (const [name, { shape, data }] of entries) {
    header[name] = { dtype: elementTypeOf(data), shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const file = Buffer.alloc(start + end);
  file.writeBigUInt64LE(BigInt(start - 8));
  file.fill(' ', 8, start);
  json.copy(file, 8);
  let offset = start;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** A tensor's place in its file: bytes `from`..`to`−1. */
export interface TensorPlace {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

function damaged(name: string, what: string, cause?: unknown): DamagedArtifact {
  return new DamagedArtifact(`${name}: not a complete safetensors file: ${what}`, { cause });
}

/** The place of each tensor, from a file or its beginning: as much as holds the header. Throws DamagedArtifact. */
export function placesInSafetensors(beginning: Uint8Array, name: string): ReadonlyMap<string, TensorPlace> {
  const bytes = Buffer.from(beginning.buffer, beginning.byteOffset, beginning.byteLength);
  if (bytes.length < 8) throw damaged(name, `${bytes.length} bytes`);
  const length = Number(bytes.readBigUInt64LE());
  if (length > bytes.length - 8)
    throw damaged(name, `its header should have ${length} bytes, ${bytes.length - 8} are there`);
  let tensors: ReturnType<typeof tensorsInHeader>;
  try {
    tensors = tensorsInHeader(bytes.toString('utf8', 8, 8 + length));
  } catch (cause) {
    throw damaged(name, 'its header is not readable', cause);
  }
  const places = new Map<string, TensorPlace>();
  for (const { name: key, dtype, shape, from, to } of tensors) {
    if (!isKept(dtype)) throw damaged(name, `tensor '${key}' has type ${dtype}`);
    if (from > to) throw damaged(name, `tensor '${key}' ends before it begins`);
    if (shape.reduce((all, size) => all * size, 1) !== (to - from) / ARRAYS[dtype].BYTES_PER_ELEMENT)
      throw damaged(name, `tensor '${key}' has another size than its shape`);
    places.set(key, { type: dtype, shape, from: from + 8 + length, to: to + 8 + length });
  }
  return places;
}

/** The tensors of a file, views of its bytes where alignment allows. `name` is named in errors. */
export function decodeSafetensors(file: Uint8Array, name: string): Tensors {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const tensors = new Map<string, Tensor>();
  for (const [key, { type: dtype, shape, from, to }] of placesInSafetensors(file, name)) {
    if (to > bytes.length) throw damaged(name, `tensor '${key}' extends past the end of the file`);
    const type = ARRAYS[dtype];
    const aligned = (bytes.byteOffset + from) % type.BYTES_PER_ELEMENT === 0;
    const view = aligned ? bytes.subarray(from, to) : Buffer.copyBytesFrom(bytes, from, to - from);
    const elements = (to - from) / type.BYTES_PER_ELEMENT;
    tensors.set(key, { shape, data: new type(view.buffer as ArrayBuffer, view.byteOffset, elements) });
  }
  return tensors;
}

/** The tensor of that name and element type. Throws DamagedArtifact. */
export function tensorNamed<Name extends ElementType>(
  tensors: Tensors,
  name: string,
  type: Name,
  source: string,
): Tensor<ArrayOf[Name]> {
  const tensor = tensors.get(name);
  if (!tensor || elementTypeOf(tensor.data) !== type)
    throw new DamagedArtifact(`${source}: has no tensor '${name}' of type ${type}`);
  return tensor as Tensor<ArrayOf[Name]>;
}
