/** An array in a file: its header, and its bytes as they come. */
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import { type Element, type Numbers, nameOfElement, numbersIn } from './elements.ts';

/** Bytes of a file from its beginning, whenever they are asked for. */
export type ByteStream = () => AsyncIterable<Uint8Array>;

export interface ArrayEntry {
  /** File, and the array's name in it: for errors. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly element: Element;
  /** Whether the first index runs fastest, as in Fortran. */
  readonly fortran: boolean;
  /** The data alone, from its beginning. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** Bytes that are read at once: many, since each is a request where the file is in S3. */
const PIECE = 1 << 23;
/** Bytes that are decoded at once, whatever a header says. */
const LARGEST_PIECE = 2 ** 31;

export function product(shape: readonly number[]): number {
  return shape.reduce((all, size) => all * size, 1);
}

export function shapeWords(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

export function entryWords({ shape, element }: ArrayEntry): string {
  return `${shapeWords(shape)} ${nameOfElement(element)}`;
}

type Header = Omit<ArrayEntry, 'bytes'>;

/** Throws UserError unless so many bytes are what the shape needs. */
export function checkLength(entry: Header, bytes: number): void {
  const expected = product(entry.shape) * entry.element.size;
  if (bytes !== expected) throw wrongLength(entry, bytes, expected);
}

function wrongLength({ name, shape, element }: Header, found: number, expected: number): UserError {
  const what =
    found < expected
      ? 'it is cut short: fetch or export it again'
      : 'it is damaged, or holds more than one array: export it again';
  return new UserError(
    `${name}: its header declares ${shapeWords(shape)} ${nameOfElement(element)}, ${expected} bytes; found ${found}: ${what}`,
  );
}

/** The bytes `from`..`to`−1 of a source, piece by piece. */
export async function* range(source: Source, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const piece = await source.read(at, Math.min(to, at + PIECE));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** All but the first `offset` bytes. */
export async function* skipped(bytes: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array> {
  let skip = offset;
  for await (const piece of bytes) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      yield skip > 0 ? piece.subarray(skip) : piece;
      skip = 0;
    }
  }
}

/** Its bytes in pieces of `size`, each overwritten by the next. Throws UserError unless they are as the shape needs. */
export async function* piecesOf(entry: ArrayEntry, size: number): AsyncGenerator<Uint8Array> {
  const expected = product(entry.shape) * entry.element.size;
  if (Math.min(size, expected) > LARGEST_PIECE)
    throw new UserError(`${entry.name}: ${entryWords(entry)} is too large to be read at once`);
  const piece = new Uint8Array(Math.min(size, expected));
  let filled = 0;
  let total = 0;
  for await (const bytes of entry.bytes()) {
    total += bytes.length;
    if (total > expected) throw wrongLength(entry, total, expected);
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + piece.length - filled);
      piece.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled === piece.length) {
        yield piece;
        filled = 0;
      }
    }
  }
  if (total < expected) throw wrongLength(entry, total, expected);
  if (filled > 0) yield piece.subarray(0, filled);
}

/** An array in memory, its last index running fastest. */
export interface NumberArray {
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** Elements that are read at once. */
const BATCH = 1 << 18;

/** The whole array. Throws UserError where it holds no numbers, or is larger than `most` elements. */
export async function loadArray(entry: ArrayEntry, most: number): Promise<NumberArray> {
  const { name, shape, element, fortran } = entry;
  if (element.kind === 'U' || element.kind === 'S')
    throw new UserError(`${name}: holds ${nameOfElement(element)}, expected numbers`);
  const count = product(shape);
  if (count > most) throw new UserError(`${name}: has ${count} elements, at most ${most} are read`);
  const pieces: Uint8Array[] = [];
  // Read piece by piece, so that nothing is allocated for what a header says and a file does not hold.
  for await (const piece of piecesOf(entry, BATCH * element.size)) pieces.push(piece.slice());
  const stored = numbersIn(Buffer.concat(pieces), element);
  if (!fortran || shape.length < 2) return { shape, data: stored };
  const data = stored.slice();
  for (const [from, to] of fortranOrder(shape).entries()) data[to] = stored[from] ?? 0;
  return { shape, data };
}

/** The place of each element in Fortran's order when the last index runs fastest. */
export function fortranOrder(shape: readonly number[]): Float64Array {
  const strides = shape.map((_, axis) => product(shape.slice(axis + 1)));
  const order = new Float64Array(product(shape));
  const index = shape.map(() => 0);
  let to = 0;
  for (let from = 0; from < order.length; from++) {
    order[from] = to;
    for (let axis = 0; axis < shape.length; axis++) {
      const stride = strides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      to += stride;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      to -= next * stride;
    }
  }
  return order;
}
