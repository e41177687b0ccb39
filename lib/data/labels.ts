/** Labels as they are met in files, and the classes that they make. */
import { UserError } from '../base/errors.ts';
import { faultInLabel, numericLabel } from './cells.ts';
import { type Place, type Problems, quoted } from './problems.ts';

/** As many as a Uint16 tells apart, less one. */
export const MOST_CLASSES = 65_535;
/** A number column with more distinct values than this, some of them fractions, is no label. */
const MOST_FRACTIONS = 100;

const WRONG_COLUMN =
  'is this the label column, or a value to be predicted (regression)? Tombola looks for classes: name the right column as the label';

/** Code of a label that is none of the known ones. */
export const UNSEEN = 0xfffffffe;
/** Code of a sample whose label is missing. */
export const UNLABELLED = 0xffffffff;

/** Takes labels as they are read, and gives each a number. */
export interface LabelReader {
  code(text: string): number;
}

/** The code of a label as it is written; `problems` is told of one that is missing or not known. */
export function codeLabel(
  written: string,
  codes: LabelReader,
  problems: Problems,
  place: () => Place,
): number {
  if (faultInLabel(written)) {
    problems.add('label', place());
    return UNLABELLED;
  }
  const text = written.trim();
  const code = codes.code(text);
  if (code === UNSEEN) problems.add('unseen', { ...place(), found: quoted(text) });
  return code;
}

/** Numbers labels in the order in which they are first met. */
export class LabelCodes implements LabelReader {
  readonly texts: string[] = [];
  readonly #codes = new Map<string, number>();
  readonly #where: string;

  /** `where`: file and column, for errors. */
  constructor(where: string) {
    this.#where = where;
  }

  /** Throws UserError where there are more than `MOST_CLASSES`. */
  code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.texts.length;
    // Twice, since 1 and 1.0 are one class in the end.
    if (code >= 2 * MOST_CLASSES) throw this.#tooMany();
    this.texts.push(text);
    this.#codes.set(text, code);
    return code;
  }

  #tooMany(): UserError {
    return new UserError(`${this.#where}: more than ${MOST_CLASSES} different labels; ${WRONG_COLUMN}`);
  }

  /** The classes that all labels met so far make. Throws UserError where they cannot be classes. */
  classes(): Classes {
    const numeric = this.texts.map(numericLabel);
    const numbers = numeric.every((text) => text !== undefined);
    const names = [...new Set(numbers ? numeric.filter((text) => text !== undefined) : this.texts)];
    if (numbers) names.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
    else names.sort(byCodePoint);
    if (names.length > MOST_CLASSES) throw this.#tooMany();
    const fraction = numbers ? names.find((name) => !Number.isInteger(Number(name))) : undefined;
    if (fraction !== undefined && names.length > MOST_FRACTIONS) {
      throw new UserError(
        `${this.#where}: ${names.length} different numbers, fractions such as ${fraction} among them; ${WRONG_COLUMN}`,
      );
    }
    return new Classes(names, numbers);
  }
}

/** By Unicode code point; JavaScript's own order goes by UTF-16 unit. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Names of classes, and which of them a label means. */
export class Classes implements LabelReader {
  readonly names: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #numbers: boolean;

  /** `numbers`: whether all labels are numbers, of which 1 and 1.0 are one. */
  constructor(names: readonly string[], numbers = names.every((name) => numericLabel(name) === name)) {
    this.names = names;
    this.#indexes = new Map(names.map((name, index) => [name, index]));
    this.#numbers = numbers;
  }

  /** 0..classes−1, or UNSEEN for a label that is none of them. */
  code(label: string): number {
    return this.#indexes.get(this.#numbers ? (numericLabel(label) ?? label) : label) ?? UNSEEN;
  }
}
