/** Fields that the sections of searches by single flips share. */
import { z } from 'zod';

export const FLIP_FIELDS = {
  flips: z.int().min(1).max(1_000_000_000).nullable().default(null).meta({
    description:
      'Flips that each start considers; null: 300 for each weight, fewer where samples are many, at most 200,000 or three for each weight',
  }),
  starts: z.int().min(1).max(10_000).nullable().default(null).meta({
    description:
      'Masks that are improved, each by itself; the best of search.population random ones; null: 2, up to 8 where weights are few',
  }),
  lambda: z.number().min(0).max(1_000_000).nullable().default(null).meta({
    description:
      'Price of keeping all weights: nats of cross-entropy, or a share of the samples; null: 1 with cross-entropy, 0.2 with the other objectives',
  }),
  front: z.array(z.number().positive().max(1_000_000)).max(20).default([0.3, 3, 12]).meta({
    description:
      'Other tickets of the same front: multiples of lambda at which the best mask is improved further, each by half the flips of a start; []: none',
  }),
  firstSamples: z.int().min(1).nullable().default(null).meta({
    description:
      'Samples that score flips in the first stage; each later stage has five times as many; null: 2,000 if the training data have at least twice as many, otherwise all',
  }),
};

/** Of those that leave local optima by kicks. */
export const KICK_FIELDS = {
  tail: z.number().min(0).max(10).default(1.5).meta({
    description: 'Kicks flip k random bits, with probabilities that fall as k to the power of −tail',
  }),
};

export type FlipSection = {
  readonly [Field in keyof typeof FLIP_FIELDS]: z.output<(typeof FLIP_FIELDS)[Field]>;
};
