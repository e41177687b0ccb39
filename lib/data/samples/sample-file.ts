/** A file of samples, or two: features from one, labels from the other. */
import type { Source } from '../../base/source.ts';
import type { TextOptions } from '../formats/format.ts';
import type { Block, Image } from '../formats/table.ts';
import type { LabelReader } from '../labels.ts';
import type { Problems } from '../problems.ts';
import type { Part } from './array-names.ts';
import type { ColumnOptions, Known, LabelFound } from './columns.ts';

/** What the user says of the files. */
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

/** Samples in files: opened, and read as often as wanted. */
export interface SampleFile {
  /** For errors. */
  readonly name: string;
  /** What kind of file it is, for people. */
  readonly form: string;
  readonly features: number;
  readonly featureNames?: readonly string[];
  /** The column of each feature, where it is not the feature's own index. */
  readonly columns?: readonly number[];
  /** Where the features are images by themselves. */
  readonly image?: Image;
  /** Samples, where the file tells before it is read. */
  readonly rows?: number;
  readonly label: LabelPlace;
  /** Columns that are no features, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** Other parts of the data set that the file holds. */
  readonly parts: readonly Part[];
  /** Of tables: the columns that other parts are to agree with. */
  readonly agreed?: Pick<Known, 'label' | 'labelIndex' | 'columns' | 'leftOut'>;
  blocks(codes: LabelReader, problems: Problems): AsyncIterable<Block>;
  /** To gather problems of this file in. */
  problems(): Problems;
}

/** What other parts are to agree with. */
export function knownOf({ name, features, featureNames, image, agreed }: SampleFile): Known {
  return { what: `the training data ${name}`, features, featureNames, image, ...agreed };
}
