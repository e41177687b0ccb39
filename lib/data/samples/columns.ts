/** Which columns of a table are features, and which is the label. */
import { UserError } from '../../base/errors.ts';
import { counted } from '../../base/format.ts';
import { commaNumber, hasUnit, isSpacedNumber } from '../cells.ts';
import type { Choice, Image, Table } from '../formats/table.ts';
import { LABEL_NAMES } from '../labels.ts';
import { quoted } from '../problems.ts';
import { columnAt, has, nameOfColumn, namesInQuotes } from './naming.ts';

export interface ColumnOptions {
  /** Name, or index from 0, negative from the end; a word such as '-1' may be either. */
  readonly label?: string | number | undefined;
  readonly ignore?: readonly string[] | undefined;
  /** The column of groups, and whether it is a feature as well. */
  readonly group?: { readonly column: string | number; readonly feature: boolean } | undefined;
  /** Leave out columns of text rather than refuse them: to describe what is there. */
  readonly leaveOutText?: boolean;
}

/** How the label column was found. */
export type LabelFound = 'given' | 'name' | 'text' | 'last';

export interface Chosen extends Choice {
  readonly found?: LabelFound;
  /** Columns that are not read, and why. */
  readonly leftOut: readonly { readonly column: number; readonly why: string }[];
}

/** Why a column of text is left out. */
export const TEXT = 'it holds text';

/** Columns that the user or the file leaves out. */
function leftOutOf(table: Table, { ignore = [] }: ColumnOptions): Map<number, string> {
  const leftOut = new Map<number, string>();
  for (const name of ignore) leftOut.set(columnAt(table, name, 'ignore'), 'ignored');
  for (const [index, { leftOut: why }] of table.columns.entries()) {
    if (why !== undefined && !leftOut.has(index)) leftOut.set(index, why);
  }
  return leftOut;
}

interface FoundLabel {
  readonly label: number;
  readonly found: LabelFound;
}

/** The label column: given, called so, the only text column, else the last of those that are there. */
function findLabel(table: Table, options: ColumnOptions, leftOut: Map<number, string>): FoundLabel {
  if (options.label !== undefined) {
    const label = columnAt(table, options.label, 'label');
    if (leftOut.get(label) === 'ignored')
      throw new UserError(`${table.name}: ${nameOfColumn(table, label)} is both the label and to be ignored`);
    leftOut.delete(label);
    return { label, found: 'given' };
  }
  const candidates = [...table.columns.keys()].filter((index) => !leftOut.has(index));
  for (const name of LABEL_NAMES) {
    const label = candidates.find((index) => table.columns[index]?.name?.toLowerCase() === name);
    if (label !== undefined && table.named) return { label, found: 'name' };
  }
  const texts = candidates.filter(
    (index) =>
      table.columns[index]?.kind === 'text' &&
      !table.columns[index]?.nested &&
      !table.columns[index]?.dressed &&
      !isCommaNumber(table, index),
  );
  const [text] = texts;
  if (text !== undefined && texts.length === 1) return { label: text, found: 'text' };
  const label = candidates.at(-1);
  if (label === undefined) throw new UserError(`${table.name}: all its columns are left out`);
  return { label, found: 'last' };
}

/** Features and, unless `labelled` is false, the label. Throws UserError where columns cannot be what they should. */
export function chooseColumns(table: Table, options: ColumnOptions, labelled = true): Chosen {
  refuseDoubled(table);
  const leftOut = leftOutOf(table, options);
  const label = labelled ? findLabel(table, options, leftOut) : undefined;
  if (label && table.columns[label.label]?.nested)
    throw new UserError(
      `${table.name}: label: ${nameOfColumn(table, label.label)} holds lists or structures, expected a class in each row: name another column (label)`,
    );
  if (options.leaveOutText) {
    for (const [index, { kind }] of table.columns.entries()) {
      if (kind === 'text' && index !== label?.label && !leftOut.has(index) && !isCommaNumber(table, index))
        leftOut.set(index, TEXT);
    }
  }
  const features = [...table.columns.keys()].filter((index) => index !== label?.label && !leftOut.has(index));
  refuseText(table, features);
  if (features.length === 0) {
    const texts = [...leftOut].filter(([, why]) => why === TEXT).map(([column]) => column);
    refuseText(table, texts);
    const why = label ? `, only ${nameOfColumn(table, label.label)}, its label` : '';
    throw new UserError(
      `${table.name}: has no features${why}; check the delimiter: it was read as ${table.form}`,
    );
  }
  return { features, ...label, leftOut: [...leftOut].map(([column, why]) => ({ column, why })) };
}

/** Numbers that are not left out as if they were text. */
function isCommaNumber({ columns }: Table, index: number): boolean {
  const { example, grouped } = columns[index] ?? {};
  const found = example?.found ?? '';
  return grouped === true || commaNumber(found) !== undefined || isSpacedNumber(found);
}

/** The label column of a file that holds labels only. */
export function chooseLabelOnly(table: Table, options: ColumnOptions): Chosen {
  const leftOut = leftOutOf(table, { ignore: options.ignore?.filter((name) => has(table, name)) });
  const { label, found } = findLabel(table, options, leftOut);
  return { features: [], label, found, leftOut: [...leftOut].map(([column, why]) => ({ column, why })) };
}

function refuseDoubled(table: Table): void {
  if (!table.named) return;
  const seen = new Map<string, number>();
  for (const [index, { name = '' }] of table.columns.entries()) {
    const before = seen.get(name);
    if (before !== undefined) {
      throw new UserError(
        `${table.name}: columns ${before + 1} and ${index + 1} are both called ${quoted(name)}; rename one of them`,
      );
    }
    seen.set(name, index);
  }
}

/** Throws UserError where features are text. */
function refuseText(table: Table, features: readonly number[]): void {
  const texts = features.filter((index) => table.columns[index]?.kind === 'text');
  if (texts.length === 0) return;
  const lines = texts.slice(0, 5).map((index) => textFault(table, index));
  if (texts.length > 5) lines.push(`${table.name}: ${texts.length} columns in all hold text`);
  throw new UserError(lines.join('\n'));
}

/** Problem of a column of text that should be a feature, and what to do. */
function textFault(table: Table, index: number): string {
  const { name, example, dressed, grouped } = table.columns[index] ?? {};
  const place = example?.line === undefined ? '' : `, line ${example.line}`;
  const where = `${table.name}${place}, ${nameOfColumn(table, index)}`;
  const found = example ? quoted(example.found) : 'text';
  const ignore = `leave it out (ignore: [${JSON.stringify(name ?? String(index))}])`;
  const comma = example && commaNumber(example.found);
  if (grouped) {
    return `${where}: found ${found} beside whole numbers, and no other fractions: say whether its point stands between thousands (--decimal , or decimal: ",") or before a fraction (--decimal . or decimal: ".")`;
  }
  if (comma === 'decimal') {
    return `${where}: found ${found}, expected numbers with a decimal point: say that the comma is one (--decimal , or decimal: ","), or write them so`;
  }
  if (comma !== undefined) {
    return `${where}: found ${found}, expected numbers without commas: say whether they stand between thousands (--decimal . or decimal: ".") or are decimal (--decimal , or decimal: ",")`;
  }
  if (example && isSpacedNumber(example.found)) {
    const said = example.found.includes(',') ? ',' : '.';
    return `${where}: found ${found}, expected numbers without separators of thousands: say what stands before fractions (--decimal ${said} or decimal: ${JSON.stringify(said)}), or write them so`;
  }
  if (dressed) {
    const [what, todo] = hasUnit(example?.found ?? '')
      ? ['a number with a unit', 'write them without it']
      : ['a number in a notation that is not read', 'write them like -1234.5'];
    return `${where}: found ${found}, ${what}, expected plain numbers: ${todo}, or ${ignore}`;
  }
  // In a Parquet file the type decides.
  if (example && example.line === undefined) {
    const split = table.columns[index]?.nested ? 'write each element as a column of its own, or ' : '';
    return `${where} holds ${example.found}, expected numbers; ${split}${ignore}${split ? '' : ', or name it as the label if it is that'}`;
  }
  return `${where} holds text: found ${found}, expected numbers; write its categories as columns of 0 and 1, ${ignore}, or name it as the label if it is that`;
}

/** Facts that a file must agree with: of the training data, or of a ticket. */
export interface Known {
  /** Its name in errors: "the training data train.csv". */
  readonly what: string;
  readonly features: number;
  readonly featureNames?: readonly string[] | undefined;
  readonly image?: Image | undefined;
  /** The label column's name or index. */
  readonly label?: string | number | undefined;
  /** Its index. */
  readonly labelIndex?: number | undefined;
  /** Columns in all. */
  readonly columns?: number | undefined;
  /** Columns that are left out of it by name, and so may be there; 'any': others do no harm. */
  readonly leftOut?: readonly string[] | 'any';
}

/** The columns that are the known features, in their order, and the label. Throws UserError. */
export function matchColumns(table: Table, known: Known, options: ColumnOptions, labelled = true): Chosen {
  const names = known.featureNames;
  if (!names || !table.named) {
    const label = options.label ?? labelOf(table, known);
    const chosen = chooseColumns(table, { label, ignore: options.ignore }, labelled);
    if (chosen.features.length === known.features) return chosen;
    throw differ(table.name, chosen.features.length, known, !labelled);
  }
  refuseDoubled(table);
  const indexes = new Map(table.columns.map(({ name = '' }, index) => [name, index]));
  const leftOut = known.leftOut === 'any' ? [] : (known.leftOut ?? []);
  const expected = new Set([...names, ...leftOut, ...(options.ignore ?? [])]);
  const others = [...indexes].filter(
    ([name, index]) => !expected.has(name) && !table.columns[index]?.leftOut,
  );
  const labels = others.map(([, index]) => index);
  const label = labelled ? labelAmong(table, known, options, labels) : undefined;
  const missing = names.filter((name) => !indexes.has(name));
  const extra = others.filter(([, index]) => index !== label?.label).map(([name]) => name);
  const refused = labelled && known.leftOut !== 'any' && extra.length > 0;
  if (missing.length > 0 || refused) {
    const lines: string[] = [];
    if (missing.length > 0)
      lines.push(
        `${table.name}: lacks ${namesInQuotes(missing)}, which ${known.what} has${missing.length === names.length ? '; if its columns are the same in the same order, give them those names, or leave its header out' : ''}`,
      );
    if (refused)
      lines.push(
        `${table.name}: has ${namesInQuotes(extra)}, which ${known.what} does not have; leave them out (ignore)`,
      );
    throw new UserError(lines.join('\n'));
  }
  const features = names.map((name) => indexes.get(name) ?? 0);
  refuseNeeded(table, known, options);
  refuseText(table, features);
  return { features, ...label, leftOut: [] };
}

/** Throws UserError where a known feature is to be ignored; the column of groups may be one. */
function refuseNeeded(
  table: Table,
  { what, featureNames = [] }: Known,
  { ignore = [], group }: ColumnOptions,
) {
  const groups = group && table.columns[columnAt(table, group.column, 'group')]?.name;
  const needed = ignore.filter((name) => featureNames.includes(name) && name !== groups);
  if (needed.length > 0)
    throw new UserError(
      `${table.name}: ignore: found ${namesInQuotes(needed)}, which ${what} has among its features; ignore other columns only`,
    );
}

/** The label column of the known data in this table: by its name, or by its place where there are as many columns. */
function labelOf(table: Table, { label, labelIndex, columns }: Known): string | number | undefined {
  if (typeof label === 'string' && has(table, label)) return label;
  return columns === table.columns.length ? labelIndex : undefined;
}

function labelAmong(table: Table, known: Known, { label }: ColumnOptions, others: number[]): FoundLabel {
  if (label !== undefined) return { label: columnAt(table, label, 'label'), found: 'given' };
  if (typeof known.label === 'string') return { label: columnAt(table, known.label, 'label'), found: 'name' };
  const kept = new Map(
    [...table.columns.keys()].filter((index) => !others.includes(index)).map((index) => [index, '']),
  );
  if (others.length === 0)
    throw new UserError(
      `${table.name}: has no label column beside the features of ${known.what}; scores need the true classes: add them as a column (for predictions alone: npx tombola predict)`,
    );
  return findLabel(table, {}, kept);
}

/** `alone`: where every column counts as a feature, even one that may be the label. */
export function differ(name: string, features: number, known: Known, alone = false): UserError {
  const more = alone && features > known.features;
  const hint = more
    ? ': leave columns that are no features, such as the label, out (--ignore, or ignore in a spec)'
    : '';
  return new UserError(
    `${name}: has ${counted(features, 'feature')}, ${known.what} has ${known.features}; both must have the same${hint}`,
  );
}
