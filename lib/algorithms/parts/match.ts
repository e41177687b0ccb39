/** Figures that a run takes over from another one, so that the two can be compared. */
import type { Match } from '../algorithm.ts';

const MOST_GENERATIONS = 10_000_000;

/** As many evaluations as another run made, and no other reason to end. */
export function untilEvaluations(exact: boolean): Match {
  return {
    quantity: 'evaluations',
    exact,
    take: ({ evaluations }) => ({
      stop: {
        minGenerations: 0,
        maxGenerations: MOST_GENERATIONS,
        stagnation: null,
        targetAccuracy: null,
        maxEvaluations: evaluations,
      },
    }),
  };
}
