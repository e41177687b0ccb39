/** Labels from arrays: one a sample, or one-hot. */
import { UserError } from '../../base/errors.ts';
import { listed } from '../../base/listed.ts';
import { textsIn } from '../formats/elements.ts';
import { type ArrayEntry, piecesOf, product, shapeWords } from '../formats/entry.ts';
import { codeLabel, type LabelReader } from '../labels.ts';
import type { Problems } from '../problems.ts';
import type { LabelSide } from './sample-file.ts';
import { concatenated } from './sides.ts';

/** Features of one sample: more are a mistake. */
export const MOST_FEATURES = 1 << 24;
/** Labels that are decoded at once. */
const BATCH = 1 << 16;

/** Throws UserError where the array cannot be labels. */
export function arrayLabels(entry: ArrayEntry): LabelSide {
  const [samples = 0, ...rest] = entry.shape;
  const fits = entry.shape.length === 1 || (entry.shape.length === 2 && product(rest) <= MOST_FEATURES);
  if (!fits) {
    throw new UserError(
      `${entry.name}: has the shape ${shapeWords(entry.shape)}; labels are [samples], [samples, 1] or one-hot [samples, classes]`,
    );
  }
  return {
    name: entry.name,
    rows: samples,
    place: { where: entry.name, name: null, found: 'array' },
    codes: (codes, problems) => readLabels(entry, codes, problems),
  };
}

/** A code for each sample. Throws UserError for labels that are no classes, or a damaged file. */
async function readLabels(entry: ArrayEntry, codes: LabelReader, problems: Problems): Promise<Uint32Array> {
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
      part[index] = codeLabel(text, codes, problems, () => ({ row: count + index }));
    parts.push(part);
    count += part.length;
  }
  return concatenated(parts);
}

/** A code for each row, from a column of an array [rows, columns]: as it is written, where features are float32. */
export async function columnLabels(
  entry: ArrayEntry,
  column: number,
  codes: LabelReader,
  problems: Problems,
): Promise<Uint32Array> {
  const [rows = 0, width = 1] = entry.shape;
  const { size } = entry.element;
  const all = new Uint32Array(rows);
  // The distance between labels, and the place of the first, in elements.
  const [step, first] = entry.fortran ? [1, column * rows] : [width, column];
  let done = 0;
  for await (const piece of piecesOf(entry, BATCH * width * size)) {
    const count = piece.length / size;
    const cells = new Uint8Array(Math.ceil(count / step) * size);
    let taken = 0;
    for (let at = done; at < done + count; at++) {
      const row = (at - first) / step;
      if (row < 0 || row >= rows || !Number.isInteger(row)) continue;
      cells.set(piece.subarray((at - done) * size, (at - done + 1) * size), taken++ * size);
    }
    const before = Math.max(0, Math.ceil((done - first) / step));
    for (const [index, text] of textsIn(cells.subarray(0, taken * size), entry.element).entries()) {
      const row = before + index;
      all[row] = codeLabel(text, codes, problems, () => ({ row, column }));
    }
    done += count;
  }
  return all;
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
      throw new UserError(
        `${entry.name}: has ${width} labels per sample, and row ${first + from / width} is not one-hot (a single 1 among 0s): [${listed(row, 10)}]; give one label per sample`,
      );
    }
    labels.push(String(one));
  }
  return labels;
}
