/** Elements of arrays in files: integers, floats, booleans and text of any width and byte order. */

/** NumPy's letters: b(ool), i(nt), u(nsigned), f(loat), U (text), S (bytes); B is bfloat16. */
export type ElementKind = 'b' | 'i' | 'u' | 'f' | 'B' | 'U' | 'S';

export interface Element {
  readonly kind: ElementKind;
  /** Bytes of one element. */
  readonly size: number;
  readonly bigEndian: boolean;
}

/** Arrays of elements as they are in memory, by kind and size. */
const VIEWS = {
  b1: Uint8Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  f2: Uint16Array,
  f4: Float32Array,
  f8: Float64Array,
  B2: Uint16Array,
} as const;

type View = (typeof VIEWS)[keyof typeof VIEWS]['prototype'];
export type Numbers = Exclude<View, BigInt64Array | BigUint64Array>;

function isViewed(form: string): form is keyof typeof VIEWS {
  return form in VIEWS;
}

/** How NumPy calls it. */
export function nameOfElement({ kind, size }: Element): string {
  if (kind === 'B') return 'bfloat16';
  if (kind === 'b') return 'bool';
  if (kind === 'U') return `text of ${size / 4} characters`;
  if (kind === 'S') return `text of ${size} bytes`;
  return `${{ i: 'int', u: 'uint', f: 'float' }[kind]}${size * 8}`;
}

/** Whether elements of that kind and size are read. */
export function isReadable({ kind, size }: Element): boolean {
  if (kind !== 'U' && kind !== 'S') return isViewed(`${kind}${size}`);
  return size >= 1 && size <= 4096 && (kind === 'S' || size % 4 === 0);
}

function viewOf(bytes: Uint8Array, element: Element): View {
  const form = `${element.kind}${element.size}`;
  if (!isViewed(form)) throw new TypeError(`no numbers in elements ${form}`);
  const { buffer, byteOffset, byteLength } = inNativeOrder(bytes, element);
  const type: new (buffer: ArrayBufferLike, from: number, length: number) => View = VIEWS[form];
  return new type(buffer, byteOffset, byteLength / element.size);
}

/** 64-bit integers become the nearest doubles, 16-bit floats float32. `bytes`: whole elements; perhaps viewed. */
export function numbersIn(bytes: Uint8Array, element: Element): Numbers {
  const view = viewOf(bytes, element);
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) return Float64Array.from(view, Number);
  if (element.kind === 'f' && element.size === 2) return Float32Array.from(view, valueOfHalf);
  // bfloat16 is the upper half of a float32.
  return element.kind === 'B' ? new Float32Array(Uint32Array.from(view, (bits) => bits << 16).buffer) : view;
}

/** The number that a 16-bit float stands for. Node 20 has no Float16Array. */
function valueOfHalf(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
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

/** The elements as labels are written: integers in full, booleans as words, text without its padding. */
export function textsIn(bytes: Uint8Array, element: Element): string[] {
  const { kind, size } = element;
  if (kind === 'U' || kind === 'S') {
    return Array.from({ length: bytes.byteLength / size }, (_, index) => {
      const cell = bytes.subarray(index * size, (index + 1) * size);
      return kind === 'S'
        ? Buffer.from(cell).toString('utf8').replace(/\0+$/, '')
        : ucs4(cell, element.bigEndian);
    });
  }
  if (kind === 'b') return Array.from(bytes, (value) => (value ? 'true' : 'false'));
  const elements = size === 8 ? viewOf(bytes, element) : numbersIn(bytes, element);
  return Array.from<number | bigint, string>(elements, String);
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
