/**
 * mu-plus-lambda: an evolution strategy without recombination and with heavy-tailed mutation (Doerr et al. 2017): mostly few
 * flips, sometimes many, so that it leaves local optima without a rate to be tuned.
 */
import { z } from 'zod';
import { at } from '../base/at.ts';
import { random } from '../base/random.ts';
import { heavyTailed } from '../search/improving.ts';
import { selectSurvivors } from '../search/individual.ts';
import { breedStart } from './parts/breeding.ts';
import { byGenerations } from './parts/generations.ts';
import { untilEvaluations } from './parts/match.ts';
import { withFlips } from './parts/operators.ts';
import { NOTHING } from './parts/scheme.ts';
import type { SearchSpec } from './parts/sections.ts';

const muPlusLambdaSchema = z.strictObject({
  parents: z.int().min(1).max(1_000_000).default(10).meta({
    description: 'μ: individuals that survive a generation; λ, their mutants, is search.population',
  }),
  tail: z.number().min(1).max(10).default(1.5).meta({
    description: 'A mutant has k bits flipped, k drawn with probability ∝ k^−tail',
  }),
});

interface MuPlusLambdaSpec extends SearchSpec {
  readonly muPlusLambda: z.output<typeof muPlusLambdaSchema>;
}

export const muPlusLambda = byGenerations({
  summary: 'mutants of the best masks, with mostly few and sometimes many flips',
  section: { key: 'muPlusLambda', schema: muPlusLambdaSchema },
  origins: ['start', 'mutation'],
  match: untilEvaluations(false),
  evaluations: ({ search: { population } }: MuPlusLambdaSpec) => ({ first: population, each: population }),
  rules: ({ stop }) => stop,
  start: ({ seed, search }, { bits }) => ({ offspring: breedStart(seed, search, bits), own: null }),
  breed({ seed, search, muPlusLambda: { tail } }, { bits, allowed }, { generation, survivors, nextId, own }) {
    const offspring = Array.from({ length: search.population }, (_, index) => {
      const stream = random(seed, 'mutate', generation, index);
      const parent = at(survivors, stream.below(survivors.length));
      const flips = heavyTailed(stream.uniform(), tail, Math.max(1, bits >> 1));
      const genome = withFlips(stream, parent.genome, bits, flips, allowed);
      return { id: nextId + index, genome, origin: 'mutation', born: generation } as const;
    });
    return { offspring, own };
  },
  survive: ({ search, muPlusLambda: { parents } }, _, before, newborns) =>
    selectSurvivors(before, newborns, parents, search.objective),
  codec: NOTHING,
});
