/**
 * umda: the univariate marginal distribution algorithm (Mühlenbein and Paaß 1996). The probability of a weight becomes its
 * share among the best masks of a generation.
 */
import { z } from 'zod';
import { getBit } from '../search/genome.ts';
import { compareIndividuals } from '../search/individual.ts';
import { bySampling, withinMargins } from './parts/sampling.ts';
import type { SearchSpec } from './parts/sections.ts';

const umdaSchema = z.strictObject({
  selected: z
    .number()
    .gt(0)
    .max(1)
    .default(0.25)
    .meta({ description: 'Share of a generation, its best masks, that the probabilities are counted in' }),
});

interface UmdaSpec extends SearchSpec {
  readonly umda: z.output<typeof umdaSchema>;
}

export const umda = bySampling({
  summary: 'samples masks from a probability per weight: its share among the best masks before',
  section: { key: 'umda', schema: umdaSchema },
  start: { probabilities: 0.5 },
  probabilities: ({ probabilities }) => probabilities,
  learn({ search: { objective }, umda: { selected } }: UmdaSpec, _, { probabilities }, scored) {
    const count = Math.max(1, Math.round(scored.length * selected));
    const best = scored.toSorted(compareIndividuals(objective)).slice(0, count);
    const shares = probabilities.map((__, bit) => {
      const ones = best.reduce((sum, { genome }) => sum + getBit(genome, bit), 0);
      return withinMargins(ones / best.length, probabilities.length);
    });
    return { probabilities: shares };
  },
});
