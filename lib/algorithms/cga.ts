/**
 * cga: the compact genetic algorithm (Harik, Lobo and Goldberg 1999). Masks are sampled in pairs; where the two differ, the
 * probability moves one step towards the better one.
 */
import { z } from 'zod';
import { at } from '../base/at.ts';
import { getBit } from '../search/genome.ts';
import { compareIndividuals } from '../search/individual.ts';
import { bySampling, withinMargins } from './parts/sampling.ts';
import type { SearchSpec } from './parts/sections.ts';

const cgaSchema = z.strictObject({
  size: z.int().min(2).max(1_000_000_000).nullable().default(null).meta({
    description:
      'A step is 1/size; the population that the probabilities stand for. null: √n · ln n for n weights, at least search.population',
  }),
});

interface CgaSpec extends SearchSpec {
  readonly cga: z.output<typeof cgaSchema>;
}

export const cga = bySampling({
  summary: 'samples pairs of masks from a probability per weight, which moves towards the better of a pair',
  section: { key: 'cga', schema: cgaSchema },
  start: { probabilities: 0.5 },
  probabilities: ({ probabilities }) => probabilities,
  learn({ search, cga: { size } }: CgaSpec, _, { probabilities }, scored) {
    const { length } = probabilities;
    const own = size ?? Math.max(search.population, Math.ceil(Math.sqrt(length) * Math.log(length)));
    const better = compareIndividuals(search.objective);
    const next = probabilities.slice();
    for (let pair = 0; pair + 1 < scored.length; pair += 2) {
      const [winner, loser] = [at(scored, pair), at(scored, pair + 1)].sort(better);
      if (!winner || !loser) continue;
      for (const [bit, probability] of next.entries()) {
        const towards = getBit(winner.genome, bit) - getBit(loser.genome, bit);
        if (towards !== 0) next[bit] = withinMargins(probability + towards / own, length);
      }
    }
    return { probabilities: next };
  },
});
