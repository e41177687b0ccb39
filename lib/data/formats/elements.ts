/** Elements of arrays as they stand in files: integers, floats, booleans and text of any width and byte order. */

/** NumPy's letters: b(ool), i(nt), u(nsigned), f(loat), U (text), S (bytes); B is bfloat16. */
export type ElementKind = 'b' | 'i' | 'u' | 'f' | 'B' | 'U' | 'S';

export interface Element {
  readonly kind: ElementKind;
  /** Bytes of one element. */
  readonly size: number;
  readonly bigEndian: boolean;
}

export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** How NumPy calls it. */
export function nameOfElement({ kind, size }: Element): string {
  if (kind === 'B') return 'bfloat16';
  if (kind === 'b') return 'bool';
  if (kind === 'U') return `text of ${size / 4} characters`;
  if (kind === 'S') return `text of ${size} bytes`;
  return `${{ i: 'int', u: 'uint', f: 'float' }[kind]}${size * 8}`;
}

const SIZES: Readonly<Record<ElementKind, readonly number[] | undefined>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8],
  B: [2],
  U: undefined,
  S: undefined,
};

/** Whether elements of that kind and size are read. */
export function isReadable({ kind, size }: Element): boolean {
  const sizes = SIZES[kind];
  return sizes ? sizes.includes(size) : size >= 1 && size <= 4096 && (kind === 'S' || size % 4 === 0);
}

/**
 * The numbers in these bytes, whole elements. 64-bit integers become doubles, the nearest where there are more than
 * 53 bits; 16-bit floats become float32. May be a view of `bytes`.
 */
export function numbersIn(bytes: Uint8Array, element: Element): Numbers {
  const { kind, size } = element;
  const native = inNativeOrder(bytes, element);
  const { buffer, byteOffset } = native;
  const count = native.byteLength / size;
  switch (`${kind}${size}`) {
    case 'b1':
    case 'u1':
      return native;
    case 'i1':
      return new Int8Array(buffer, byteOffset, count);
    case 'i2':
      return new Int16Array(buffer, byteOffset, count);
    case 'u2':
      return new Uint16Array(buffer, byteOffset, count);
    case 'i4':
      return new Int32Array(buffer, byteOffset, count);
    case 'u4':
      return new Uint32Array(buffer, byteOffset, count);
    case 'f4':
      return new Float32Array(buffer, byteOffset, count);
    case 'f8':
      return new Float64Array(buffer, byteOffset, count);
    case 'i8':
      return Float64Array.from(new BigInt64Array(buffer, byteOffset, count), Number);
    case 'u8':
      return Float64Array.from(new BigUint64Array(buffer, byteOffset, count), Number);
    case 'f2':
      return Float32Array.from(new Uint16Array(buffer, byteOffset, count), half);
    case 'B2':
      return widened(new Uint16Array(buffer, byteOffset, count));
    default:
      throw new TypeError(`no numbers in elements ${kind}${size}`);
  }
}

/** Aligned, and in the byte order of this machine: every platform of Node.js is little-endian but s390x. */
function inNativeOrder(bytes: Uint8Array, { size, bigEndian }: Element): Uint8Array {
  if (!bigEndian || size === 1) return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const own = new Uint8Array(bytes);
  const copy = Buffer.from(own.buffer, own.byteOffset, own.byteLength);
  if (size === 2) copy.swap16();
  else if (size === 4) copy.swap32();
  else copy.swap64();
  return copy;
}

/** The float16 with these bits (IEEE 754 binary16). */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function widened(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (const [index, value] of bits.entries()) words[index] = value << 16;
  return new Float32Array(words.buffer, words.byteOffset, words.length);
}

/** The elements as labels are written: integers in full, booleans as words, text without its padding. */
export function textsIn(bytes: Uint8Array, element: Element): string[] {
  const { kind, size } = element;
  const count = bytes.byteLength / size;
  if (kind === 'U' || kind === 'S') {
    return Array.from({ length: count }, (_, index) => {
      const cell = bytes.subarray(index * size, (index + 1) * size);
      return kind === 'S'
        ? Buffer.from(cell).toString('utf8').replace(/\0+$/, '')
        : ucs4(cell, element.bigEndian);
    });
  }
  if (kind === 'b') return Array.from(bytes, (value) => (value ? 'true' : 'false'));
  if (size === 8 && kind !== 'f') {
    const { buffer, byteOffset } = inNativeOrder(bytes, element);
    return kind === 'i'
      ? Array.from(new BigInt64Array(buffer, byteOffset, count), String)
      : Array.from(new BigUint64Array(buffer, byteOffset, count), String);
  }
  return Array.from(numbersIn(bytes, element), String);
}

function ucs4(cell: Uint8Array, bigEndian: boolean): string {
  const view = new DataView(cell.buffer, cell.byteOffset, cell.byteLength);
  let text = '';
  for (let at = 0; at < cell.byteLength; at += 4) {
    const point = view.getUint32(at, !bigEndian);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return text.replace(/\0+$/, '');
}
