/** Labels as they are met in files, and the classes that they make. */
import { UserError } from '../base/errors.ts';
import { faultInLabel, numericLabel } from './cells.ts';
import { type Place, type Problems, quoted } from './problems.ts';

/** Names that label columns have, the most telling first. */
export const LABEL_NAMES =
  'label labels target targets class classes y species category outcome diagnosis'.split(' ');

/** The values of a Uint16, less one. */
export const MOST_CLASSES = 65_535;
/** A number column with more distinct values than this, some of them fractions, is no label. */
const MOST_FRACTIONS = 100;

const WRONG_COLUMN =
  'is this the label column, or a value to be predicted (regression)? Tombola looks for classes: name the right column as the label (--label)';

/** Code of a label that is none of the known ones. */
export const UNSEEN = 0xfffffffe;
/** Code of a sample whose label is missing. */
export const UNLABELLED = 0xffffffff;

/** Takes labels as they are read, and gives each a number. */
export interface LabelReader {
  code(text: string): number;
}

/** For features alone. */
export const NO_LABELS: LabelReader = { code: () => UNSEEN };

/** The code of a label as it is written; one that is missing or not known is added to `problems`. */
export function codeLabel(written: string, codes: LabelReader, problems: Problems, place: () => Place) {
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
    const names = [...new Set(spelt(this.texts))];
    const numbers = names.every((name) => numericLabel(name) !== undefined);
    if (numbers) names.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
    // By Unicode code point; JavaScript's own order goes by UTF-16 unit.
    else names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    if (names.length > MOST_CLASSES) throw this.#tooMany();
    const fraction = numbers ? names.find((name) => !Number.isInteger(Number(name))) : undefined;
    if (fraction !== undefined && names.length > MOST_FRACTIONS) {
      throw new UserError(
        `${this.#where}: ${names.length} different numbers, fractions such as ${fraction} among them; ${WRONG_COLUMN}`,
      );
    }
    return new Classes(names);
  }
}

const WHOLE = /^(-?(?:0|[1-9]\d*))(?:\.0+)?$/;
const BOOLEAN = /^(true|false)$/i;

/**
 * The labels as they are written: 1.10 is not 1.1, nor 01 1. Only where all are whole numbers, 1.0 is 1, and where all are
 * booleans, True is true: programs and formats write the same column in both ways.
 */
function spelt(texts: readonly string[]): readonly string[] {
  if (texts.every((text) => WHOLE.test(text))) {
    return texts.map((text) => text.replace(WHOLE, '$1').replace(/^-0$/, '0'));
  }
  return texts.every((text) => BOOLEAN.test(text)) ? texts.map((text) => text.toLowerCase()) : texts;
}

/** Names of classes, and which of them a label means. */
export class Classes implements LabelReader {
  readonly names: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  /** Numbers and booleans: by their value, where one name alone has it. */
  readonly #values = new Map<string, number>();

  constructor(names: readonly string[]) {
    this.names = names;
    this.#indexes = new Map(names.map((name, index) => [name, index]));
    const values = names.map(labelValue);
    if (values.includes(undefined)) return;
    for (const [index, value = ''] of values.entries())
      this.#values.set(value, this.#values.has(value) ? UNSEEN : index);
  }

  /** 0..classes−1, or UNSEEN for a label that is none of them: as it is written, else the only one of its value. */
  code(label: string): number {
    return this.#indexes.get(label) ?? this.#values.get(labelValue(label) ?? '') ?? UNSEEN;
  }
}

function labelValue(label: string): string | undefined {
  return BOOLEAN.test(label) ? label.toLowerCase() : numericLabel(label);
}
