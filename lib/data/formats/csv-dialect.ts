/** How a CSV file is written: what stands above its table, and what cuts its rows into cells; found from all rows at its beginning. */
import { UserError } from '../../base/errors.ts';
import { commaNumber, isNumeric } from '../cells.ts';
import { isMarked, unmarked } from './csv-comments.ts';
import { firstRows, isBlank, type Row, type RowForm } from './csv-rows.ts';

/** Delimiters that are recognised; the space last, where no other fits. */
const DELIMITERS = [',', ';', '\t', '|'];
/** Rows of as many cells that a delimiter must give. */
const MOST_ROWS_EVEN = 0.8;
/** Two delimiters fit alike where they differ by less. */
const ALIKE = 0.05;

export interface Dialect {
  readonly delimiter: string;
  /** Lines above the table. */
  readonly skip: number;
  /** Names of the columns, where they stand in the last line of comments, as NumPy writes them. */
  readonly names?: readonly string[];
  /** Spaces stand before opening quotes. */
  readonly spaced: boolean;
  /** For people: "2 lines of comments above the header". */
  readonly notes: readonly string[];
}

/** Excel's first line, which names the delimiter. */
const SEPARATOR = /^"?sep=(.)"?\s*$/i;

/** Content that is text, and no table. */
const OTHER_TEXTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^\s*(\{\s*("|\}|$)|\[\s*([[{"]|-?\d|$))/,
    'JSON',
    'write it as CSV (with pandas: read_json(…, lines=True) where each line is a document, then to_csv(…, index=False))',
  ],
  [/^\s*@relation\b/i, 'ARFF (Weka)', 'write it as CSV'],
  [/^\s*<(\?xml|[a-z!])/i, 'XML or HTML', 'write it as CSV'],
  [/^\S+(\s+\d+:[-+.\de]+)+\s*$/i, 'LIBSVM (svmlight)', 'write it as CSV, a column for each feature'],
];

/** `given`: what the user or the ending says. Throws UserError where the text is no table or two delimiters fit alike. */
export function dialectOf(text: string, whole: boolean, name: string, given?: string): Dialect {
  const lines = text.split('\n', 1000);
  let at = 0;
  const separator = SEPARATOR.exec(lines[0] ?? '')?.[1];
  if (separator !== undefined) at++;
  const commentsFrom = at;
  const isAbove = (line: string) => isMarked(line) || line.trim() === '';
  // Where all lines begin so, they are the samples.
  if (!whole || !lines.slice(at).every(isAbove)) {
    while (at < lines.length - 1 && isAbove(lines[at] ?? '')) at++;
  }
  const comments = lines.slice(commentsFrom, at).filter((line) => line.trim() !== '');
  refuseOtherText(lines.slice(at).find((line) => line.trim() !== '') ?? '', name, at + 1);
  const rest = at === 0 ? text : text.slice(lines.slice(0, at).join('\n').length + 1);
  const delimiter = given ?? separator ?? delimiterOf(rest, whole, name);
  const spaced = rest.includes(`${delimiter} "`) || rest.includes(`${delimiter}\t"`);
  const form = { delimiter, spaced };
  const [row = []] = firstRows(rest, form, whole).rows;
  const names = namesIn(comments.at(-1), form, row);
  const above = comments.length - (names ? 1 : 0);
  const notes = [
    ...(separator === undefined ? [] : [`the line 'sep=${separator}' on top`]),
    ...(above > 0 ? [`${above} ${above === 1 ? 'line' : 'lines'} of comments on top`] : []),
    ...(names ? ['the header in a comment'] : []),
  ];
  return { ...form, skip: at, ...(names ? { names } : {}), notes };
}

function refuseOtherText(line: string, name: string, at: number): void {
  for (const [pattern, what, todo] of OTHER_TEXTS) {
    if (!pattern.test(line)) continue;
    throw new UserError(`${name}: line ${at}: is ${what}, expected rows of cells (CSV): ${todo}`);
  }
}

/** The cells of a comment, where they are as many as the rows have, none a number among them. */
function namesIn(comment: string | undefined, form: RowForm, row: Row): Row | undefined {
  if (comment === undefined || row.length < 2 || !row.some(isNumeric)) return undefined;
  const [cells = []] = firstRows(unmarked(comment), form, true).rows;
  return cells.length === row.length && !cells.some(isNumeric) ? cells : undefined;
}

/**
 * The delimiter that gives as many cells in each row, and cells in which no other delimiter stands but the comma of a
 * number; a comma where none cuts the rows.
 */
function delimiterOf(text: string, whole: boolean, name: string): string {
  const fits = DELIMITERS.flatMap((delimiter) => fitOf(text, whole, delimiter) ?? []);
  const [best, second] = fits.sort((a, b) => b.score - a.score);
  if (!best) return spacesCut(text, whole) ? ' ' : ',';
  if (second && best.score - second.score < ALIKE)
    throw new UserError(
      `${name}: its rows can be split by '${best.delimiter}' into ${best.columns} cells and by '${second.delimiter}' into ${second.columns}: choose one (--delimiter, or in a spec delimiter: ${JSON.stringify(best.delimiter)} or ${JSON.stringify(second.delimiter)})`,
    );
  return best.delimiter;
}

interface Fit {
  readonly delimiter: string;
  readonly columns: number;
  /** Share of even rows × share of cells without another delimiter. */
  readonly score: number;
}

function fitOf(text: string, whole: boolean, delimiter: string): Fit | undefined {
  const rows = samplesIn(text, delimiter, whole);
  const columns = usualWidth(rows);
  const even = rows.filter((row) => row.length === columns).length / rows.length;
  if (columns < 2 || !(even >= MOST_ROWS_EVEN)) return undefined;
  const others = DELIMITERS.filter((other) => other !== delimiter);
  let cells = 0;
  let clean = 0;
  for (const cell of rows.flat()) {
    cells++;
    if (commaNumber(cell) !== undefined || !others.some((other) => cell.includes(other))) clean++;
  }
  return { delimiter, columns, score: (even * clean) / cells };
}

/** The first rows, without comments, unless there is nothing else. */
function samplesIn(text: string, delimiter: string, whole: boolean): readonly Row[] {
  const { rows } = firstRows(text, { delimiter, spaced: false }, whole);
  const samples = rows.filter(([cell = '']) => !isMarked(cell));
  return samples.length > 0 ? samples : rows;
}

/** Whether spaces cut rows into as many cells each, most of them numbers. */
function spacesCut(text: string, whole: boolean): boolean {
  const rows = samplesIn(text, ' ', whole);
  const columns = usualWidth(rows);
  const even = rows.filter((row) => row.length === columns).length;
  const cells = rows.flat();
  return (
    columns > 1 && even >= MOST_ROWS_EVEN * rows.length && 2 * cells.filter(isNumeric).length >= cells.length
  );
}

/** Cells of most rows. */
export function usualWidth(rows: readonly Row[]): number {
  const counts = new Map<number, number>();
  for (const row of rows) if (!isBlank(row)) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}
