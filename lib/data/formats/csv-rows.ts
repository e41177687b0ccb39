/** Rows of CSV text, with the lines at which they begin. */
import Papa from 'papaparse';
import { UserError } from '../../base/errors.ts';

/** Characters of one row, and so of a quote that is never closed. */
const LONGEST_ROW = 16e6;

export type Row = readonly string[];

export interface CsvRows {
  readonly rows: readonly Row[];
  /** The line, from 1, at which a row begins. */
  lineOf(index: number): number;
}

/** How rows are cut into cells. */
export interface RowForm {
  readonly delimiter: string;
  /** Spaces stand before opening quotes. */
  readonly spaced: boolean;
}

/** The rows of some text, and how many of its characters they take. */
interface Parsed {
  readonly rows: readonly Row[];
  readonly used: number;
  /** The problem, and its row. */
  readonly fault?: { readonly row: number; readonly message: string };
}

/** `whole`: whether the text ends here; if not, its last row is left for the next piece. */
function parse(text: string, form: RowForm, whole: boolean): Parsed {
  const { delimiter } = form;
  const parser = new Papa.Parser({ delimiter, newline: '\n' });
  const result: Papa.ParseResult<string[]> = parser.parse(text, 0, !whole);
  const [error] = result.errors;
  const rows = form.spaced || delimiter === ' ' ? result.data.map((row) => joined(row, form)) : result.data;
  // A line end at the end of the file begins no further row.
  if (whole && text.endsWith('\n') && rows.at(-1)?.join('') === '') rows.pop();
  return {
    rows,
    used: result.meta.cursor,
    ...(error ? { fault: { row: error.row ?? rows.length, message: error.message } } : {}),
  };
}

/** Without the empty cells that runs of spaces make; text in quotes after a space is one cell, without the quotes. */
function joined(row: Row, { delimiter, spaced }: RowForm): string[] {
  if (delimiter === ' ') return row.filter((cell) => cell !== '');
  if (!spaced) return [...row];
  const cells: string[] = [];
  let open: string | undefined;
  for (const cell of row) {
    open = open === undefined ? cell : `${open}${delimiter}${cell}`;
    const quoted = /^\s+"(.*)$/s.exec(open)?.[1];
    const inside = quoted === undefined ? undefined : /^((?:[^"]|"")*)"\s*$/s.exec(quoted)?.[1];
    if (quoted !== undefined && inside === undefined) continue;
    cells.push(inside === undefined ? open : inside.replaceAll('""', '"'));
    open = undefined;
  }
  return open === undefined ? cells : [...cells, open];
}

/** The first rows that are not blank, and the lines at which they begin. `whole`: whether the file ends there. */
export function firstRows(text: string, form: RowForm, whole: boolean, firstLine = 1) {
  const { rows } = parse(text, form, whole);
  const lines = linesOf(rows, firstLine);
  const filled = [...rows.keys()].filter((index) => !isBlank(rows[index] ?? []));
  return { rows: filled.map((index) => rows[index] ?? []), lines: filled.map((index) => lines[index] ?? 1) };
}

export function isBlank(row: Row): boolean {
  return row.length === 0 || (row.length === 1 && row[0]?.trim() === '');
}

/** All rows from line `skip` + 1 on, blank ones too, in batches. Throws UserError for quotes that are wrong. */
export async function* rowsOf(texts: AsyncIterable<string>, form: RowForm, name: string, skip = 0) {
  let rest = '';
  let line = 1;
  function batch(whole: boolean): CsvRows {
    const { rows, used, fault } = parse(rest, form, whole);
    const quotes = rest.lastIndexOf('"', used) >= 0;
    const first = line;
    const lines = quotes ? linesOf(rows, first) : undefined;
    const lineOf = (index: number) => (lines ? (lines[index] ?? first) : first + index);
    if (fault) throw wrongQuote(name, lineOf(fault.row), fault.message);
    line = lineOf(rows.length);
    rest = rest.slice(used);
    return { rows, lineOf };
  }
  for await (const text of texts) {
    rest += text;
    for (let end = 0; line <= skip; line++) {
      end = rest.indexOf('\n');
      if (end < 0) break;
      rest = rest.slice(end + 1);
    }
    if (line <= skip) continue;
    if (!text.includes('\n')) {
      if (rest.length > LONGEST_ROW) throw tooLong(name, line, rest);
      continue;
    }
    yield batch(false);
    if (rest.length > LONGEST_ROW) throw tooLong(name, line, rest);
  }
  if (rest !== '') yield batch(true);
}

/** Where each row begins, and at the end where the next one does: quoted cells may hold line ends. */
function linesOf(rows: readonly Row[], first: number): Uint32Array {
  const lines = new Uint32Array(rows.length + 1);
  let line = first;
  for (const [index, row] of rows.entries()) {
    lines[index] = line++;
    for (const cell of row) {
      for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) line++;
    }
  }
  lines[rows.length] = line;
  return lines;
}

function wrongQuote(name: string, line: number, message: string): UserError {
  const what = /unterminated/i.test(message)
    ? 'a quote is opened and never closed'
    : 'text follows a closing quote; quotes inside a quoted cell are doubled ("")';
  return new UserError(`${name}: line ${line}: ${what}`);
}

function tooLong(name: string, line: number, rest: string): UserError {
  const what = rest.includes('"') ? 'a quote is never closed' : 'a row is longer than 16 million characters';
  return new UserError(`${name}: line ${line}: ${what}`);
}
