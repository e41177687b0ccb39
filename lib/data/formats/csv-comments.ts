/** Lines of comments in CSV files: above the table, and between its rows. */
import { isNumeric } from '../cells.ts';
import type { Row } from './csv-rows.ts';

/** Spreadsheets write errors such as #N/A and #DIV/0! into cells. */
const MARK = /^\s*(#(?!(?:N\/A|DIV\/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)\s*(?:\W|$))|%|\/\/)/;

/** Whether a line, or the first cell of a row, begins as comments do. */
export function isMarked(text: string): boolean {
  return MARK.test(text);
}

/** The text of a comment, without its mark. */
export function unmarked(comment: string): string {
  return comment.replace(MARK, '');
}

export type IsComment = (row: Row) => boolean;

/**
 * Tells comments between the rows from samples that begin with such a character, as colours do (#ff0000), by the first
 * rows of the table. Where the first column holds numbers, every marked row is a comment; where it holds text, those are
 * whose cells are another number, that have a space after the mark, or that are a sample without it.
 */
export function commentsAmong(rows: readonly Row[], width: number): IsComment {
  const first = (row: Row) => row[0] ?? '';
  const plain = rows.filter((row) => !isMarked(first(row)));
  if (2 * plain.length < rows.length) return () => false;
  const numbers = 2 * plain.filter((row) => isNumeric(first(row))).length > plain.length;
  if (numbers) return (row) => isMarked(first(row));
  const values = new Set(plain.map((row) => first(row).trim()));
  const isComment = (row: Row) => {
    if (!isMarked(first(row))) return false;
    const rest = unmarked(first(row));
    return row.length !== width || /^\s/.test(rest) || values.has(rest.trim());
  };
  return rows.every((row) => !isMarked(first(row)) || isComment(row)) ? isComment : () => false;
}
