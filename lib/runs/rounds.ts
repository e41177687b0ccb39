/**
 * What a generation evaluates. Usually everything at once, in one round. Where random masks must reach an accuracy bound
 * they stand in a queue: they are evaluated in batches and tried in turn, round after round, until as many are taken as
 * the generation wants. Who is taken depends on the order of the queue only, never on the batches.
 */

import { InvalidSpec } from '../base/errors.ts';
import { hasLivePath } from '../network/minimising/liveness.ts';
import { boundRulesOf } from '../runspec/bound.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { type Admission, admit, firstAdmission, lineLength } from '../search/accuracy-bound.ts';
import {
  breedDescendants,
  breedMigrants,
  breedOffspring,
  breedStart,
  denseMask,
  drawMasks,
  fairMask,
  type MaskDraw,
  migrantsOf,
  type Viable,
} from '../search/breeding.ts';
import { bytesPerGenome } from '../search/genome.ts';
import type { Individual, Newborn } from '../search/individual.ts';

export interface Round {
  readonly generation: number;
  /** From 0 within the generation. */
  readonly round: number;
  /** Masks without scores: descendants of the survivors first, then the end of the queue. */
  readonly offspring: readonly Newborn[];
  /** How many of them, the last ones, stand in the queue. */
  readonly queued: number;
  /** How the queue stands; null where every mask is taken. */
  readonly admission: Admission | null;
  /** Born in this generation, with scores. */
  readonly born: readonly Individual[];
  /** The head of the queue, with scores. */
  readonly waiting: readonly Individual[];
}

/** What a run's rounds are made from. */
export interface Searching {
  readonly spec: RunSpec;
  /** Prunable weights. */
  readonly bits: number;
  /** Training samples. */
  readonly samples: number;
  /** Which masks may be drawn or bred; asked with an accuracy bound only. */
  readonly viable: Viable;
}

/** With an accuracy bound, masks without a path of kept weights from an input to an output are rejected. */
export function viableFor(network: Parameters<typeof hasLivePath>[0]): Viable {
  return (genome) => hasLivePath(network, genome);
}

/** Of `count` masks, how many the budget still allows: a random search uses it to the last evaluation. */
function withinBudget({ algorithm, stop: { maxEvaluations } }: RunSpec, count: number, used: number): number {
  if (algorithm !== 'random-search' || maxEvaluations === null) return count;
  return Math.max(1, Math.min(count, maxEvaluations - used));
}

/** A random search takes fair masks, whatever the start. */
function drawOf({ algorithm, search }: RunSpec): MaskDraw {
  return algorithm === 'sltn-ga' && search.start.strategy === 'dense' ? denseMask : fairMask;
}

const NOTHING_ASIDE = { queued: 0, admission: null, born: [], waiting: [] } as const;

/** The first round of the run. */
export function firstRound(searching: Searching): Round {
  const { spec, bits } = searching;
  const rules = boundRulesOf(spec);
  const { population } = spec.search;
  const first = { ...NOTHING_ASIDE, generation: 0, round: 0 };
  if (rules) return lineUp(searching, { ...first, admission: firstAdmission(rules, population) }, []);
  const rates = { ...spec.search, population: withinBudget(spec, population, 0) };
  return { ...first, offspring: breedStart(spec.seed, rates, bits, drawOf(spec)) };
}

/** What the first round of a later generation goes on from. */
export interface Selected {
  readonly generation: number;
  readonly survivors: readonly Individual[];
  readonly nextId: number;
  /** Since the run began. */
  readonly evaluations: number;
  readonly admission: Admission | null;
  readonly waiting: readonly Individual[];
}

/** The first round of a later generation. Random masks that wait are tried before others are drawn. */
export function nextGeneration(searching: Searching, selected: Selected): Round {
  const { spec, bits, viable } = searching;
  const { seed, search } = spec;
  const { generation, survivors, nextId, evaluations, admission, waiting } = selected;
  const next = { ...NOTHING_ASIDE, generation, round: 0 };
  if (spec.algorithm === 'random-search') {
    const count = withinBudget(spec, search.population, evaluations);
    return { ...next, offspring: breedMigrants(seed, bits, generation, count, nextId) };
  }
  if (!admission) {
    const draw = drawOf(spec);
    return { ...next, offspring: breedOffspring(seed, search, bits, generation, survivors, nextId, draw) };
  }
  const descendants = breedDescendants(seed, search, bits, generation, survivors, nextId, viable);
  const tried = tryQueue(searching, generation, { ...admission, wanted: migrantsOf(search) }, waiting);
  return lineUp(searching, { ...next, ...tried }, descendants);
}

/** What a round is followed by, once its offspring have their scores: all newborns of the generation, or another round. */
export function afterRound(
  searching: Searching,
  { generation, round, queued, admission, born, waiting }: Omit<Round, 'offspring'>,
  scored: readonly Individual[],
): { readonly newborns: readonly Individual[]; readonly rest: Pick<Round, 'admission' | 'waiting'> } | Round {
  const descendants = scored.slice(0, scored.length - queued);
  if (!admission) return { newborns: descendants, rest: NOTHING_ASIDE };
  const queue = [...waiting, ...scored.slice(descendants.length)];
  const tried = tryQueue(searching, generation, admission, queue);
  const all = [...descendants, ...born, ...tried.born];
  if (tried.admission.wanted === 0) return { newborns: all, rest: tried };
  return lineUp(searching, { ...tried, generation, round: round + 1, queued: 0, born: all }, []);
}

/** Tries the masks of a queue, which have scores: those that are taken are born in `generation`. */
function tryQueue(
  { spec, samples }: Searching,
  generation: number,
  before: Admission,
  queue: readonly Individual[],
): { admission: Admission; born: Individual[]; waiting: Individual[] } {
  const rules = boundRulesOf(spec);
  if (!rules) return { admission: before, born: [], waiting: [...queue] };
  const accuracies = queue.map(({ score }) => score.correct / samples);
  const { taken, tried, exhausted, admission } = admit(rules, before, accuracies);
  if (exhausted) {
    throw new InvalidSpec([
      `search.start.bound: no random mask reached ${rules.bound} in ${admission.tries} tries; lower it, or allow more with search.start.tries`,
    ]);
  }
  const origin = generation === 0 ? 'start' : 'migration';
  const chosen = new Set(taken);
  const born = queue
    .filter((_, index) => chosen.has(index))
    .map((individual) => ({ ...individual, origin, born: generation }) as const);
  return { admission, born, waiting: queue.slice(tried) };
}

/** Draws as many masks as are likely to be needed, and puts them at the end of the queue. */
function lineUp(
  { spec, bits, viable }: Searching,
  round: Omit<Round, 'offspring'> & { readonly admission: Admission },
  descendants: readonly Newborn[],
): Round {
  const { admission, waiting, generation } = round;
  const count = lineLength(admission, waiting.length, bytesPerGenome(bits));
  const drawn = drawMasks(spec.seed, bits, admission.drawn, count, viable).map(
    (genome, index) => ({ id: index, genome, origin: 'migration', born: generation }) as const,
  );
  return {
    ...round,
    offspring: [...descendants, ...drawn],
    queued: count,
    admission: { ...admission, drawn: admission.drawn + count },
  };
}
