/** When a search is over. */
import type { SearchSpec } from './sections.ts';

export type StoppingRules = SearchSpec['stop'];

export const STOP_REASONS = [
  'target-accuracy',
  'stagnation',
  'max-generations',
  'max-evaluations',
  'max-epochs',
  'early-stopping',
  'max-flips',
  'budget',
] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/**
 * Why the search is over after `generation` generations, or undefined if it goes on.
 * `unchanged`: generations since the best fitness last changed. `accuracy`: the best individual's, on training data.
 * `evaluations`: since the run began.
 */
export function stopReason(
  rules: StoppingRules,
  generation: number,
  unchanged: number,
  accuracy: number,
  evaluations: number,
): StopReason | undefined {
  if (rules.maxEvaluations !== null && evaluations >= rules.maxEvaluations) return 'max-evaluations';
  if (generation >= rules.maxGenerations) return 'max-generations';
  if (generation < rules.minGenerations) return undefined;
  if (rules.targetAccuracy !== null && accuracy >= rules.targetAccuracy) return 'target-accuracy';
  if (rules.stagnation !== null && unchanged >= rules.stagnation) return 'stagnation';
  return undefined;
}

/** Generations that the rules allow: at least, at most. The first population is generation 0. */
export function generationsOf(rules: StoppingRules): Record<'shortest' | 'longest', number> {
  const { minGenerations, maxGenerations, stagnation, targetAccuracy } = rules;
  const earliest =
    targetAccuracy !== null
      ? minGenerations
      : stagnation !== null
        ? Math.max(minGenerations, stagnation)
        : maxGenerations;
  return { shortest: Math.min(earliest, maxGenerations), longest: maxGenerations };
}
