/** landscape.json: what `tombola landscape` measured, enough to draw it again. */
import { z } from 'zod';

const share = z.number().min(0).max(1);
/** Mean cross-entropy per sample in nats; null where it is not finite. */
const loss = z.number().nullable();

const quantilesOf = <Value extends z.ZodType>(value: Value) =>
  /** Over the random orders: 10th percentile, median and 90th percentile at each place. */
  z.object({ low: z.array(value), median: z.array(value), high: z.array(value) });

const walkSchema = z.object({ accuracy: z.array(share), loss: z.array(loss) });

const pathSchema = z.object({
  /** Names of the ends, for people. */
  from: z.string(),
  to: z.string(),
  /** Bits in which the ends differ. */
  distance: z.int(),
  /** Random orders. */
  orders: z.int(),
  /** Bits that a greedy step flips, and how many candidates it chooses from, at most. */
  block: z.int(),
  candidates: z.int(),
  /** Bits flipped at each place. */
  at: z.array(z.int()),
  random: z.object({ accuracy: quantilesOf(share), loss: quantilesOf(loss) }),
  greedyByAccuracy: walkSchema,
  greedyByLoss: walkSchema,
});

const sliceSchema = z.object({
  /** Places from the ticket to an edge; (2·reach + 1)² in all, row by row from the lowest. */
  reach: z.int(),
  /** Bits that a step flips. */
  step: z.int(),
  accuracy: z.array(share),
  loss: z.array(loss),
});

const keptSchema = z.object({
  /** Masks counted. */
  masks: z.int(),
  layers: z.array(
    z.object({
      name: z.string(),
      /** For a network that is not a plain multilayer perceptron. */
      op: z.enum(['Conv', 'Gemm', 'MatMul']).optional(),
      /** Weights into a unit: of a filter those of all its channels. */
      inputs: z.int(),
      outputs: z.int(),
      /** `outputs` and `inputs`, or fewer: then a cell is the mean of a block of neighbours. */
      rows: z.int(),
      columns: z.int(),
      /** Share of the masks that keep the weight: rows × columns, row-major. */
      share: z.array(share),
    }),
  ),
});

const optimumSchema = z.object({
  accuracy: share,
  loss,
  /** Kept weights. */
  kept: z.int(),
  /** Flips considered on the way. */
  flips: z.int(),
  /** Share of its flips that leave the figure exactly as it is. */
  neutral: share,
});

const statisticsSchema = z.object({
  /** Name of the run, and of its group. */
  run: z.string(),
  group: z.string(),
  figure: z.enum(['accuracy', 'cross-entropy']),
  bits: z.int(),
  samples: z.int(),
  /** Of the figures of a random mask and a neighbour; null if all masks have the same. */
  correlation: z.number().nullable(),
  /** In flips; null if the correlation is not between 0 and 1. */
  correlationLength: z.number().nullable(),
  /** Share of the flips of random masks that leave the figure exactly as it is. */
  neutral: share,
  optima: z.array(optimumSchema),
  /** How many of them are different masks. */
  distinct: z.int(),
  /** Mean share of the bits in which two of them differ; null for fewer than two. */
  distance: share.nullable(),
});

export const landscapeSchema = z.object({
  version: z.string(),
  /** Seed of the orders, of the directions and of the random mask. */
  seed: z.int(),
  resolution: z.int(),
  /** Masks that were evaluated, on this many training samples each. */
  evaluations: z.int(),
  samples: z.int(),
  bits: z.int(),
  /** The runs, in the order in which they were given; the first is the one whose ticket is at the centre. */
  runs: z.array(
    z.object({
      name: z.string(),
      specHash: z.string(),
      /** SHA-256 of the ticket's packed mask. */
      ticket: z.string(),
      /** The name of its group. */
      group: z.string().default(''),
      /** Whether its weights are those of the first run of its group. */
      sameWeights: z.boolean(),
    }),
  ),
  paths: z.array(pathSchema),
  slice: sliceSchema.nullable(),
  /** For one run's final population; null where there is none, and across runs. */
  kept: keptSchema.nullable(),
  /** Across runs: of the tickets, a group each, the first of them if there are many. */
  groups: z.array(keptSchema.extend({ name: z.string() })).default([]),
  /** Ruggedness, neutrality and local optima, of each run by each figure; none unless asked for. */
  statistics: z.array(statisticsSchema).default([]),
});

export type LandscapePath = z.output<typeof pathSchema>;
export type LandscapeSlice = z.output<typeof sliceSchema>;
export type LandscapeStatistics = z.output<typeof statisticsSchema>;
export type KeptGroup = Landscape['groups'][number];
export type KeptWeights = z.output<typeof keptSchema>;
export type Landscape = z.output<typeof landscapeSchema>;
