/**
 * pbil: population-based incremental learning (Baluja 1994). The probabilities are drawn towards the best masks of a
 * generation. With a rate of 1 and without mutation this is UMDA (Mühlenbein and Paaß 1996).
 */
import { z } from 'zod';
import { random } from '../base/random.ts';
import { getBit } from '../search/genome.ts';
import { compareIndividuals } from '../search/individual.ts';
import { bySampling, withinMargins } from './parts/sampling.ts';
import type { SearchSpec } from './parts/sections.ts';

const share = z.number().gt(0).max(1);

const pbilSchema = z.strictObject({
  rate: share.default(0.1).meta({
    description:
      'How far a generation draws the probabilities towards its best masks; 1: all the way, as UMDA does',
  }),
  selected: share
    .default(0.1)
    .meta({ description: 'Share of a generation, its best masks, that the probabilities learn from' }),
  mutation: z
    .strictObject({
      rate: z.number().min(0).max(1).default(0.02).meta({
        description: 'Chance that the probability of a weight moves, up or down',
      }),
      shift: z.number().min(0).max(0.5).default(0.02).meta({ description: 'By how much' }),
    })
    .prefault({}),
});

interface PbilSpec extends SearchSpec {
  readonly pbil: z.output<typeof pbilSchema>;
}

export const pbil = bySampling({
  summary: 'samples masks from a probability per weight, which it learns (UMDA where the rate is 1)',
  section: { key: 'pbil', schema: pbilSchema },
  start: { probabilities: 0.5 },
  probabilities: ({ probabilities }) => probabilities,
  /** p ← (1 − rate) · p + rate · share of ones among the best, then here and there up or down. */
  learn({ seed, search: { objective }, pbil }: PbilSpec, generation, { probabilities }, scored) {
    const { rate, selected, mutation } = pbil;
    const count = Math.max(1, Math.round(scored.length * selected));
    const best = scored.toSorted(compareIndividuals(objective)).slice(0, count);
    const stream = random(seed, 'mutate', generation);
    const learned = probabilities.map((probability, bit) => {
      const ones = best.reduce((sum, { genome }) => sum + getBit(genome, bit), 0);
      let next = (1 - rate) * probability + rate * (ones / best.length);
      if (stream.uniform() < mutation.rate) next += stream.uniform() < 0.5 ? mutation.shift : -mutation.shift;
      return withinMargins(next, probabilities.length);
    });
    return { probabilities: learned };
  },
});
