/** Fields that the sections of searches by single flips share. */
import { z } from 'zod';

export const FLIP_FIELDS = {
  flips: z.int().min(1).max(1_000_000_000).default(200_000).meta({
    description: 'Flips that each start considers',
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

export type FlipSection = {
  readonly [Field in keyof typeof FLIP_FIELDS]: z.output<(typeof FLIP_FIELDS)[Field]>;
};
