/** Columns of a table as people name them: by a name, or by an index. */
import { closest, distance } from 'fastest-levenshtein';
import { UserError } from '../../base/errors.ts';
import { listed } from '../../base/listed.ts';
import type { Table } from '../formats/table.ts';
import { columnWords, quoted } from '../problems.ts';

const MOST_NAMED = 20;

/** Names in quotes, not too many. */
export function namesInQuotes(names: readonly string[]): string {
  return listed(names.map(quoted), MOST_NAMED, `… (${names.length} in all)`);
}

export function nameOfColumn(table: Table, index: number): string {
  return columnWords(index, table.columns[index]?.name);
}

/** A name that was probably meant: at most half of it is written otherwise. */
function alike(reference: string, names: readonly string[]): string {
  const name = closest(reference, [...names]);
  return 2 * distance(reference, name) <= reference.length ? `; did you mean ${quoted(name)}?` : '';
}

export function has(table: Table, name: string): boolean {
  return table.columns.some((column) => column.name === name);
}

/** Whether the table lacks a column that is named, not counted. */
function lacks(table: Table, reference: string): boolean {
  return !has(table, reference) && !/^[+-]?\d+$/.test(reference);
}

function noSuchColumn({ columns, name, named }: Table, reference: string, what: string): UserError {
  const names = columns.flatMap((column) => column.name ?? []);
  const have = named
    ? `its columns are ${namesInQuotes(names)}${alike(reference, names)}`
    : `its columns have no names: give an index from 0 to ${columns.length - 1}, or -1 for the last`;
  return new UserError(`${name}: ${what}: there is no column ${quoted(reference)}; ${have}`);
}

/** The column of that name or index. `what` is named in errors. Throws UserError. */
export function columnAt(table: Table, reference: string | number, what: string): number {
  const { columns, name } = table;
  if (typeof reference === 'string') {
    const found = columns.findIndex((column) => column.name === reference);
    if (found >= 0) return found;
    if (lacks(table, reference)) throw noSuchColumn(table, reference, what);
  }
  const index = Number(reference);
  const found = index < 0 ? columns.length + index : index;
  if (found >= 0 && found < columns.length) return found;
  throw new UserError(
    `${name}: ${what}: found index ${index}, expected 0 to ${columns.length - 1}, or -1 for the last column`,
  );
}

/** Columns to ignore that a table lacks, with an error for each: only the test data may have such a column. */
export type Lacking = ReadonlyMap<string, UserError>;

/** The names to ignore that the table has, or counts, and the others. */
export function splitIgnored(
  table: Table,
  ignore: readonly string[] = [],
): [present: string[], lacking: Lacking] {
  const lacking = ignore.filter((name) => lacks(table, name));
  return [
    ignore.filter((name) => !lacking.includes(name)),
    new Map(lacking.map((name) => [name, noSuchColumn(table, name, 'ignore')])),
  ];
}

/** Throws the UserError of a column to ignore that none of the files of a data set has. */
export function requireIgnored([first, ...others]: readonly { readonly lacking?: Lacking }[]): void {
  for (const [name, error] of first?.lacking ?? [])
    if (others.every(({ lacking }) => !lacking || lacking.has(name))) throw error;
}
