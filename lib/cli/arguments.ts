/** Parsers of command line arguments, and options that several commands have. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { nearest } from '../runspec/parser.ts';
import { OBJECTIVES } from '../search/individual.ts';

/** A whole number, at least `lowest`. */
export function wholeNumber(lowest: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= lowest) return value;
    throw new InvalidArgumentError(`Expected a whole number, at least ${lowest}.`);
  };
}

/** One of `names`. */
function nameIn<Name extends string>(names: readonly Name[]) {
  return (text: string): Name => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    const near = nearest(text, names);
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
    throw new InvalidArgumentError(`${hint}Expected one of ${names.join(', ')}.`);
  };
}

export const objectiveOption = () =>
  new Option(
    '--objective <name>',
    `what the search looks for on the training data: ${OBJECTIVES.join(', ')} (default: accuracy; of files with more than two classes cross-entropy)`,
  ).argParser(nameIn(OBJECTIVES));
