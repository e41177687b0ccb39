/**
 * The work of a generation of `nested`, and what is made of its outcome: every other mask of the chain is annealed; later,
 * the weights between two masks leave the denser one.
 */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { countOnes, getBit, intersection } from '../../search/genome.ts';
import { type ImprovingState, startAgain } from '../../search/improving.ts';
import { evaluated, type Individual } from '../../search/individual.ts';
import type { Improved, Improvement, Problem } from '../algorithm.ts';
import { byCost, resolvedLambda } from '../parts/flip-ranking.ts';
import { redrawnAfter, sliceAfter } from '../parts/flip-stages.ts';
import { between, freeBits, levelsOf, maskSize, nextPrice } from './chain.ts';
import { LEAVING, type NestedSpec, planOf } from './plan.ts';

type From = Improvement['from'];
type Size = Pick<Problem, 'bits' | 'samples'>;

/** `prices`: of keeping all weights, a mask each, densest first; null before the first flip that is paid for. */
export const factsSchema = z.object({
  nextId: z.int(),
  flips: z.int(),
  prices: z.array(z.number().nullable()),
});

export interface ChainStanding extends z.output<typeof factsSchema> {
  readonly population: readonly Individual[];
  /** Checkpoint of each mask, densest first; and while weights leave, of what is left of it. */
  readonly from: readonly From[];
  /**
   * Of each weight, the masks that kept it, summed over the generations, later ones counting for more, as a share of the most
   * there can be; and a whole number more: the turns for which it stayed while prices rose.
   */
  readonly stays: Float64Array;
}

function maskOf(from: From): Uint8Array {
  return from instanceof Uint8Array ? from : from.genome;
}

export function doneBy(from: From): number {
  return from instanceof Uint8Array ? 0 : from.flips;
}

/** The densest first: each keeps a part of the one before. */
function inChain(population: readonly Individual[]): Individual[] {
  return population.toSorted((a, b) => countOnes(b.genome) - countOnes(a.genome));
}

export function genomesInChain(population: readonly Individual[]): Uint8Array[] {
  return inChain(population).map(({ genome }) => genome);
}

export function lambdaOf({ nested, search }: NestedSpec): number {
  return resolvedLambda(nested.lambda, search.objective);
}

/** The typical change of a flip for each weight: prices are counted in it. */
function unitOf(spec: NestedSpec, { typical }: Pick<ImprovingState, 'typical'>, bits: number): number {
  return (typical ?? 0) * bits || lambdaOf(spec);
}

export function byOwnCost(spec: NestedSpec, population: readonly Individual[], size: Size): Individual[] {
  return byCost(population, spec.search.objective, lambdaOf(spec), size);
}

/** A part of the work of a generation, and the place of its mask in the chain. */
interface Turn {
  readonly place: number;
  readonly task: Improvement;
}

/** Every other mask is annealed. */
export function annealingTurns(
  spec: NestedSpec,
  problem: Problem,
  generation: number,
  { from, prices }: ChainStanding,
) {
  const { flips: all, stages } = planOf(spec, problem);
  const chain = from.map(maskOf);
  const places = [...from.keys()].filter((place) => from.length === 1 || place % 2 === (generation - 1) % 2);
  const { flips, samples } = sliceAfter(stages, doneBy(at(from, at(places, 0))));
  const turns = places.map((place): Turn => {
    const unbounded = freeBits(chain, place);
    const free = problem.allowed ? intersection(unbounded, problem.allowed) : unbounded;
    const lambda = prices[place] ?? 0;
    // Other weights are free than in its turn before: a new pass begins, and the last one was cut short.
    const limits = { flips: all, free, slowBits: 'by-flips' } as const;
    const settings = { method: 'annealing', heat: spec.nested.heat, lambda, ...limits } as const;
    const before = at(from, place);
    const own = before instanceof Uint8Array ? before : { ...before, pass: before.pass + 1, place: 0 };
    return { place, task: { stream: place, settings, flips, from: own } };
  });
  return { samples, redrawnAfter: redrawnAfter(spec.nested, problem), turns };
}

/** Of the weights between two masks those leave that are worth less than the price. */
export function leavingTurns(
  spec: NestedSpec,
  problem: Problem,
  generation: number,
  standing: ChainStanding,
) {
  const { from, prices, population } = standing;
  const rise = LEAVING.factor ** (generation - planOf(spec, problem).annealed - 1);
  const chain = genomesInChain(population);
  const turns = from.flatMap((one, place): Turn[] => {
    if (one instanceof Uint8Array) throw new TypeError('weights leave a mask that was annealed');
    const free = between(one.genome, chain[place + 1]);
    const flips = countOnes(free);
    if (flips === 0) return [];
    const lambda = rise * Math.max(prices[place] ?? 0, LEAVING.from * unitOf(spec, one, problem.bits));
    // One pass: a weight that is not considered would count as one that stayed.
    const limits = { flips: one.flips + flips, free, slowBits: 'all' } as const;
    const settings = { method: 'annealing', heat: 0, lambda, ...limits } as const;
    const own = { ...one, pass: one.pass + 1, place: 0, typical: one.typical ?? 0 };
    return [{ place, task: { stream: from.length + place, settings, flips, from: own } }];
  });
  return { samples: problem.samples, redrawnAfter: null, turns };
}

type TellTurns = (
  spec: NestedSpec,
  problem: Problem,
  generation: number,
  standing: ChainStanding,
  turns: readonly Turn[],
  improved: readonly Improved[],
) => ChainStanding;

export const tellAnnealed: TellTurns = (spec, problem, generation, standing, turns, improved) => {
  const { bits } = problem;
  const [from, prices] = [[...standing.from], [...standing.prices]];
  const { annealed } = planOf(spec, problem);
  const heat = 1 - (generation - 1) / annealed;
  const chain = inChain(standing.population);
  for (const [index, { place }] of turns.entries()) {
    const { state, genome, score } = at(improved, index);
    from[place] = state;
    const unit = unitOf(spec, state, bits);
    const size = maskSize(at(spec.nested.shares, place), bits);
    if (state.typical !== null) prices[place] = nextPrice(prices[place] ?? null, unit, heat, genome, size);
    const newborn = { id: standing.nextId + index, genome, origin: 'improvement', born: generation } as const;
    chain[place] = evaluated(newborn, score, bits);
  }
  const most = ((from.length + 1) * annealed * (annealed + 1)) / 2;
  const levels = levelsOf(from.map(maskOf), bits);
  const stays = standing.stays.map((share, bit) => share + (generation * at(levels, bit)) / most);
  const population = byOwnCost(spec, chain, problem);
  const nextId = standing.nextId + improved.length;
  const last = generation === annealed;
  const own = last
    ? from.map((one) => (one instanceof Uint8Array ? one : startAgain(one, one.genome)))
    : from;
  return { ...standing, population, nextId, from: own, prices, stays };
};

export const tellLeft: TellTurns = (_spec, _problem, _generation, standing, turns, improved) => {
  const chain = genomesInChain(standing.population);
  const [from, stays] = [[...standing.from], standing.stays.slice()];
  for (const [index, { place }] of turns.entries()) {
    const { state } = at(improved, index);
    from[place] = state;
    const left = between(state.genome, chain[place + 1]);
    for (let bit = 0; bit < stays.length; bit++) stays[bit] = at(stays, bit) + getBit(left, bit);
  }
  return { ...standing, from, stays };
};
