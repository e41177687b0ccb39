/** Features from arrays, and samples from arrays with the labels in a column. */
import { UserError } from '../../base/errors.ts';
import { faultInLabel } from '../cells.ts';
import { type Numbers, nameOfElement, numbersIn } from '../formats/elements.ts';
import { type ArrayEntry, entryWords, fortranOrder, piecesOf, product } from '../formats/entry.ts';
import { BLOCK_VALUES, type Image } from '../formats/table.ts';
import { type LabelReader, UNLABELLED, UNSEEN } from '../labels.ts';
import { Problems, quoted } from '../problems.ts';
import type { SampleFile } from './sample-file.ts';
import type { FeatureSide } from './sides.ts';

/** Features of one sample: more are a mistake. */
export const MOST_FEATURES = 1 << 24;
/** Sizes of a picture's channels: grey, colours, colours with transparency. */
const CHANNELS = [1, 3, 4];

/** How the values of a sample become features. */
interface Layout {
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
function layoutOf(entry: ArrayEntry, given?: Image): Layout {
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

/** Throws UserError where the array cannot be features. */
export function arrayFeatures(entry: ArrayEntry, given?: Image): FeatureSide {
  checkFeatures(entry);
  const layout = layoutOf(entry, given);
  const { features, image } = layout;
  return {
    name: entry.name,
    features,
    image,
    rows: entry.shape[0] ?? 0,
    blocks: (problems) => featureBlocks(entry, layout, problems),
  };
}

/** Throws UserError unless the array can be features. */
function checkFeatures(entry: ArrayEntry): void {
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
async function* featureBlocks(
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

/** Samples from one array [samples, columns], one of whose columns is the label. Throws UserError. */
export function arrayWithLabel(entry: ArrayEntry, label: string | number, form: string): SampleFile {
  const [rows = 0, width = 0] = entry.shape;
  const index = Number(label);
  const column = index < 0 ? width + index : index;
  if (entry.shape.length !== 2 || width < 2 || entry.element.kind === 'U' || entry.element.kind === 'S') {
    throw new UserError(
      `${entry.name}: is ${entryWords(entry)}; a label column needs samples × columns of numbers: give features and labels as {"x": …, "y": …}`,
    );
  }
  if (!Number.isInteger(column) || column < 0 || column >= width) {
    throw new UserError(
      `${entry.name}: label: found '${label}', expected an index from 0 to ${width - 1}, or -1 for the last column`,
    );
  }
  checkFeatures(entry);
  return {
    name: entry.name,
    form: `${form}, ${nameOfElement(entry.element)}`,
    features: width - 1,
    rows,
    columns: Array.from({ length: width - 1 }, (_, feature) => (feature < column ? feature : feature + 1)),
    label: { where: `${entry.name}: column ${column + 1} (index ${column})`, name: column, found: 'given' },
    leftOut: [],
    parts: [],
    problems: () => new Problems(entry.name),
    async *blocks(codes, problems) {
      const layout = { features: width, transposed: false };
      // Problems of the label column, of which there may be none as float32, are told as those of labels.
      for await (const all of featureBlocks(entry, layout, problems)) {
        yield withoutColumn(all, width, column, codes, problems);
      }
    },
  };
}

function withoutColumn(
  all: Float32Array,
  width: number,
  column: number,
  codes: LabelReader,
  problems: Problems,
) {
  const count = all.length / width;
  const x = new Float32Array(count * (width - 1));
  const labels = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const from = row * width;
    x.set(all.subarray(from, from + column), row * (width - 1));
    x.set(all.subarray(from + column + 1, from + width), row * (width - 1) + column);
    const text = String(all[from + column] ?? '');
    const code = faultInLabel(text) ? UNLABELLED : codes.code(text);
    if (code === UNSEEN) problems.add('unseen', { row, column, found: quoted(text) });
    labels[row] = code;
  }
  return { x, labels };
}
