/**
 * The accuracy bound (arXiv 2411.04658, "GA (adaptive AB)" and "static AB"): random masks enter the population only if
 * they classify well enough. Random masks queue up and are tried in turn. The papers steer the adaptive bound by
 * wall-clock seconds; here tries are counted, so that runs reproduce.
 */
import { z } from 'zod';
import type { CompleteStart, SearchSpec, StartSpec } from './sections.ts';

/** A start whose random masks must reach a bound: one that falls, or one that stays where it is. */
export type BoundRules = Extract<CompleteStart, { readonly bound: number }>;

/** Tries for one mask: up to `reasonable` the bound stays, after `given` the search for the mask has failed. */
type Tries = Extract<BoundRules, { strategy: 'adaptive-bound' }>['tries'];

/** The state of the queue of random masks. */
export const admissionSchema = z.object({
  /** Share of the training data that a mask must classify correctly, 0..1. */
  bound: z.number(),
  /** Tries so far at the mask that is looked for. */
  tries: z.int(),
  /** Searches for a mask that failed since the run began. */
  failures: z.int(),
  /** Masks still wanted in this generation. */
  wanted: z.int(),
  /** Tries that a mask took lately: how many to line up. */
  pace: z.number(),
  /** Random masks drawn since the run began: the next one's number. */
  drawn: z.int(),
});
export type Admission = z.output<typeof admissionSchema>;

/** The bound, and how the search for the next mask is going. */
type AccuracyBound = Pick<Admission, 'bound' | 'tries' | 'failures'>;

/** At this bound the adaptive strategy takes every connected mask. */
export const LOWEST_BOUND = 0.51;

/** The papers' small networks: one hidden layer narrower than 40, or two that are both narrower than 30. */
function isSmall(hidden: readonly number[]): boolean {
  const limit = hidden.length === 1 ? 40 : hidden.length === 2 ? 30 : 0;
  return hidden.length > 0 && hidden.every((width) => width < limit);
}

/**
 * The papers call 4 s a mask reasonable and give 5 s. Their code evaluates about 90 masks a second of a small network, 450
 * in that time, and about 20 of the others. Small networks are cheap, and get twice as many: the median of above is 0.934
 * with 1,000 tries from 0.85. `hidden`: widths of the hidden layers.
 */
export function defaultTries(hidden: readonly number[]): Tries {
  return isSmall(hidden) ? { reasonable: 800, given: 1_000 } : { reasonable: 80, given: 100 };
}

/**
 * The start with the defaults that follow from network and data filled in, as far as these are known. `hidden`: widths of
 * the hidden layers; graphs, which have none, are as slow as the larger of the papers' networks, or slower.
 */
export function completeStart(start: StartSpec, sizes: Sizes & { readonly classes: number }): CompleteStart;
export function completeStart(start: StartSpec, sizes: Sizes): StartSpec;
export function completeStart(start: StartSpec, { hidden, classes }: Sizes): StartSpec {
  if (start.strategy === 'adaptive-bound') return { ...start, tries: start.tries ?? defaultTries(hidden) };
  if (start.strategy !== 'static-bound' || start.bound !== undefined || classes === undefined) return start;
  return { ...start, bound: Math.min(0.7, 1.5 / classes) };
}

interface Sizes {
  readonly hidden: readonly number[];
  readonly classes: number | undefined;
}

/** The bound that random masks must reach; undefined where they are taken as they come. */
export function boundRulesOf({ search: { start } }: Pick<SearchSpec, 'search'>): BoundRules | undefined {
  return start.strategy === 'static-bound' || start.strategy === 'adaptive-bound' ? start : undefined;
}

/** Fall of the bound after a success that was slower than reasonable; `left`: share of the slow tries not used, 0..1. */
function fallAfterSlowSuccess(left: number): number {
  return 0.1 * (0.051 + 0.93 * Math.exp(-9.36 * left));
}

/** The papers' falls after failures add up to 0.34: a higher bound would never come to its floor without a least one. */
const LEAST_FALL = 0.005;

/** Fall of the bound after failure number `failures`, counted from 0: 0.1, 0.1^1.15, 0.1^1.3, … */
function fallAfterFailure(failures: number): number {
  return Math.max(LEAST_FALL, 0.1 ** (1 + 0.15 * failures));
}

/** One more random mask, of that accuracy: is it taken, and what is the bound afterwards? */
export function tryMask(
  rules: BoundRules,
  { bound, tries: before, failures }: AccuracyBound,
  accuracy: number,
): { readonly taken: boolean; readonly next: AccuracyBound } {
  const tries = before + 1;
  if (rules.strategy === 'static-bound') {
    const taken = accuracy >= bound;
    return { taken, next: { bound, tries: taken ? 0 : tries, failures } };
  }
  const { reasonable, given } = rules.tries;
  const lowered = (fall: number) => Math.max(LOWEST_BOUND, bound - fall);
  if (bound <= LOWEST_BOUND || accuracy >= bound) {
    const fall = tries > reasonable ? fallAfterSlowSuccess((given - tries) / (given - reasonable)) : 0;
    return { taken: true, next: { bound: lowered(fall), tries: 0, failures } };
  }
  if (tries < given) return { taken: false, next: { bound, tries, failures } };
  const next = { bound: lowered(fallAfterFailure(failures)), tries: 0, failures: failures + 1 };
  return { taken: false, next };
}

/** Before the first mask. */
export function firstAdmission(rules: BoundRules, wanted: number): Admission {
  return { bound: rules.bound, tries: 0, failures: 0, wanted, pace: 10, drawn: 0 };
}

export interface Admitted {
  /** Positions in the queue of the masks that are taken. */
  readonly taken: readonly number[];
  /** Masks that were tried, from the head of the queue. */
  readonly tried: number;
  /** A static bound was not reached in all the tries that it gives a mask: the search is at its end. */
  readonly exhausted: boolean;
  readonly admission: Admission;
}

/** Tries masks in turn until none is wanted, none is left, or a static bound has no tries left. */
export function admit(rules: BoundRules, admission: Admission, accuracies: ArrayLike<number>): Admitted {
  let bound: AccuracyBound = admission;
  const taken: number[] = [];
  let tried = 0;
  let exhausted = false;
  while (tried < accuracies.length && taken.length < admission.wanted && !exhausted) {
    const result = tryMask(rules, bound, accuracies[tried] ?? 0);
    bound = result.next;
    if (result.taken) taken.push(tried);
    tried++;
    exhausted = rules.strategy === 'static-bound' && bound.tries >= rules.tries;
  }
  const pace = tried === 0 ? admission.pace : tried / Math.max(1, taken.length);
  const wanted = admission.wanted - taken.length;
  return { taken, tried, exhausted, admission: { ...admission, ...bound, wanted, pace } };
}

/** More than are expected to be needed, since a second round costs more than a few masks too many: they stay in line. */
const SURPLUS = 1.5;
const FEWEST = 16;
const MOST = 2_048;
/** Bytes of genomes that a line may have. */
const MOST_BYTES = 32e6;

/** How many random masks to line up after those that wait already. A pure function of what has been tried so far. */
export function lineLength({ wanted, pace }: Admission, waiting: number, bytesPerMask: number): number {
  if (wanted === 0) return 0;
  const most = Math.max(1, Math.min(MOST, Math.floor(MOST_BYTES / Math.max(1, bytesPerMask))));
  const expected = Math.ceil(wanted * pace * SURPLUS) - waiting;
  return Math.min(most, Math.max(FEWEST, expected));
}
