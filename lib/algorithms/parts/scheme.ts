/** The parts that a search by generations is composed of: see `byGenerations`. */
import type { Gap } from '../../search/fairness.ts';
import type { Individual, Newborn, Objective, Origin } from '../../search/individual.ts';
import type { Doubts, FrontAxis, Match, Memory, Problem, Section } from '../algorithm.ts';
import type { Progress } from './progress.ts';
import type { SearchSpec } from './sections.ts';
import type { StoppingRules } from './stopping.ts';

/** Masks to evaluate, and what the scheme remembers meanwhile. */
export interface Round<Own> {
  readonly offspring: readonly Newborn[];
  readonly own: Own;
}

/** The state from which the first round of a later generation goes on. */
interface Selected<Own> {
  readonly generation: number;
  /** Best first. */
  readonly survivors: readonly Individual[];
  readonly nextId: number;
  /** Since the run began. */
  readonly evaluations: number;
  readonly own: Own;
}

/** All individuals born in a generation. Their ids are given later, in this order. */
interface Settled<Own> {
  readonly newborns: readonly Individual[];
  readonly own: Own;
}

/** The parts of a search by generations. `Own`: what it remembers beside its population. */
export interface Scheme<Spec extends SearchSpec, Own> {
  readonly summary: string;
  readonly section?: Section;
  readonly starts?: boolean;
  readonly match: Match;
  /** Where its individuals come from, in the order of ORIGINS; recombination, mutation and migration if absent. */
  readonly origins?: readonly Origin[];
  /** Masks that are evaluated for the first population, and in every later generation. */
  evaluations(spec: Spec, doubts: Doubts): { readonly first: number; readonly each: number };
  rules(spec: Spec): StoppingRules;
  /** The first round of the run, and of every later generation. */
  start(spec: Spec, problem: Problem): Round<Own>;
  breed(spec: Spec, problem: Problem, selected: Selected<Own>): Round<Own>;
  /** Whether a round with scores ends its generation, or is followed by another one. Ends it if absent. */
  settle?(
    spec: Spec,
    problem: Problem,
    generation: number,
    own: Own,
    scored: readonly Individual[],
  ): Settled<Own> | Round<Own>;
  /** Best first; the best of both if absent. */
  survive?(
    spec: Spec,
    problem: Problem,
    parents: readonly Individual[],
    newborns: readonly Individual[],
  ): Individual[];
  /** The hypervolume that the survivors cover, 0..1, where several objectives count. */
  covered?(spec: Spec, problem: Problem, survivors: readonly Individual[]): number;
  /** Whether the last survivors are tickets beside each other, of which nothing beats some. */
  readonly hasFront?: boolean;
  /** See `Result`, `Algorithm`. */
  frontAxes?(spec: Spec): readonly FrontAxis[];
  figures?(spec: Spec): { readonly objective?: Objective; readonly gaps?: readonly Gap[] };
  needsNetwork?(spec: Spec): boolean;
  problems?(spec: Spec): string[];
  /** While the first population awaits its masks. */
  waiting?(spec: Spec, own: Own): Progress['start'];
  readonly codec: Codec<Own>;
}

/** The memory of a scheme, as the store keeps it. `decode` throws where `encode` did not make it. */
export interface Codec<Own> {
  encode(own: Own): Memory;
  decode(memory: Memory): Own;
}

/** For schemes that remember nothing. */
export const NOTHING: Codec<null> = {
  encode: () => ({ facts: null, aside: [], vectors: {} }),
  decode: () => null,
};
