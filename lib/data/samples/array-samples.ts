/** Features and labels from arrays. */
import { UserError } from '../../base/errors.ts';
import { faultInLabel } from '../cells.ts';
import { type Numbers, nameOfElement, numbersIn, textsIn } from '../formats/elements.ts';
import {
  type ArrayEntry,
  entryWords,
  fortranOrder,
  piecesOf,
  product,
  shapeWords,
} from '../formats/entry.ts';
import { BLOCK_VALUES, type Image, UNLABELLED } from '../formats/reader.ts';
import { type LabelReader, UNSEEN } from '../labels.ts';
import { type Problems, quoted } from '../problems.ts';

/** Features of one sample: more are a mistake. */
const MOST_FEATURES = 1 << 24;
/** Labels that are decoded at once. */
const BATCH = 1 << 16;

/** Sizes of a picture's channels: grey, colours, colours with transparency. */
const CHANNELS = [1, 3, 4];

/** How the values of a sample become features. */
export interface Layout {
  readonly features: number;
  readonly image?: Image;
  /** Whether channels come last in the file, and are moved to the front. */
  readonly transposed: boolean;
}

/**
 * Samples × height × width are grey images. Of samples × a × b × c, a of 1, 3 or 4 is channels; else c of these is,
 * and its values are brought into the order channels, height, width, in which networks take them; else they are no
 * image. An `image` that is given as the sizes stand in the file keeps them in their order. Throws UserError.
 */
export function layoutOf(entry: ArrayEntry, given?: Image): Layout {
  const [, ...sizes] = entry.shape;
  const features = product(sizes);
  if (features < 1 || features > MOST_FEATURES) {
    throw new UserError(
      `${entry.name}: has ${features} features a sample (${entryWords(entry)}), expected 1 to ${MOST_FEATURES}`,
    );
  }
  const [a = 0, b = 0, c = 0] = sizes;
  if (given && sizes.length === 3 && given.every((size, axis) => size === sizes[axis])) {
    return { features, image: given, transposed: false };
  }
  if (sizes.length === 2) return { features, image: [1, a, b], transposed: false };
  if (sizes.length !== 3) return { features, transposed: false };
  if (CHANNELS.includes(a)) return { features, image: [a, b, c], transposed: false };
  if (CHANNELS.includes(c)) return { features, image: [c, a, b], transposed: c > 1 };
  return { features, transposed: false };
}

/** Throws UserError unless the array can be features. */
export function checkFeatures(entry: ArrayEntry): void {
  const { name, shape, element } = entry;
  if (shape.length === 0) throw new UserError(`${name}: is a single number, expected samples × features`);
  if (element.kind === 'U' || element.kind === 'S') {
    throw new UserError(`${name}: holds ${nameOfElement(element)}, expected numbers`);
  }
}

/** Where each value of a sample goes. */
function orderOf(entry: ArrayEntry, { transposed }: Layout): Float64Array | undefined {
  if (!transposed) return undefined;
  const [, height = 1, width = 1, channels = 1] = entry.shape;
  const order = new Float64Array(height * width * channels);
  for (let pixel = 0, from = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < channels; channel++) order[from++] = channel * height * width + pixel;
  }
  return order;
}

/** The samples' features in blocks, float32; what is not finite is told. Throws UserError for a damaged file. */
export async function* featureBlocks(
  entry: ArrayEntry,
  layout: Layout,
  problems: Problems,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const { features } = layout;
  const capacity = Math.max(1, Math.floor(BLOCK_VALUES / features));
  const order = orderOf(entry, layout);
  if (entry.fortran && entry.shape.length > 1) {
    yield* fortranBlocks(entry, features, capacity, order, problems);
    return;
  }
  let first = 0;
  for await (const piece of piecesOf(entry, capacity * features * entry.element.size)) {
    const numbers = numbersIn(piece, entry.element);
    const x = new Float32Array(numbers.length);
    if (!order) x.set(numbers);
    else {
      for (let at = 0; at < numbers.length; at += features) {
        for (const [from, to] of order.entries()) x[at + to] = numbers[at + from] ?? 0;
      }
    }
    check(x, numbers, features, first, problems);
    yield x;
    first += x.length / features;
  }
}

/** A column of the file after the other: all blocks are filled together. */
async function* fortranBlocks(
  entry: ArrayEntry,
  features: number,
  capacity: number,
  order: Float64Array | undefined,
  problems: Problems,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const [samples = 0, ...sizes] = entry.shape;
  const places = fortranOrder(sizes);
  const blocks: Float32Array<ArrayBuffer>[] = [];
  let done = 0;
  for await (const piece of piecesOf(entry, BLOCK_VALUES * entry.element.size)) {
    // Allocated once the first bytes are there; that the rest fits was checked before the file was read.
    for (let from = 0; blocks.length * capacity < samples; from = blocks.length * capacity) {
      blocks.push(new Float32Array(Math.min(capacity, samples - from) * features));
    }
    const numbers = numbersIn(piece, entry.element);
    for (let index = 0; index < numbers.length; index++, done++) {
      const sample = done % samples;
      const place = places[Math.floor(done / samples)] ?? 0;
      const block = blocks[Math.floor(sample / capacity)];
      if (block) block[(sample % capacity) * features + (order?.[place] ?? place)] = numbers[index] ?? 0;
    }
  }
  for (const [index, block] of blocks.entries()) {
    check(block, block, features, index * capacity, problems);
    yield block;
  }
}

/** Tells of values that are not finite as float32. `numbers`: before they were rounded. */
function check(x: Float32Array, numbers: Numbers, features: number, first: number, problems: Problems): void {
  for (let index = 0; index < x.length; index++) {
    const value = x[index] ?? 0;
    if (value - value === 0) continue;
    const raw = numbers[index] ?? 0;
    problems.add(Number.isFinite(raw) ? 'range' : 'infinite', {
      row: first + Math.floor(index / features),
      column: index % features,
      found: String(raw),
    });
  }
}

/** Throws UserError unless the array can be the labels of so many samples. */
export function checkLabels(
  entry: ArrayEntry,
  x: { readonly name: string; readonly samples?: number | undefined },
): void {
  const [samples = 0, ...rest] = entry.shape;
  const fits = entry.shape.length === 1 || (entry.shape.length === 2 && product(rest) <= MOST_FEATURES);
  if (!fits) {
    throw new UserError(
      `${entry.name}: has the shape ${shapeWords(entry.shape)}; labels are [samples], [samples, 1] or one-hot [samples, classes]`,
    );
  }
  if (x.samples !== undefined && samples !== x.samples)
    throw lengthsDiffer(x.name, x.samples, entry.name, samples);
}

export function lengthsDiffer(x: string, samples: number, y: string, labels: number): UserError {
  return new UserError(
    `${x} has ${samples} samples, ${y} has ${labels} labels; both must have as many, in the same order`,
  );
}

/** A code for each sample. Throws UserError for labels that are no classes, or a damaged file. */
export async function readLabels(
  entry: ArrayEntry,
  codes: LabelReader,
  problems: Problems,
): Promise<Uint32Array> {
  const [, width = 1] = entry.shape;
  const perPiece = Math.max(1, Math.floor(BATCH / width));
  const parts: Uint32Array[] = [];
  let count = 0;
  const wholeColumns = entry.fortran && width > 1;
  const size = wholeColumns ? product(entry.shape) : perPiece * width;
  for await (const piece of piecesOf(entry, size * entry.element.size)) {
    let texts = textsIn(piece, entry.element);
    if (wholeColumns) texts = transposed(texts, width);
    if (width > 1) texts = oneHot(texts, width, entry, count);
    const part = new Uint32Array(texts.length);
    for (const [index, text] of texts.entries())
      part[index] = codeOf(text.trim(), count + index, codes, problems);
    parts.push(part);
    count += part.length;
  }
  const labels = new Uint32Array(count);
  let at = 0;
  for (const part of parts) {
    labels.set(part, at);
    at += part.length;
  }
  return labels;
}

function codeOf(text: string, row: number, codes: LabelReader, problems: Problems): number {
  if (faultInLabel(text)) {
    problems.add('label', { row });
    return UNLABELLED;
  }
  const code = codes.code(text);
  if (code === UNSEEN) problems.add('unseen', { row, found: quoted(text) });
  return code;
}

function transposed(texts: readonly string[], width: number): string[] {
  const rows = texts.length / width;
  return texts.map((_, index) => texts[(index % width) * rows + Math.floor(index / width)] ?? '');
}

/** The column of the only one in each row. Throws UserError where the rows are no one-hot labels. */
function oneHot(texts: readonly string[], width: number, entry: ArrayEntry, first: number): string[] {
  const labels: string[] = [];
  for (let from = 0; from < texts.length; from += width) {
    const row = texts.slice(from, from + width);
    const one = row.findIndex((text) => text === '1' || text === 'true');
    const others = row.filter((text) => text === '0' || text === 'false').length;
    if (one < 0 || others !== width - 1) {
      const shown = row.length > 10 ? `${row.slice(0, 10).join(', ')}, …` : row.join(', ');
      throw new UserError(
        `${entry.name}: has ${width} labels a sample, and row ${first + from / width} is not one-hot (a single 1 among 0s): [${shown}]; give one label a sample`,
      );
    }
    labels.push(String(one));
  }
  return labels;
}
