/**
 * pbil: population-based incremental learning (Baluja 1994). Every weight has a probability to be kept; a generation is
 * sampled from them, and they are drawn towards its best masks. With a rate of 1 this is UMDA (Mühlenbein and Paaß 1996).
 */
import { z } from 'zod';
import { random } from '../base/random.ts';
import { getBit, pack } from '../search/genome.ts';
import { compareIndividuals, type Individual } from '../search/individual.ts';
import { breedStart } from './parts/breeding.ts';
import { byGenerations } from './parts/generations.ts';
import { untilEvaluations } from './parts/match.ts';
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

/** For every weight, the probability to be kept. */
type Probabilities = Float64Array;

export const pbil = byGenerations({
  summary: 'samples masks from a probability per weight, which it learns (UMDA where the rate is 1)',
  section: { key: 'pbil', schema: pbilSchema },
  origins: ['start', 'sampling'],
  match: untilEvaluations(false),
  evaluations: ({ search: { population } }: PbilSpec) => ({ first: population, each: population }),
  rules: ({ stop }) => stop,
  start({ seed, search }, { bits }) {
    return { offspring: breedStart(seed, search, bits), own: new Float64Array(bits).fill(0.5) };
  },
  settle: (spec, _, generation, own, scored) => ({
    newborns: scored,
    own: learned(spec, generation, own, scored),
  }),
  breed({ seed, search: { population } }, _, { generation, nextId, own }) {
    const offspring = Array.from({ length: population }, (__, index) => {
      const stream = random(seed, 'migrate', generation, index);
      const genome = pack(Uint8Array.from(own, (probability) => (stream.uniform() < probability ? 1 : 0)));
      return { id: nextId + index, genome, origin: 'sampling', born: generation } as const;
    });
    return { offspring, own };
  },
  codec: {
    encode: (probabilities: Probabilities) => ({ facts: null, aside: [], vectors: { probabilities } }),
    decode({ vectors: { probabilities } }) {
      if (probabilities instanceof Float64Array) return probabilities;
      throw new TypeError('the probabilities are missing');
    },
  },
});

/**
 * p ← (1 − rate) · p + rate · share of ones among the best, then here and there up or down. Margins of 1/n keep every bit
 * in play.
 */
function learned(
  { seed, search: { objective }, pbil: { rate, selected, mutation } }: PbilSpec,
  generation: number,
  before: Probabilities,
  scored: readonly Individual[],
): Probabilities {
  const count = Math.max(1, Math.round(scored.length * selected));
  const best = scored.toSorted(compareIndividuals(objective)).slice(0, count);
  const stream = random(seed, 'mutate', generation);
  const margin = Math.min(0.5, 1 / before.length);
  return before.map((probability, bit) => {
    const ones = best.reduce((sum, { genome }) => sum + getBit(genome, bit), 0);
    let next = (1 - rate) * probability + rate * (ones / best.length);
    if (stream.uniform() < mutation.rate) next += stream.uniform() < 0.5 ? mutation.shift : -mutation.shift;
    return Math.min(1 - margin, Math.max(margin, next));
  });
}
