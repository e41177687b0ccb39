/** Features from one file or array, labels from another. */
import { UserError } from '../../base/errors.ts';
import { faultInLabel } from '../cells.ts';
import { nameOfElement } from '../formats/elements.ts';
import { type ArrayEntry, entryWords } from '../formats/entry.ts';
import { type Image, type Table, UNLABELLED } from '../formats/reader.ts';
import { type LabelReader, UNSEEN } from '../labels.ts';
import { Problems, quoted } from '../problems.ts';
import {
  checkFeatures,
  checkLabels,
  featureBlocks,
  layoutOf,
  lengthsDiffer,
  readLabels,
} from './array-samples.ts';
import {
  type ColumnOptions,
  chooseColumns,
  chooseLabelOnly,
  type Known,
  matchColumns,
  nameOfColumn,
} from './columns.ts';
import type { SampleFile } from './sample-file.ts';

/** What gives features. */
export interface FeatureSide {
  readonly name: string;
  readonly features: number;
  readonly featureNames?: readonly string[];
  readonly image?: Image;
  readonly rows?: number;
  readonly columnNames?: readonly string[];
  blocks(problems: Problems): AsyncIterable<Float32Array<ArrayBuffer>>;
}

/** What gives labels. */
export interface LabelSide {
  readonly name: string;
  readonly rows?: number;
  /** Where they stand, for errors. */
  readonly where: string;
  readonly columnNames?: readonly string[];
  /** Throws UserError for labels that are not of so many samples. */
  check(x: { readonly name: string; readonly samples?: number | undefined }): void;
  codes(codes: LabelReader, problems: Problems): Promise<Uint32Array>;
}

export function arrayFeatures(entry: ArrayEntry, image?: Image): FeatureSide {
  checkFeatures(entry);
  const layout = layoutOf(entry, image);
  const [rows = 0] = entry.shape;
  return {
    name: entry.name,
    features: layout.features,
    ...(layout.image ? { image: layout.image } : {}),
    rows,
    blocks: (problems) => featureBlocks(entry, layout, problems),
  };
}

export function arrayLabels(entry: ArrayEntry): LabelSide {
  return {
    name: entry.name,
    rows: entry.shape[0] ?? 0,
    where: entry.name,
    check: (x) => checkLabels(entry, x),
    codes: (codes, problems) => readLabels(entry, codes, problems),
  };
}

const NO_LABELS: LabelReader = { code: () => UNSEEN };

export function tableFeatures(table: Table, options: ColumnOptions, known?: Known): FeatureSide {
  const own = { ignore: options.ignore };
  const chosen = known ? matchColumns(table, known, own, false) : chooseColumns(table, own, false);
  const names = table.columns.map(({ name = '' }) => name);
  return {
    name: table.name,
    features: chosen.features.length,
    ...(table.named
      ? { featureNames: chosen.features.map((index) => names[index] ?? ''), columnNames: names }
      : {}),
    ...(table.rows === undefined ? {} : { rows: table.rows }),
    async *blocks(problems) {
      for await (const { x } of table.blocks({ features: chosen.features }, NO_LABELS, problems)) yield x;
    },
  };
}

export function tableLabels(table: Table, options: ColumnOptions): LabelSide {
  const chosen = chooseLabelOnly(table, options);
  return {
    name: table.name,
    ...(table.rows === undefined ? {} : { rows: table.rows }),
    where: `${table.name}: ${nameOfColumn(table, chosen.label ?? 0)}`,
    ...(table.named ? { columnNames: table.columns.map(({ name = '' }) => name) } : {}),
    check({ name, samples }) {
      if (table.rows !== undefined && samples !== undefined && table.rows !== samples) {
        throw lengthsDiffer(name, samples, table.name, table.rows);
      }
    },
    async codes(codes, problems) {
      const parts: Uint32Array[] = [];
      for await (const { labels } of table.blocks(chosen, codes, problems)) if (labels) parts.push(labels);
      const all = new Uint32Array(parts.reduce((count, part) => count + part.length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}

/** Samples of features and labels that stand apart, in the same order. */
export function labelled(name: string, form: string, x: FeatureSide, y: LabelSide): SampleFile {
  y.check({ name: x.name, samples: x.rows });
  const { features, featureNames, image, rows, columnNames } = x;
  return {
    name,
    form,
    features,
    ...(featureNames ? { featureNames } : {}),
    ...(image ? { image } : {}),
    ...(rows === undefined ? {} : { rows }),
    labels: y.where,
    problems: () => new Problems(x.name, columnNames),
    async *blocks(codes, problems) {
      const labels = await y.codes(codes, problems.of(y.name, y.columnNames));
      let from = 0;
      for await (const block of x.blocks(problems)) {
        const to = from + block.length / features;
        yield { x: block, labels: labels.slice(from, to) };
        from = to;
      }
      // Rows that are wrong are left out while reading, and told of; then the numbers say nothing.
      if (from !== labels.length && problems.total === 0)
        throw lengthsDiffer(x.name, from, y.name, labels.length);
    },
  };
}

/** Samples from one array [samples, columns], one of whose columns is the label. Throws UserError. */
export function columnOfArray(entry: ArrayEntry, label: string | number, form: string): SampleFile {
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
    labelColumn: column,
    labels: `${entry.name}: column ${column + 1} (index ${column})`,
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
