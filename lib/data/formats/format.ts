/** A format of data files: how a file is recognised by it, and what opening one gives. A format is a file and a line of formats.ts. */
import type { Source } from '../../base/source.ts';
import type { Decimal } from '../cells.ts';
import type { ArrayEntry } from './entry.ts';
import type { Table } from './table.ts';

/** Options of users for tables in text. */
export interface TextOptions {
  readonly header?: boolean | undefined;
  readonly delimiter?: string | undefined;
  /** Decimal separator; the other one may separate thousands. If absent, numbers with commas are refused. */
  readonly decimal?: Decimal | undefined;
}

/** A table; or arrays by their names, of which the only one of a file may have the name ''. */
export type Content = { readonly table: Table } | { readonly arrays: ReadonlyMap<string, ArrayEntry> };

export interface Format {
  /** For people. */
  readonly name: string;
  /** Endings of file names, without `.gz`; in lower case. */
  readonly endings: readonly string[];
  /** The first bytes as Latin-1, where all its files begin alike. */
  readonly magic?: string;
  /** A file is one array, and so features or labels alone. */
  readonly single?: true;
  /** Files are read from beginning to end, and so from inside gzip too. */
  readonly streamed?: true;
  /** `gzip`: whether the file is packed. Throws UserError for what is damaged, cut short or not read. */
  open(source: Source, gzip: boolean, options: TextOptions): Promise<Content>;
}
