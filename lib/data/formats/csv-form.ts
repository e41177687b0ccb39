/** What the first rows of a CSV file tell of its form: the delimiter, the header, what its columns hold. */
import { hasDecimalComma, isMissing, isNumeric } from '../cells.ts';
import { firstRows } from './csv-rows.ts';
import type { Column } from './table.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** Rows that the delimiter and the header are told by. */
const FIRST = 50;

type Cells = readonly string[];

/** The delimiter that cuts the first rows into most columns, as many in each; a comma where none does. */
export function delimiterOf(text: string, whole: boolean): string {
  let best = { delimiter: ',', columns: 1 };
  for (const delimiter of DELIMITERS) {
    const rows = firstRows(text, delimiter, whole).rows.slice(0, FIRST);
    const columns = rows.at(-1)?.length ?? 0;
    const even = rows.filter((row) => row.length === columns).length;
    if (columns > best.columns && even >= 0.8 * rows.length) best = { delimiter, columns };
  }
  return best.delimiter;
}

/**
 * Whether the first row names the columns: it holds no number, and others do; or its numbers count the columns, as
 * pandas names them; or all is text, and its own does not recur.
 */
export function hasHeader(rows: readonly Cells[]): boolean {
  const [first, ...others] = rows;
  if (!first) return false;
  const numbers = first.filter((cell) => !isMissing(cell) && isNumeric(cell)).map(Number);
  if (numbers.length > 0) {
    return (
      numbers.length > 3 &&
      numbers.every((number, index) => number === (numbers[0] ?? 0) + index) &&
      (numbers[0] === 0 || numbers[0] === 1)
    );
  }
  if (first.every(isMissing)) return false;
  const rest = others.slice(0, FIRST);
  if (rest.length === 0) return true;
  if (rest.some((row) => row.some((cell) => !isMissing(cell) && isNumeric(cell)))) return true;
  // Text alone, as a file of labels: its values recur, its name does not.
  return first.every((cell, column) => {
    const values = rest.map((row) => row[column]);
    return !values.includes(cell) && new Set(values).size < values.length;
  });
}

/** The columns, from the header, if there is one, and the first rows below it, which begin at these lines. */
export function columnsOf(
  header: Cells | undefined,
  rows: readonly Cells[],
  lines: readonly number[],
): Column[] {
  const count = mostFrequent(rows.map((row) => row.length)) ?? header?.length ?? 0;
  // R's write.table names all columns but the first, which holds the row names.
  const shifted = header !== undefined && header.length === count - 1;
  const names = shifted ? ['', ...header] : header;
  return Array.from({ length: Math.max(count, names?.length ?? 0) }, (_, index): Column => {
    const name = names?.[index]?.trim();
    let texts = 0;
    let filled = 0;
    let example: Column['example'];
    for (const [at, row] of rows.entries()) {
      const cell = row[index] ?? '';
      if (isMissing(cell)) continue;
      filled++;
      if (isNumeric(cell)) continue;
      texts++;
      // Without a number in it a header is not told: the first cell is then its name, and the next tells more.
      if (!example || (hasDecimalComma(cell) && !hasDecimalComma(example.found)))
        example = { line: lines[at] ?? 1, found: cell };
    }
    const leftOut =
      index === 0 && (shifted || name === '' || name === 'Unnamed: 0')
        ? 'it has no name: row numbers'
        : name === '' && filled === 0
          ? 'it has no name and no values'
          : undefined;
    return {
      name: names && (name || `column ${index + 1}`),
      kind: texts > filled / 2 ? 'text' : 'number',
      ...(example ? { example } : {}),
      ...(leftOut ? { leftOut } : {}),
    };
  });
}

function mostFrequent(numbers: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
