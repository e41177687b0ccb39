/** Tables in files: their columns, and their samples in blocks. */
import type { LabelReader } from '../labels.ts';
import type { Problems } from '../problems.ts';

/** Samples that follow each other in a file. Whoever gets a block owns its memory. */
export interface Block {
  /** Samples × features, row-major; NaN where the file holds no usable number, which `Problems` reports. */
  readonly x: Float32Array<ArrayBuffer>;
  /** A code for each sample; UNLABELLED where it has none. Absent if the file has no labels. */
  readonly labels?: Uint32Array;
}

/** About as many values as a block holds. */
export const BLOCK_VALUES = 1 << 20;

/** Channels, height, width. */
export type Image = readonly [number, number, number];

/** The cell columns of a table, in the file's order. */
export interface Column {
  /** Its name in the header; undefined without a header. */
  readonly name: string | undefined;
  /** Told by the file's schema or by its first rows. */
  readonly kind: 'number' | 'text';
  /** Its cells that are not numbers are numbers that are not written plainly: with a unit, or in a notation such as (5). */
  readonly dressed?: boolean;
  /** Its points may be between thousands: 950 and 1.022, and no other fractions. */
  readonly grouped?: boolean;
  /** It holds lists or structures, and so no labels either. */
  readonly nested?: boolean;
  /** A cell that is not a number, of a text column. */
  readonly example?: { readonly line?: number; readonly row?: number; readonly found: string };
  /** Why it is left out unless it is asked for, such as the row numbers that pandas and R write. */
  readonly leftOut?: string;
}

/** Which columns are read as what. */
export interface Choice {
  /** Indexes of columns, in the order in which they become features. */
  readonly features: readonly number[];
  readonly label?: number;
}

/** A file of rows and columns: CSV or Parquet. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Whether the columns have names. */
  readonly named: boolean;
  /** Rows, where they are known before the file is read. */
  readonly rows?: number;
  /** The file's form, for people: "CSV, separated by ';', with a header". */
  readonly form: string;
  blocks(choice: Choice, codes: LabelReader, problems: Problems): AsyncIterable<Block>;
}

/** The names of all columns, for errors; undefined where they have none. */
export function columnNames({ named, columns }: Table): string[] | undefined {
  return named ? columns.map(({ name }, index) => name ?? `column ${index + 1}`) : undefined;
}
