/** CSV and TSV files, row by row. */
import { defined } from '../../base/defined.ts';
import { UserError } from '../../base/errors.ts';
import type { Source } from '../../base/source.ts';
import { type Decimal, faultIn, numberIn, pointed } from '../cells.ts';
import { codeLabel, type LabelReader } from '../labels.ts';
import { type Problems, quoted } from '../problems.ts';
import { commentsAmong, type IsComment } from './csv-comments.ts';
import { dialectOf, usualWidth } from './csv-dialect.ts';
import { columnsOf, hasHeader, unnamedIn } from './csv-form.ts';
import { type CsvRows, firstRows, isBlank, type Row, rowsOf } from './csv-rows.ts';
import type { Format, TextOptions } from './format.ts';
import { BLOCK_VALUES, type Block, type Choice, type Table } from './table.ts';
import { textPieces } from './text.ts';

/** Characters that the form of the file is recognised by. */
const SNIFFED = 1 << 18;

export const csv: Format = {
  name: 'CSV',
  endings: ['.csv', '.tsv', '.tab', '.txt', '.data'],
  streamed: true,
  open: async (source, gzip, options) => ({ table: await openCsv(source, gzip, options) }),
};

/** The delimiter that the ending says. */
const TABS = /\.(tsv|tab)(\.gz)?$/i;

/** Throws UserError where it is no text, no table, or has no rows. */
async function openCsv(source: Source, gzip: boolean, options: TextOptions): Promise<Table> {
  const { name } = source;
  if (options.delimiter !== undefined && /["\r\n]/.test(options.delimiter))
    throw new UserError(`delimiter: found ${JSON.stringify(options.delimiter)}, expected another character`);
  const { text, whole } = await beginning(source, gzip);
  const given = options.delimiter ?? (TABS.test(name) ? '\t' : undefined);
  const dialect = dialectOf(text, whole, name, given);
  const { delimiter, skip } = dialect;
  const above = text.split('\n', skip).join('\n').length + Math.min(1, skip);
  const first = firstRows(text.slice(above), dialect, whole, skip + 1);
  const isComment = commentsAmong(first.rows, usualWidth(first.rows));
  const samples = [...first.rows.keys()].filter((index) => !isComment(first.rows[index] ?? []));
  const rows = samples.map((index) => first.rows[index] ?? []);
  const lines = samples.map((index) => first.lines[index] ?? 1);
  if (rows.length === 0) throw new UserError(`${name}: has no rows`);
  const header = !dialect.names && (options.header ?? headerOf(name, rows, lines));
  if (header && rows.length === 1 && whole)
    throw new UserError(`${name}: has a header, and no rows below it`);
  const skipped = header ? 1 : 0;
  refuseTitle(name, rows, lines, skipped);
  const names = dialect.names ?? (header ? rows[0] : undefined);
  refuseUnnamed(name, names, rows.slice(skipped));
  const { decimal } = options;
  const columns = columnsOf(names, rows.slice(skipped), lines.slice(skipped), decimal);
  const form = [
    `CSV, separated by ${shown(delimiter)}`,
    `${names ? 'with' : 'without'} a header`,
    ...dialect.notes,
    ...(samples.length < first.rows.length ? ['comments between the rows'] : []),
    ...(decimal === ',' ? ['decimal commas'] : []),
    ...(gzip ? ['gzip'] : []),
  ].join(', ');
  return {
    name,
    columns,
    named: names !== undefined,
    form,
    blocks: (choice, codes, problems) =>
      blocks(rowsOf(textPieces(source, gzip), dialect, name, skip), {
        header,
        width: columns.length,
        isComment,
        decimal,
        choice,
        codes,
        problems,
      }),
  };
}

function shown(delimiter: string): string {
  return { '\t': 'tabs', ' ': 'spaces' }[delimiter] ?? `'${delimiter}'`;
}

/** Throws UserError where the first row may be a header or a sample. */
function headerOf(name: string, rows: readonly Row[], lines: readonly number[]): boolean {
  const header = hasHeader(rows);
  if (header !== 'unclear') return header;
  throw new UserError(
    `${name}: line ${lines[0]} (${quoted((rows[0] ?? []).join(','))}) may be a header or a sample: say which (--header or --no-header; in a spec header: true or header: false)`,
  );
}

/** Throws UserError where lines of other text stand above the table. */
function refuseTitle(name: string, rows: readonly Row[], lines: readonly number[], skipped: number): void {
  const width = usualWidth(rows.slice(skipped));
  const [first] = rows;
  if (!first || rows.length < 3 || width < 3 || first.length >= width - 1) return;
  throw new UserError(
    `${name}: line ${lines[0]}: found ${first.length === 1 ? 'one cell' : `${first.length} cells`} (${quoted(first.join(','))}), expected the header or the first sample, ${width} cells: remove what stands above the table, or let its lines begin with #`,
  );
}

/** Throws UserError where rows have one cell more than the header, and it is no name of a row. */
function refuseUnnamed(name: string, header: Row | undefined, rows: readonly Row[]): void {
  const row = unnamedIn(header, rows);
  if (!row) return;
  throw new UserError(
    `${name}: its header has ${row.length - 1} cells, and its rows have ${row.length} (${quoted(row.join(','))}), the first of which are no names of rows: complete the header; where decimal commas cut the numbers, separate the cells by another character`,
  );
}

/** The text at the beginning, at least `SNIFFED` characters and a line of it, and whether that is all. */
async function beginning(source: Source, gzip: boolean): Promise<{ text: string; whole: boolean }> {
  let text = '';
  for await (const piece of textPieces(source, gzip)) {
    text += piece;
    if (text.length >= SNIFFED && (text.includes('\n') || text.length > 16e6)) return { text, whole: false };
  }
  return { text, whole: true };
}

interface Reading {
  readonly header: boolean;
  /** Cells of a row. */
  readonly width: number;
  readonly isComment: IsComment;
  readonly decimal: Decimal | undefined;
  readonly choice: Choice;
  readonly codes: LabelReader;
  readonly problems: Problems;
}

async function* blocks(batches: AsyncIterable<CsvRows>, reading: Reading): AsyncGenerator<Block> {
  const { features, label } = reading.choice;
  const capacity = Math.max(1, Math.floor(BLOCK_VALUES / Math.max(1, features.length)));
  let x = new Float32Array(capacity * features.length);
  let labels = new Uint32Array(capacity);
  let count = 0;
  const { decimal } = reading;
  let skip = reading.header;
  const block = (): Block => ({
    x: x.subarray(0, count * features.length),
    ...(label === undefined ? {} : { labels: labels.subarray(0, count) }),
  });
  for await (const { rows, lineOf } of batches) {
    for (const [index, row] of rows.entries()) {
      if (reading.isComment(row)) continue;
      if (row.length !== reading.width) {
        if (isBlank(row)) continue;
        if (!skip) {
          const found = `found ${row.length} cells, expected ${reading.width}`;
          reading.problems.add('ragged', { line: lineOf(index), found });
          continue;
        }
      }
      if (skip) {
        if (!isBlank(row)) skip = false;
        continue;
      }
      const at = count * features.length;
      for (let feature = 0; feature < features.length; feature++) {
        const cell = row[features[feature] ?? 0] ?? '';
        const value = numberIn(decimal === undefined ? cell : pointed(cell, decimal));
        x[at + feature] = value;
        if (Number.isNaN(value)) tell(reading, row, features[feature] ?? 0, lineOf(index));
      }
      if (label !== undefined) {
        const place = () => ({ line: lineOf(index), column: label });
        labels[count] = codeLabel(row[label] ?? '', reading.codes, reading.problems, place);
      }
      if (++count === capacity) {
        yield block();
        x = new Float32Array(capacity * features.length);
        labels = new Uint32Array(capacity);
        count = 0;
      }
    }
  }
  if (count > 0) yield block();
}

function tell({ problems, decimal }: Reading, row: readonly string[], column: number, line: number): void {
  const cell = row[column] ?? '';
  const kind = faultIn(pointed(cell, decimal));
  const found = kind === 'missing' && cell.trim() === '' ? undefined : quoted(cell);
  problems.add(kind, defined({ line, column, found }));
}
