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

/** Default price of keeping all weights. */
export function defaultLambda(objective: Objective): number {
  return LAMBDA[objective === 'cross-entropy' ? objective : 'others'];
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
