/** CSV text, as Tombola writes it. */
import Papa from 'papaparse';

/** Characters that begin a formula in a spreadsheet; and the tab and the return that it skips before one. */
const FORMULA = /^[\t\r]*[=+\-@\uff0b\uff0d\uff1d\uff20]/;

/** Text for a cell of a CSV table, which no spreadsheet computes: an apostrophe before what looks like a formula. */
export function csvCell(text: string): string {
  return FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
}

type Row = readonly (string | number | null | undefined)[];

/** A header and a row each, lines ended by \n; nothing becomes an empty cell. */
export function csvText(columns: readonly string[], rows: readonly Row[]): string {
  return csvRows([columns, ...rows]);
}

/** The same without a header. */
export function csvRows(rows: readonly Row[]): string {
  const cells = rows.map((row) => row.map((value) => (typeof value === 'string' ? csvCell(value) : value)));
  return `${Papa.unparse(cells, { newline: '\n' })}\n`;
}
