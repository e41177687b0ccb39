/** Cost that a search by single flips minimises: the objective, and a price on the kept weights. */
import { countOnes } from '../../search/genome.ts';
import {
  compareIndividuals,
  fitnessOf,
  type Individual,
  isMacroAverage,
  type Objective,
} from '../../search/individual.ts';
import type { Problem } from '../algorithm.ts';

const LAMBDA = { 'cross-entropy': 1, others: 0.2 } as const;

/** The price of keeping all weights: as asked, or the default of the objective. */
export function resolvedLambda(asked: number | null, objective: Objective): number {
  return asked ?? LAMBDA[objective === 'cross-entropy' ? objective : 'others'];
}

/** Where accuracy is the objective, cross-entropy decides among equals: accuracy alone has few steps to climb. */
export function flipObjective(objective: Objective): Objective {
  return objective === 'accuracy' ? 'accuracy-then-cross-entropy' : objective;
}

/** A mask that keeps all weights costs λ more than one that keeps none. */
export function maskCost(
  { score, genome }: Individual,
  objective: Objective,
  lambda: number,
  problem: Size,
): number {
  const { samples, bits } = problem;
  const fitness = fitnessOf(score, objective);
  const share = (lambda * countOnes(genome)) / bits;
  if (objective === 'cross-entropy') return share - fitness / samples;
  return share + 1 - (isMacroAverage(objective) ? fitness : fitness / samples);
}

type Size = Pick<Problem, 'bits' | 'samples'>;

/** Errors of rounding of figures, as a share. */
const ROUNDING = 1e-6;

/**
 * Whether a mask keeps nothing, or does no better than a guess without a look at the features: the largest class for every
 * sample, or, by cross-entropy, the shares of the classes.
 */
export function isAtChance(
  { score, zeros }: Individual,
  objective: Objective,
  { bits, samples, classSizes = [] }: Pick<Problem, 'bits' | 'samples' | 'classSizes'>,
): boolean {
  if (zeros === bits) return true;
  const sizes = classSizes.filter((size) => size > 0);
  if (sizes.length === 0) return false;
  const largest = Math.max(...sizes);
  if (objective === 'cross-entropy') {
    const entropy = sizes.reduce((sum, size) => sum - size * Math.log(size / samples), 0);
    return fitnessOf(score, objective) <= -entropy * (1 - ROUNDING);
  }
  if (!isMacroAverage(objective)) return score.correct <= largest;
  // A class that is always predicted has recall 1, and its share of the samples is the precision.
  const share = largest / samples;
  const figure = objective === 'macro-f1' ? (2 * share) / (1 + share) : 1;
  return fitnessOf(score, objective) <= (figure / sizes.length) * (1 + ROUNDING);
}

/** Masks at chance last, however little they cost; the order is kept otherwise. */
export function chanceLast(
  individuals: readonly Individual[],
  objective: Objective,
  problem: Problem,
): Individual[] {
  const atChance = new Set(individuals.filter((one) => isAtChance(one, objective, problem)));
  return [...individuals.filter((one) => !atChance.has(one)), ...atChance];
}

/** Least cost first. */
export function byCost(
  individuals: readonly Individual[],
  objective: Objective,
  lambda: number,
  problem: Size,
): Individual[] {
  const compare = compareIndividuals(objective);
  const costs = new Map(individuals.map((one) => [one, maskCost(one, objective, lambda, problem)]));
  return individuals.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0) || compare(a, b));
}
