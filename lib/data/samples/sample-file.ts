/** A file of samples, or two: features from one, labels from the other. */
import { listed } from '../../base/listed.ts';
import type { Source } from '../../base/source.ts';
import type { Part } from '../dataset.ts';
import type { TextOptions } from '../formats/format.ts';
import type { Block, Image } from '../formats/table.ts';
import type { LabelReader } from '../labels.ts';
import type { Problems } from '../problems.ts';
import type { ColumnOptions, Known, LabelFound } from './columns.ts';
import type { Lacking } from './naming.ts';

/** Classes of numbers that a column may hold which nobody named. */
const MOST_LIKELY = 10;

/** The user's options for the files. */
export interface FileOptions extends ColumnOptions, TextOptions {
  /** Channels, height, width of the images that the features are. */
  readonly image?: Image | undefined;
  /** The sizes of a sample that a given network takes. */
  readonly input?: readonly number[] | undefined;
}

export type OpenSide = (uri: string, side: 'x' | 'y' | undefined) => Promise<Source>;

/** Where the labels are, for errors and people. */
export interface LabelPlace {
  readonly where: string;
  /** Name or index of their column; null where they are by themselves. */
  readonly name: string | number | null;
  readonly found: LabelFound | 'array';
}

/** A file or array with a part of each sample. */
export interface Side {
  readonly name: string;
  /** Samples, where they are known before the file is read. */
  readonly rows?: number | undefined;
  readonly columnNames?: readonly string[] | undefined;
}

/** Labels, or groups. */
export interface LabelSide extends Side {
  readonly place: LabelPlace;
  codes(codes: LabelReader, problems: Problems): Promise<Uint32Array>;
}

/** Samples in files: opened, and read as often as wanted. */
export interface SampleFile {
  /** For errors. */
  readonly name: string;
  /** Kind of the file, for people. */
  readonly form: string;
  readonly features: number;
  readonly featureNames?: readonly string[];
  /** The column of each feature, where it is not the feature's own index. */
  readonly columns?: readonly number[];
  /** Where the features are images by themselves. */
  readonly image?: Image;
  /** Samples, where they are known before the file is read. */
  readonly rows?: number;
  readonly label: LabelPlace;
  /** The group of each sample, where the user names their column. */
  readonly groups?: LabelSide;
  /** Columns that are not features, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Of a table: columns to ignore that it lacks. */
  readonly lacking?: Lacking;
  /** Other parts of the data set that the file holds. */
  readonly parts: readonly Part[];
  /** For tables: the columns that other parts are to agree with. */
  readonly agreed?: Pick<Known, 'label' | 'labelIndex' | 'columns' | 'leftOut'>;
  blocks(codes: LabelReader, problems: Problems): AsyncIterable<Block>;
  /** To gather problems of this file in. */
  problems(): Problems;
}

const FOUND: Readonly<Record<LabelPlace['found'], string>> = {
  given: 'as you said',
  name: 'by its name',
  text: 'the only column of text',
  last: 'the last column, since none is called label, class or the like',
  array: 'a separate array',
};

/** How the label was found, for people. */
export function labelFound({ found }: LabelPlace): string {
  return FOUND[found];
}

/** For errors about labels of which the user did not say where they are; empty where that is said. */
export function labelHint({ name, label: { where, found } }: SampleFile): string {
  if (found === 'given' || found === 'array') return '';
  return `; the label is ${placeIn(name, where)}, ${FOUND[found]}: name another with label (--label), by its name or index`;
}

/** Whether what was taken for the label looks like anything else: like measurements, or names of the samples. */
export function isUnlikely({ found }: LabelPlace, classes: readonly string[], samples: number): boolean {
  if (found === 'given' || found === 'array' || classes.length < 3) return false;
  if (classes.length > samples / 2) return true;
  const numbers = classes.every((name) => Number.isFinite(Number(name)));
  if (found !== 'last' || !numbers || classes.length <= MOST_LIKELY) return false;
  return classes.length > samples / 5 || classes.some((name) => !Number.isInteger(Number(name)));
}

/** The place without the file's name before it. */
function placeIn(file: string, where: string): string {
  return where.startsWith(`${file}: `) ? where.slice(file.length + 2) : where;
}

/** Guesses about a file, for people. */
export function readAs({ name, form, label, groups, leftOut }: SampleFile): string {
  const place = placeIn(name, label.where);
  const others = leftOut.filter(({ why }) => why !== 'ignored').map(({ name, why }) => `'${name}' (${why})`);
  return [
    form,
    ...(label.found === 'array' ? [] : [`label: ${place}, ${FOUND[label.found]}`]),
    ...(groups ? [`groups: ${placeIn(name, groups.place.where)}`] : []),
    ...(others.length > 0 ? [`left out: ${listed(others, 5)}`] : []),
  ].join('; ');
}

/** Facts that other parts must agree with. */
export function knownOf({ name, features, featureNames, image, agreed }: SampleFile): Known {
  return { what: `the training data ${name}`, features, featureNames, image, ...agreed };
}
