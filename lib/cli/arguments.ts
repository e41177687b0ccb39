/** Parsers of command line arguments. */
import { InvalidArgumentError } from '@commander-js/extra-typings';

/** A whole number, at least `lowest`. */
export function wholeNumber(lowest: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= lowest) return value;
    throw new InvalidArgumentError(`Expected a whole number, at least ${lowest}.`);
  };
}
