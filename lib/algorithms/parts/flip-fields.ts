/** Fields that the sections of searches by single flips share. */
import { z } from 'zod';

export const FLIP_FIELDS = {
  flips: z.int().min(1).max(1_000_000_000).nullable().default(null).meta({
    description:
      'Flips that each start considers; null: 300 for each weight, fewer where samples are many, at most 200,000',
  }),
  starts: z.int().min(1).max(10_000).default(2).meta({
    description: 'Masks that are improved, each by itself; the best of search.population random ones',
  }),
  lambda: z.number().min(0).max(1_000_000).nullable().default(null).meta({
    description:
      'What keeping all weights costs: nats of cross-entropy, or a share of the samples; null: 1 with cross-entropy, 0.05 with the other objectives',
  }),
  firstSamples: z.int().min(1).nullable().default(null).meta({
    description:
      'Samples by which flips are judged first, at the start; more and more later on; null: all of them from the start',
  }),
};

const MOST_FLIPS = 200_000;
const FLIPS_PER_WEIGHT = 300;
/** Beyond so many times samples, flips take tens of seconds. There remain some for each weight. */
const QUICK_FLIPS = 2e9;
const FEWEST_PER_WEIGHT = 20;

/**
 * Flips that each start considers. On validation parts, more of them gained nothing on moons and digits; where a weight has
 * been tried 300 times, another start finds more than another flip.
 */
export function flipsOf(
  { flips }: Pick<FlipSection, 'flips'>,
  { bits, samples }: { readonly bits: number; readonly samples: number },
): number {
  const quick = Math.max(FEWEST_PER_WEIGHT * bits, Math.floor(QUICK_FLIPS / samples));
  return flips ?? Math.min(FLIPS_PER_WEIGHT * bits, quick, MOST_FLIPS);
}

export type FlipSection = {
  readonly [Field in keyof typeof FLIP_FIELDS]: z.output<(typeof FLIP_FIELDS)[Field]>;
};
