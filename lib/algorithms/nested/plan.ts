/** nested: what a spec says of it, and how much it does. */
import { mean } from 'd3-array';
import { z } from 'zod';
import type { Problem } from '../algorithm.ts';
import { FLIP_FIELDS } from '../parts/flip-fields.ts';
import { extentOf, flipsOf, type Stage, stagesOf } from '../parts/flip-stages.ts';
import type { SearchSpec } from '../parts/sections.ts';

export const nestedSchema = z.strictObject({
  shares: z
    .array(z.number().gt(0).max(1))
    .min(1)
    .max(20)
    .refine((shares) => shares.every((share, place) => share < (shares[place - 1] ?? 2)), {
      error: 'expected falling shares',
    })
    .default([0.5, 0.3, 0.2, 0.1, 0.05])
    .meta({ description: 'Shares of the weights that are kept, falling: a mask is searched for each' }),
  flips: FLIP_FIELDS.flips.meta({
    description:
      'Flips that the mask of each share considers; null: 300 for each weight, fewer where samples are many, at most 200,000 or three for each weight',
  }),
  heat: z.number().min(0).max(1_000).default(1).meta({
    description:
      'Temperature at the start, as a multiple of the typical change of the objective by a flip; it falls to 0',
  }),
  lambda: FLIP_FIELDS.lambda.meta({
    description:
      'Price of keeping all weights, by which one of the masks is chosen as the ticket: nats of cross-entropy, or a share of the samples; null: 1 with cross-entropy, 0.2 with the other objectives',
  }),
  firstSamples: FLIP_FIELDS.firstSamples,
});

export interface NestedSpec extends SearchSpec {
  readonly nested: z.output<typeof nestedSchema>;
}

/** Turns of each mask: the more, the sooner a mask follows its neighbours. But so many flips for each weight in a turn. */
const TURNS = 50;
const FLIPS_PER_WEIGHT = 1 / 8;

/**
 * Afterwards the weights between two masks of the chain leave the denser one while their price rises: from the mask's own,
 * or from that share of its unit, by that factor in each turn.
 */
export const LEAVING = { turns: 20, from: 1 / 64, factor: 1.6 } as const;

export interface NestedPlan {
  /** Of each mask, while the masks are annealed. */
  readonly flips: number;
  /** Passes over the weights that a mask may take up or drop, on average over the masks. */
  readonly passes: number;
  readonly stages: readonly Stage[];
  /** The last generation of the annealing, and of the run. */
  readonly annealed: number;
  readonly generations: number;
  /** Slices of single masks, and what all their flips come to as flips judged by all samples. */
  readonly improvements: number;
  readonly wholeFlips: number;
  /** Share of these flips by which weights leave. */
  readonly everyBit: number;
}

export function planOf({ nested }: NestedSpec, size: Pick<Problem, 'bits' | 'samples'>): NestedPlan {
  const masks = nested.shares.length;
  const flips = flipsOf(nested, size);
  const turn = Math.ceil(Math.max(flips / TURNS, FLIPS_PER_WEIGHT * size.bits));
  const stages = stagesOf({ ...nested, flips }, size).map((stage) => {
    return { ...stage, slice: Math.min(stage.slice, turn) };
  });
  const turns = extentOf(stages);
  const annealed = turns.generations * Math.min(2, masks);
  // A weight leaves half way, on average.
  const leaving = (LEAVING.turns * size.bits * (nested.shares[0] ?? 1)) / 2;
  const wholeFlips = masks * turns.flips + leaving;
  return {
    flips,
    passes: mean(freeShares(nested.shares), (free) => flips / (free * size.bits)) ?? 0,
    stages,
    annealed,
    generations: annealed + LEAVING.turns,
    improvements: masks * (turns.generations + LEAVING.turns),
    wholeFlips,
    everyBit: leaving / wholeFlips,
  };
}

/** Shares of the weights that each mask of a chain may take up or drop, as long as its neighbours stay. */
function freeShares(shares: readonly number[]): number[] {
  return shares.map((_, place) => (shares[place - 1] ?? 1) - (shares[place + 1] ?? 0));
}
