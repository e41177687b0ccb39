/** Parsers of command line arguments, and options that several commands have. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { pickSchema } from '../algorithms/parts/sections.ts';
import type { Budget } from '../runspec/budget.ts';
import { nearest } from '../runspec/parser.ts';
import { OBJECTIVES } from '../search/individual.ts';
import { PICK_NAMES, type PickRule } from '../search/picking.ts';

/** A whole number from `lowest` to `highest`. */
export function wholeNumber(lowest: number, highest = Number.MAX_SAFE_INTEGER) {
  const range =
    highest === Number.MAX_SAFE_INTEGER ? `, at least ${lowest}` : ` from ${lowest} to ${highest}`;
  return (text: string): number => {
    const value = Number(text);
    const isIn = value >= lowest && value <= highest;
    if (text.trim() !== '' && Number.isInteger(value) && isIn) return value;
    throw new InvalidArgumentError(`Expected a whole number${range}.`);
  };
}

/** A number that is not negative. */
export function atLeastZero(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number, at least 0.');
}

/** A number in 0..1 that is not `without`. */
function shareWithout(without: 0 | 1) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 1 && value !== without) return value;
    const range = without === 0 ? 'more than 0, at most 1' : 'at least 0, less than 1';
    throw new InvalidArgumentError(`Expected a share, ${range}, such as ${without === 0 ? '0.1' : '0.9'}.`);
  };
}

export const keptShare = shareWithout(0);
export const sparsity = shareWithout(1);

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
    `fitness of a mask on the training data: ${OBJECTIVES.join(', ')} (default: accuracy; of data in files cross-entropy)`,
  ).argParser(nameIn(OBJECTIVES));

/** A name, `accuracy=0.95` or `weights=500`. */
function pickOf(text: string): PickRule {
  const [, figure, number = ''] = /^(accuracy|weights)=(.+)$/.exec(text.trim()) ?? [];
  if (figure === undefined) return nameIn(PICK_NAMES)(text);
  const rule =
    figure === 'accuracy'
      ? { accuracy: { atLeast: Number(number) } }
      : { weights: { atMost: Number(number) } };
  const parsed = pickSchema.safeParse(rule);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(
    'Expected an accuracy from 0 to 1, such as accuracy=0.95, or a whole number of weights, such as weights=500.',
  );
}

export const pickOption = () =>
  new Option(
    '--pick <rule>',
    `which ticket of the front the run ends with: ${PICK_NAMES.join(', ')}, accuracy=A (the sparsest that is so accurate) or weights=N (the most accurate with at most so many) (default: best)`,
  ).argParser(pickOf);

const UNITS: Readonly<Record<string, (amount: number) => Budget>> = {
  usd: (dollars) => ({ dollars }),
  min: (minutes) => ({ minutes }),
  h: (hours) => ({ minutes: 60 * hours }),
};

const AMOUNTS_EXPECTED = 'Expected money, time or both, such as 0.5usd, 30min, 2h or 0.5usd,30min.';
const TIME_EXPECTED = 'A run on this computer costs nothing: expected a time, such as 30min or 2h.';

/** `0.5usd`, `30min`, `2h`, or money and time with a comma between them. `expected`: to say of anything else. */
function budgetOf(text: string, expected: string): Budget {
  const parts = text.split(',').map((part) => {
    const [, amount = '', unit = ''] = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)\s*$/i.exec(part) ?? [];
    return Number(amount) > 0 ? UNITS[unit.toLowerCase()]?.(Number(amount)) : undefined;
  });
  const budget: Budget = Object.assign({}, ...parts);
  if (parts.every((part) => part !== undefined) && Object.keys(budget).length === parts.length) return budget;
  throw new InvalidArgumentError(expected);
}

/** In the cloud, where a run costs money as well as time. */
export const budgetOption = () =>
  new Option(
    '--budget <amounts>',
    'limits of cost and time, such as 0.5usd,30min; ends there with the best result so far',
  ).argParser((text) => budgetOf(text, AMOUNTS_EXPECTED));

/** On this computer, where it costs nothing. */
export const timeBudgetOption = () =>
  new Option(
    '--budget <time>',
    'time limit, such as 30min or 2h; ends there with the best result so far',
  ).argParser((text) => {
    const budget = budgetOf(text, TIME_EXPECTED);
    if (budget.dollars === undefined) return budget;
    throw new InvalidArgumentError(TIME_EXPECTED);
  });

const SECONDS: Readonly<Record<string, number>> = { h: 3_600, d: 86_400, w: 7 * 86_400 };

/** `12h`, `30d` or `4w`, in seconds. */
export function ageOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)([hdw])$/.exec(text.trim()) ?? [];
  const seconds = Number(amount) * (SECONDS[unit] ?? Number.NaN);
  if (Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError('Expected hours, days or weeks, such as 12h, 30d or 4w.');
}
