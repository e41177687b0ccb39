/** Features from arrays, and samples from arrays with the labels in a column. */
import { UserError } from '../../base/errors.ts';
import { type Numbers, nameOfElement, numbersIn } from '../formats/elements.ts';
import {
  type ArrayEntry,
  entryWords,
  fortranOrder,
  piecesOf,
  product,
  shapeWords,
} from '../formats/entry.ts';
import { BLOCK_VALUES, type Image } from '../formats/table.ts';
import { Problems } from '../problems.ts';
import { columnLabels, MOST_FEATURES } from './array-labels.ts';
import type { SampleFile } from './sample-file.ts';
import type { FeatureSide } from './sides.ts';

/** Sizes of a picture's channels: grey, colours, colours with transparency. */
const CHANNELS = [1, 3, 4];

/** How the values of a sample become features. */
interface Layout {
  readonly features: number;
  readonly image?: Image;
  /** Where each value of a sample goes, where channels are moved. */
  readonly order?: Float64Array;
  /** For people: what is moved. */
  readonly note?: string;
  /** A value of each sample that is its label, and no feature. */
  readonly label?: number;
}

/** Source of the arrangement of an image's values. */
export interface Arrangement {
  /** The sizes that the user or the training data say, in the order in which the values become features. */
  readonly image?: Image | undefined;
  /** Sizes that a given network takes. */
  readonly input?: readonly number[] | undefined;
}

/**
 * Where sizes are said, channels are moved to where they belong; a network of flat samples takes them as they are in the file.
 * Otherwise samples × height × width are grey images; of samples × a × b × c, a of 1, 3 or 4 is channels; else c of these
 * is, and is brought to the front, as the named networks take it. Throws UserError where that is not certain.
 */
function layoutOf(entry: ArrayEntry, { image, input }: Arrangement): Layout {
  const [, ...sizes] = entry.shape;
  const features = product(sizes);
  if (features < 1 || features > MOST_FEATURES)
    throw new UserError(
      `${entry.name}: has ${features} features per sample (${entryWords(entry)}), expected 1 to ${MOST_FEATURES}`,
    );
  const [a = 0, b = 0, c = 0] = sizes;
  const said = image ?? imageIn(input);
  if (said && sizes.length > 1 && product(said) === features) {
    const layout = { features, ...arranged(entry, said, image ? 'the image' : 'the network') };
    // Reports draw grey images, whatever axis of size 1 a network has.
    return !image && sizes.length === 2 ? { ...layout, image: [1, a, b] } : layout;
  }
  if (sizes.length === 2) return { features, image: [1, a, b] };
  if (sizes.length !== 3) return { features };
  if (input && product(input) === features) return { features, image: [a, b, c] };
  const first = CHANNELS.includes(a);
  const last = CHANNELS.includes(c);
  if (first && last && c > 1) {
    const todo =
      a === b && b === c
        ? `say that they come first (image: [${a}, ${b}, ${c}]), or bring them there (with NumPy: x.transpose(0, 3, 1, 2)) and say so`
        : `say which by the sizes of an image, channels first (image: [${a}, ${b}, ${c}] or image: [${c}, ${a}, ${b}])`;
    throw new UserError(
      `${entry.name}: has the shape ${shapeWords(entry.shape)}, so that channels may come first or last: ${todo}`,
    );
  }
  if (first) return { features, image: [a, b, c] };
  return last ? { features, ...arranged(entry, [c, a, b], 'the image') } : { features };
}

function imageIn(input: readonly number[] | undefined): Image | undefined {
  const [a, b, c, ...more] = input ?? [];
  return a !== undefined && b !== undefined && c !== undefined && more.length === 0 ? [a, b, c] : undefined;
}

/** The sizes of one sample brought to those of the image. Throws UserError where moving channels does not. */
function arranged(entry: ArrayEntry, image: Image, by: string): Omit<Layout, 'features'> {
  const [, ...sizes] = entry.shape;
  const [a = 0, b = 0, c = 0] = sizes;
  // An axis of size 1 is in no place.
  const ordered = (found: readonly number[]) => found.filter((size) => size !== 1).join();
  const same = (found: readonly number[]) => ordered(found) === ordered(image);
  if (same(sizes)) return { image };
  const features = a * b * c;
  /** The values as the transpose of rows of that length. */
  const moved = (length: number, where: 'first' | 'last') => ({
    image,
    order: Float64Array.from({ length: features }, (_, at) => {
      return (at % length) * (features / length) + Math.floor(at / length);
    }),
    note: `${sizes.join(' × ')} brought to ${image.join(' × ')}: channels ${where}`,
  });
  if (sizes.length === 3 && same([c, a, b])) return moved(c, 'first');
  if (sizes.length === 3 && same([b, c, a])) return moved(b * c, 'last');
  throw new UserError(
    `${entry.name}: has samples of ${sizes.join(' × ')}, expected ${image.join(' × ')} as ${by} says, or the channels of that at the other end`,
  );
}

/** Throws UserError where the array cannot be features. */
export function arrayFeatures(entry: ArrayEntry, arrangement: Arrangement = {}): FeatureSide {
  checkFeatures(entry);
  const layout = layoutOf(entry, arrangement);
  const { features, image, note } = layout;
  const blocks = (problems: Problems) => featureBlocks(entry, layout, problems);
  return { name: entry.name, features, image, note, rows: entry.shape[0] ?? 0, blocks };
}

/** Throws UserError unless the array can be features. */
function checkFeatures(entry: ArrayEntry): void {
  const { name, shape, element } = entry;
  if (shape.length === 0) throw new UserError(`${name}: is a single number, expected samples × features`);
  if (element.kind === 'U' || element.kind === 'S')
    throw new UserError(`${name}: holds ${nameOfElement(element)}, expected numbers`);
}

/** The samples' features in blocks, float32; what is not finite is reported. Throws UserError for a damaged file. */
async function* featureBlocks(entry: ArrayEntry, layout: Layout, problems: Problems) {
  const { features, order } = layout;
  const capacity = Math.max(1, Math.floor(BLOCK_VALUES / features));
  if (entry.fortran && entry.shape.length > 1) {
    yield* fortranBlocks(entry, layout, capacity, problems);
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
    check(x, numbers, layout, first, problems);
    yield x;
    first += x.length / features;
  }
}

/** A column of the file after the other: all blocks are filled together. */
async function* fortranBlocks(entry: ArrayEntry, layout: Layout, capacity: number, problems: Problems) {
  const { features, order } = layout;
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
    check(block, block, layout, index * capacity, problems);
    yield block;
  }
}

/** Tells of values that are not finite as float32. `numbers`: before they were rounded. */
function check(x: Float32Array, numbers: Numbers, layout: Layout, first: number, problems: Problems): void {
  const { features, label } = layout;
  for (let index = 0; index < x.length; index++) {
    const value = x[index] ?? 0;
    if (value - value === 0 || (label !== undefined && index % features === label)) continue;
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
  if (!Number.isInteger(column) || column < 0 || column >= width)
    throw new UserError(
      `${entry.name}: label: found '${label}', expected an index from 0 to ${width - 1}, or -1 for the last column`,
    );
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
      const labels = await columnLabels(entry, column, codes, problems);
      let from = 0;
      for await (const all of featureBlocks(entry, { features: width, label: column }, problems)) {
        const x = withoutColumn(all, width, column);
        const to = from + all.length / width;
        yield { x, labels: labels.slice(from, to) };
        from = to;
      }
    },
  };
}

function withoutColumn(all: Float32Array, width: number, column: number) {
  const x = new Float32Array(all.length - all.length / width);
  for (let from = 0, to = 0; from < all.length; from += width, to += width - 1) {
    x.set(all.subarray(from, from + column), to);
    x.set(all.subarray(from + column + 1, from + width), to + column);
  }
  return x;
}
