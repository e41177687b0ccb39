/** Names of classes and features, as the data have them; numbers where they have none. */

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

/** A long name is cut, with an ellipsis. */
export function shortened(name: string, letters = MOST_LETTERS): string {
  const all = [...name];
  return all.length <= letters ? name : `${all.slice(0, letters - 1).join('')}…`;
}
