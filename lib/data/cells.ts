/** Text cells as numbers and labels. */
import type { ProblemKind } from './problems.ts';

/** Missing values as they are written by pandas, R, Weka and spreadsheets; in lower case. */
const MISSING = new Set(['', 'na', 'n/a', '<na>', '#n/a', 'null', 'none', '?', '-', '.', 'nil']);
const NOT_FINITE = /^[+-]?(nan|inf(inity)?)$/i;
/** Number() would also take 0x1f, 0b1 and 0o7. */
const RADIX = /^\s*[+-]?0[xbo]/i;

/** The character between whole numbers and fractions. */
export type Decimal = '.' | ',';

const DECIMAL_COMMA = /^\s*[+-]?\d*,\d+(e[+-]?\d+)?\s*$/i;
const THOUSANDS_COMMA = /^\s*[+-]?\d{1,3}(,\d{3})+(\.\d*)?\s*$/;
const THOUSANDS_POINT = /^\s*[+-]?\d{1,3}(\.\d{3})+(,\d*)?\s*$/;

/** Meaning of the commas of a number: 1,5 has a decimal one, 1,234.5 one of thousands, 1,234 either; undefined: not such a number. */
export function commaNumber(cell: string): 'decimal' | 'thousands' | 'either' | undefined {
  if (!cell.includes(',')) return undefined;
  const thousands = THOUSANDS_COMMA.test(cell);
  if (DECIMAL_COMMA.test(cell)) return thousands ? 'either' : 'decimal';
  if (thousands) return 'thousands';
  return THOUSANDS_POINT.test(cell) ? 'decimal' : undefined;
}

/** A number with what it counts: 1.2%, $12, 3 kg. */
export function hasUnit(cell: string): boolean {
  return /^\s*([$€£¥]\s*[+-]?\d+([.,]\d+)*|[+-]?\d+([.,]\d+)*\s*(%|‰|[$€£¥]|[°µ]?\p{L}{1,6}(\/\p{L}{1,4})?[²³]?))\s*$/u.test(
    cell,
  );
}

/** Spaces and apostrophes between thousands, as French, Swedish and Swiss programs write them: 1 234,5 and 1'234.5. */
const SPACED = /^\s*[+-]?\d{1,3}(?:([ \u00a0\u2009\u202f'\u2019])\d{3})(?:\1\d{3})*([.,]\d*)?\s*$/;

export function isSpacedNumber(cell: string): boolean {
  return SPACED.test(cell);
}

/** Numbers in notations that are not read: (5) and 5- are negative, −5 has a sign of typographers, ="5" is a spreadsheet's text. */
const NOTATIONS =
  /^\s*(="[^"]*\d"|\(\s*[$€£¥]?\d[\d.,]*\)|\u2212\s*\d[\d.,]*|\d[\d.,]*-|[+-]?\d+\.?\d*d[+-]?\d+|0x[\da-f]+|[+-]?\d{1,2}(,\d{2})+,\d{3}(\.\d*)?)\s*$/i;

/** Whether a cell is a number that is not written plainly: with a unit, or in such a notation. */
export function isDressedNumber(cell: string): boolean {
  return hasUnit(cell) || NOTATIONS.test(cell);
}

/** The cell with a decimal point and no separators of thousands, where the user says what its commas are. */
export function pointed(written: string, decimal: Decimal | undefined): string {
  if (decimal === undefined) return written;
  const cell = isSpacedNumber(written) ? written.trim().replaceAll(/[^\d.,+-]/g, '') : written;
  if (decimal === '.') return THOUSANDS_COMMA.test(cell) ? cell.replaceAll(',', '') : cell;
  if (THOUSANDS_POINT.test(cell)) return cell.replaceAll('.', '').replace(',', '.');
  if (DECIMAL_COMMA.test(cell)) return cell.replace(',', '.');
  // 1.5 among decimal commas is not what it seems.
  return cell.includes('.') && !Number.isNaN(+cell) ? `${cell}?` : cell;
}

/** The float32 that the cell says, NaN where it says none: `faultIn` says why. true and false are 1 and 0. */
export function numberIn(cell: string): number {
  const value = Math.fround(+cell);
  // The usual case first: a million rows have a hundred million cells.
  if (value !== 0 && value - value === 0 && cell.charCodeAt(1) < 0x58) return value;
  if (value - value === 0) return cell.trim() === '' || RADIX.test(cell) ? Number.NaN : value;
  if (cell.length > 3 && cell.length < 10) {
    const word = cell.trim().toLowerCase();
    if (word === 'true') return 1;
    if (word === 'false') return 0;
  }
  return Number.NaN;
}

/** Problem of a cell for which `numberIn` gives NaN. */
export function faultIn(cell: string): Extract<ProblemKind, 'text' | 'missing' | 'infinite' | 'range'> {
  const word = cell.trim();
  if (MISSING.has(word.toLowerCase())) return 'missing';
  if (NOT_FINITE.test(word)) return 'infinite';
  return Number.isNaN(+word) || RADIX.test(word) ? 'text' : 'range';
}

/** Whether a cell is a number as far as the kind of its column goes. */
export function isNumeric(cell: string): boolean {
  return !Number.isNaN(numberIn(cell)) || faultIn(cell) !== 'text';
}

export function isMissingCell(cell: string): boolean {
  return faultInLabel(cell) || MISSING.has(cell.trim().toLowerCase());
}

/** Whether a cell of the label column holds no label. Words such as None may be a label. */
export function faultInLabel(cell: string): boolean {
  const word = cell.trim();
  return word === '' || word === 'NaN' || word === 'nan';
}

const PLAIN_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INTEGER = /^([+-]?)0*(\d+?)(?:\.0*)?$/;

/** Canonical spelling of a label that is a number: 1, 01, +1 and 1.0 are the same. undefined: not a number. */
export function numericLabel(text: string): string | undefined {
  if (!PLAIN_NUMBER.test(text)) return undefined;
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  // By its digits, not as a double, so that long numbers are not run together.
  if (digits !== undefined) return sign === '-' && digits !== '0' ? `-${digits}` : digits;
  return String(Number(text));
}
