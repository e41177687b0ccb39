/** Data files as samples: which columns or arrays are the features, which the labels. */
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import type { DataSource } from '../../runspec/files.ts';
import { openArrays } from '../formats/arrays.ts';
import { type CsvOptions, openCsv } from '../formats/csv.ts';
import type { ArrayEntry } from '../formats/entry.ts';
import { type FileKind, kindOf } from '../formats/formats.ts';
import { openParquet } from '../formats/parquet.ts';
import type { Block, Image, Table } from '../formats/reader.ts';
import type { LabelReader } from '../labels.ts';
import { Problems } from '../problems.ts';
import { findArray, findArrays, hasPart, listedArrays, type Part } from './array-names.ts';
import {
  type Chosen,
  type ColumnOptions,
  chooseColumns,
  differ,
  type Known,
  matchColumns,
} from './columns.ts';
import { arrayFeatures, arrayLabels, columnOfArray, labelled, tableFeatures, tableLabels } from './sides.ts';

/** What the user says of the files. */
export interface FileOptions extends ColumnOptions, CsvOptions {
  /** Channels, height, width of the images that the features are. */
  readonly image?: Image | undefined;
}

/** A file, or two, of samples; read as often as wanted. */
export interface SampleFile {
  /** For errors. */
  readonly name: string;
  /** What kind of file it is, for people. */
  readonly form: string;
  readonly features: number;
  readonly featureNames?: readonly string[];
  /** Where the features are images by themselves. */
  readonly image?: Image;
  /** Samples, where the file tells before it is read. */
  readonly rows?: number;
  /** Of tables: their columns, and what became of each. */
  readonly table?: Table;
  readonly chosen?: Chosen;
  /** Of an array with the labels in it: the index of their column. */
  readonly labelColumn?: number;
  /** Other parts of the data set that the file holds. */
  readonly parts?: readonly Part[];
  /** Where the labels stand, for errors. */
  readonly labels: string;
  blocks(codes: LabelReader, problems: Problems): AsyncIterable<Block>;
  /** To gather problems of this file in. */
  problems(): Problems;
}

export type OpenSide = (uri: string, side: 'x' | 'y' | undefined) => Promise<Source>;

type Content =
  | { readonly table: Table }
  | { readonly arrays: ReadonlyMap<string, ArrayEntry>; readonly kind: FileKind };

/** Opens what holds a part of the data; `known`: what it is to agree with. Throws UserError. */
export async function openSamples(
  source: DataSource,
  part: Part,
  open: OpenSide,
  options: FileOptions,
  known?: Known,
): Promise<SampleFile> {
  const file =
    typeof source === 'string'
      ? await openOne(await open(source, undefined), part, options, known)
      : await openTwo(await open(source.x, 'x'), await open(source.y, 'y'), part, options, known);
  if (known) checkAgrees(file, known);
  return file;
}

function checkAgrees({ name, features, image }: SampleFile, known: Known): void {
  if (features !== known.features) throw differ(name, features, known);
  if (image && known.image && image.join() !== known.image.join()) {
    throw new UserError(
      `${name}: has images of ${image.join(' × ')}, ${known.what} has ${known.image.join(' × ')}; both must have the same`,
    );
  }
}

async function contentOf(source: Source, options: CsvOptions): Promise<Content> {
  const kind = await kindOf(source);
  if (kind.format === 'csv') return { table: await openCsv(source, kind, options) };
  if (kind.format === 'parquet') return { table: await openParquet(source) };
  return { arrays: await openArrays(source, kind), kind };
}

async function openOne(source: Source, part: Part, options: FileOptions, known?: Known): Promise<SampleFile> {
  const content = await contentOf(source, options);
  const { name } = source;
  if ('table' in content) {
    const { table } = content;
    return tableSamples(table, known ? matchColumns(table, known, options) : chooseColumns(table, options));
  }
  const { arrays, kind } = content;
  refuseNames(name, options);
  const [only] = arrays.values();
  if (only && arrays.size === 1) {
    if (options.label === undefined) throw unlabelled(only);
    return columnOfArray(only, options.label, kind.format.toUpperCase());
  }
  const { x, y } = findArrays(arrays, part, name);
  if (!y) {
    throw new UserError(`${name}: has no labels for ${x.name}: found ${listedArrays(arrays)}; call them y`);
  }
  const parts = (['train', 'test', 'validation'] as const).filter((other) => hasPart(arrays, other));
  const form = `${kind.format === 'npz' ? 'NPZ' : kind.format} with ${listedArrays(arrays)}`;
  return { ...labelled(name, form, arrayFeatures(x, options.image), arrayLabels(y)), parts };
}

function unlabelled({ name, shape }: ArrayEntry): UserError {
  const column =
    shape.length === 2 ? ', or say which of its columns is the label (label: -1 for the last)' : '';
  return new UserError(
    `${name}: holds one array, and no labels; give features and labels as files of their own, {"x": …, "y": …}${column}`,
  );
}

/** Columns of arrays have no names. */
function refuseNames(name: string, { ignore = [] }: FileOptions): void {
  if (ignore.length > 0) {
    throw new UserError(`${name}: ignore: arrays have no columns with names; leave 'ignore' out`);
  }
}

async function openTwo(
  x: Source,
  y: Source,
  part: Part,
  options: FileOptions,
  known?: Known,
): Promise<SampleFile> {
  const features = await contentOf(x, options);
  const labels = await contentOf(y, options);
  const left =
    'table' in features
      ? tableFeatures(features.table, options, known)
      : arrayFeatures(findArray(features.arrays, 'x', part, x.name), options.image);
  const right =
    'table' in labels
      ? tableLabels(labels.table, options)
      : arrayLabels(findArray(labels.arrays, 'y', part, y.name));
  return labelled(x.name, `${formOf(features)}; labels: ${formOf(labels)}`, left, right);
}

function formOf(content: Content): string {
  if ('table' in content) return content.table.form;
  const { format, gzip } = content.kind;
  return `${format === 'safetensors' ? format : format.toUpperCase()}${gzip ? ', gzip' : ''}`;
}

function tableSamples(table: Table, chosen: Chosen): SampleFile {
  const names = table.columns.map(({ name }, index) => name ?? `column ${index + 1}`);
  const { features, label = 0 } = chosen;
  return {
    name: table.name,
    form: table.form,
    features: features.length,
    ...(table.named ? { featureNames: features.map((index) => names[index] ?? '') } : {}),
    ...(table.rows === undefined ? {} : { rows: table.rows }),
    table,
    chosen,
    labels: `${table.name}: column ${label + 1} (${table.named ? `'${names[label]}'` : `index ${label}`})`,
    blocks: (codes, problems) => table.blocks(chosen, codes, problems),
    problems: () => new Problems(table.name, table.named ? names : undefined),
  };
}
