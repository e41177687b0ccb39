/** Names of classes and features, as the data have them; numbers where they have none. */
import stringWidth from 'string-width';

export interface Names {
  readonly classes?: readonly string[] | undefined;
  readonly features?: readonly string[] | undefined;
}

/** Letters of a name that a figure has room for. */
export const MOST_LETTERS = 14;

/** The class's name, or its number. */
export function className({ classes }: Names, label: number): string {
  return classes?.[label] ?? String(label);
}

/** The feature's name, or x₁, x₂, …; `index` from 0. */
export function featureName({ features }: Names, index: number): string {
  const number = String(index + 1).replace(/\d/g, (digit) => String.fromCodePoint(0x2080 + Number(digit)));
  return features?.[index] ?? `x${number}`;
}

/** Letters that the widest of them takes; one of twice the width counts twice. */
export function widest(names: readonly string[]): number {
  return Math.max(...names.map((name) => stringWidth(name)));
}

/** A long name is cut, with an ellipsis; a letter of twice the width, such as a Chinese one, counts twice. */
export function shortened(name: string, letters = MOST_LETTERS): string {
  if (stringWidth(name) <= letters) return name;
  let [cut, room] = ['', letters - 1];
  for (const letter of name) {
    room -= stringWidth(letter);
    if (room < 0) break;
    cut += letter;
  }
  return `${cut}…`;
}
