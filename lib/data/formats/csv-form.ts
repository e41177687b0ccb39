/** Found from the first rows of a CSV file: whether they begin with a header, what its columns hold. */
import {
  commaNumber,
  type Decimal,
  isDressedNumber,
  isMissingCell,
  isNumeric,
  isSpacedNumber,
  pointed,
} from '../cells.ts';
import { LABEL_NAMES } from '../labels.ts';
import { usualWidth } from './csv-dialect.ts';
import type { Row } from './csv-rows.ts';
import type { Column } from './table.ts';

/** Rows that show whether there is a header. */
const FIRST = 1000;
/** Rows from which a label that occurs once is a surprise. */
const MANY = 10;

const isFilledNumber = (cell: string) => !isMissingCell(cell) && isNumeric(cell);
/** Numbers, and what is written like them: 1.2%, $5, 2024-05-01. */
const beginsAsNumber = (cell: string) => /^\s*[$€£¥+-]?\s*[.,]?\d/.test(cell);

/**
 * Whether the first row names the columns: it holds no number, and others do; or its numbers count, as pandas names
 * columns without names, and are no values; or all is text, and its own does not recur. 'unclear' where it may be either.
 */
export function hasHeader(rows: readonly Row[]): boolean | 'unclear' {
  const [first, ...others] = rows;
  if (!first || first.every(isMissingCell)) return false;
  const rest = others.slice(0, FIRST);
  if (first.some(isFilledNumber)) return numbersName(first, rest);
  if (rest.length === 0 || rest.some((row) => row.some(isFilledNumber))) return true;
  const names = first.some((cell, column) => {
    const values = valuesOf(rest, column);
    return !beginsAsNumber(cell) && values.length > 0 && values.every(beginsAsNumber);
  });
  if (names) return true;
  // Text alone, as a file of labels: its values recur, its name does not.
  return first.every((cell, column) => isNew(cell, valuesOf(rest, column), 0));
}

/** Whether it is what label columns are called, and hardly a class. */
function isLabelName(cell: string): boolean {
  const word = cell.trim().toLowerCase();
  return word.length > 1 && LABEL_NAMES.includes(word);
}

/** Whether the first row, which holds numbers, is a header for all that. */
function numbersName(first: Row, rest: readonly Row[]): boolean | 'unclear' {
  const numbers = first.filter(isFilledNumber).map(Number);
  const start = numbers[0] ?? 0;
  const counts = numbers.length > 1 && numbers.every((number, index) => number === start + index);
  const fromStart = counts && (start === 0 || start === 1);
  const values = first.map((_, column) => valuesOf(rest, column));
  const texts = [...first.keys()].filter((column) => {
    const cell = first[column] ?? '';
    return !isMissingCell(cell) && !isNumeric(cell);
  });
  if (texts.some((column) => values[column]?.includes((first[column] ?? '').trim()))) return false;
  if (fromStart && numbers.length > 3) return true;
  if (texts.some((column) => isLabelName(first[column] ?? ''))) return true;
  const many = rest.length >= MANY ? 2 : Number.POSITIVE_INFINITY;
  if (texts.length > 0) {
    // The name of the label is met once, classes are met again.
    if (!texts.every((column) => isNew(first[column] ?? '', values[column] ?? [], many))) return false;
    return counts || (numbers.length === 1 && start === 0) ? true : 'unclear';
  }
  if (!fromStart) return isEven(numbers) && !rest.some(isEvenRow) ? 'unclear' : namesLabel(first, values);
  if (first.some((cell, column) => isNew(cell, values[column] ?? [], many))) return true;
  const fractions = values.filter((column) => column.some((value) => !Number.isInteger(+value))).length;
  return fractions > 0 && fractions >= values.length - 1 ? 'unclear' : false;
}

/** Numbers from which the same step leads to the next: 400.5, 410.5, 420.5, 430.5 name columns. */
function isEven(numbers: readonly number[]): boolean {
  const [a = 0, b = 0] = numbers;
  const step = b - a;
  const even = (value: number, index: number) => Math.abs(value - a - index * step) <= 1e-9 * Math.abs(value);
  return numbers.length > 3 && step !== 0 && numbers.every(even);
}

const isEvenRow = (row: Row) => isEven(row.map(Number));

/** A fraction on top of whole numbers that recur is no label: pandas writes 0.2 for the third column called 0. */
function namesLabel(first: Row, values: readonly string[][]): 'unclear' | false {
  const last = values.at(-1) ?? [];
  const cell = first.at(-1) ?? '';
  const isClass = (value: string) => Number.isInteger(+value);
  const classes = last.length >= MANY && last.every(isClass) && isNew(cell, last, 2);
  return classes && !isClass(cell) ? 'unclear' : false;
}

function valuesOf(rows: readonly Row[], column: number): string[] {
  return rows.flatMap((row) => {
    const cell = row[column] ?? '';
    return isMissingCell(cell) ? [] : [cell.trim()];
  });
}

/** Whether the cell is not among the values, of which some recur; each at least `times`, where that is not 0. */
function isNew(cell: string, values: readonly string[], times: number): boolean {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.has(cell.trim()) || counts.size >= values.length) return false;
  return times === 0 || [...counts.values()].every((count) => count >= times);
}

/** How good an example of its column a cell is that is not a number. */
function telling(cell: string): number {
  return isSpacedNumber(cell) ? 4 : { decimal: 3, thousands: 2, either: 1, no: 0 }[commaNumber(cell) ?? 'no'];
}

/** Finds out whether the points of a column may be between thousands. */
class Points {
  #first: Column['example'];
  #grouped = 0;
  #hundreds = 0;
  #others = 0;

  add(cell: string, line: number): void {
    if (/^\s*[1-9]\d{0,2}\.\d{3}\s*$/.test(cell)) {
      this.#grouped++;
      this.#first ??= { line, found: cell };
    } else if (/^\s*\d{1,3}\s*$/.test(cell)) this.#hundreds += +cell >= 100 ? 1 : 0;
    else this.#others++;
  }

  /** undefined where they are before fractions: others have more or fewer digits, or there are no whole numbers near a thousand. */
  get example(): Column['example'] {
    return this.#grouped > 1 && this.#hundreds > 0 && this.#others === 0 ? this.#first : undefined;
  }
}

/** Cells of most rows, whether the last of them is always empty, and whether the header lacks the name of the first. */
function shapeOf(header: Row | undefined, rows: readonly Row[]) {
  const count = usualWidth(rows) || (header?.length ?? 0);
  const usual = rows.filter((row) => row.length === count);
  const open = usual.length > 0 && usual.every((row) => (row.at(-1) ?? '').trim() === '');
  // R's write.table names all columns but the first, which holds the row names.
  const shifted = header !== undefined && header.length === count - 1 && !open;
  return { count, usual, open, shifted };
}

/** A row whose first cell has no name, where these cells are no names of rows: they recur, or are fractions. */
export function unnamedIn(header: Row | undefined, rows: readonly Row[]): Row | undefined {
  const { shifted, usual } = shapeOf(header, rows);
  if (!shifted) return undefined;
  const cells = usual.map(([cell = '']) => cell.trim());
  const fractions = cells.filter((cell) => isFilledNumber(cell) && !Number.isInteger(+cell)).length;
  return new Set(cells).size < cells.length || 2 * fractions > cells.length ? usual[0] : undefined;
}

/** The columns, from the header, if there is one, and the first rows below it, which begin at these lines. */
export function columnsOf(
  header: Row | undefined,
  rows: readonly Row[],
  lines: readonly number[],
  decimal?: Decimal,
): Column[] {
  const { count, open, shifted } = shapeOf(header, rows);
  const names = shifted ? ['', ...(header ?? [])] : header;
  return Array.from({ length: Math.max(count, names?.length ?? 0) }, (_, index): Column => {
    const name = names?.[index]?.trim();
    let texts = 0;
    let dressed = 0;
    const points = new Points();
    let filled = 0;
    let example: Column['example'];
    for (const [at, row] of rows.entries()) {
      const cell = row[index] ?? '';
      if (isMissingCell(cell)) continue;
      filled++;
      if (decimal === undefined) points.add(cell, lines[at] ?? 1);
      if (isNumeric(pointed(cell, decimal))) continue;
      texts++;
      if (isDressedNumber(cell)) dressed++;
      if (!example || telling(cell) > telling(example.found)) example = { line: lines[at] ?? 1, found: cell };
    }
    const leftOut =
      index === 0 && (shifted || name === '' || name === 'Unnamed: 0')
        ? 'it has no name: row numbers'
        : index === count - 1 && open && !name
          ? 'it has no name and no values: the rows end with a delimiter'
          : name === '' && filled === 0
            ? 'it has no name and no values'
            : undefined;
    return {
      name: names && (name || `column ${index + 1}`),
      kind: texts > filled / 2 || points.example ? 'text' : 'number',
      ...(dressed > 0 && dressed === texts ? { dressed: true } : {}),
      ...(points.example ? { grouped: true, example: points.example } : example ? { example } : {}),
      ...(leftOut ? { leftOut } : {}),
    };
  });
}
