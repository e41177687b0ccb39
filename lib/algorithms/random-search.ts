/** random-search: random masks, of which the best are kept. */
import { breedMigrants, breedStart } from './parts/breeding.ts';
import { byGenerations } from './parts/generations.ts';
import { untilEvaluations } from './parts/match.ts';
import { NOTHING } from './parts/scheme.ts';
import type { SearchSpec } from './parts/sections.ts';

/** How many of `count` masks the budget still allows: it is used to the last evaluation. */
function withinBudget({ stop: { maxEvaluations } }: SearchSpec, count: number, used: number): number {
  return maxEvaluations === null ? count : Math.max(1, Math.min(count, maxEvaluations - used));
}

export const randomSearch = byGenerations<SearchSpec, null>({
  summary: 'random masks, of which the best are kept',
  match: untilEvaluations(true),
  evaluations: ({ search: { population } }) => ({ first: population, each: population }),
  // Never for want of change.
  rules: ({ stop }) => ({ ...stop, stagnation: null }),
  start(spec, { bits }) {
    const rates = { ...spec.search, population: withinBudget(spec, spec.search.population, 0) };
    return { offspring: breedStart(spec.seed, rates, bits), own: null };
  },
  breed(spec, { bits }, { generation, nextId, evaluations }) {
    const count = withinBudget(spec, spec.search.population, evaluations);
    return { offspring: breedMigrants(spec.seed, bits, generation, count, nextId), own: null };
  },
  codec: NOTHING,
});
