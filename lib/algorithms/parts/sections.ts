/** The sections of the run spec that all searches share. */
import { z } from 'zod';
import { ALL_OBJECTIVES } from '../../search/individual.ts';
import { PICK_NAMES } from '../../search/picking.ts';

/**
 * Where the adaptive bound begins. The papers begin at 0.70 for their small networks, and stay there: a higher bound that
 * falls finds better masks (median train accuracy on moons-a 0.911 from 0.70, 0.922 from 0.85; 60 networks, 450 tries).
 */
const FIRST_BOUND = 0.85;

const rate = z.number().min(0).max(1);

/** Which random masks enter the population. */
export const START_STRATEGIES = ['random', 'dense', 'adaptive-bound', 'static-bound', 'learned'] as const;

/** Uses of a prior: the tickets of the same weights by themselves, their mean, or the model of what kept weights look like. */
const PRIOR_USES = ['tickets', 'frequencies', 'features'] as const;

const startSchema = z.discriminatedUnion('strategy', [
  z
    .strictObject({
      strategy: z.literal('random'),
      // Absent unless given, so that it is no part of the identity of runs that do without it.
      sparsity: z.number().min(0).lt(1).optional().meta({
        description:
          'Share of the weights that a random mask leaves out, on average. Default 0.5, as in the paper',
      }),
    })
    .meta({ description: 'Accept every random mask' }),
  z.strictObject({ strategy: z.literal('dense') }).meta({
    description: 'Random masks that keep between half and all of the weights: to prune a trained network',
  }),
  z
    .strictObject({
      strategy: z.literal('adaptive-bound'),
      bound: rate.default(FIRST_BOUND).meta({
        description: 'Train accuracy that a random mask must reach at first',
      }),
      tries: z
        .strictObject({
          reasonable: z.int().min(1).max(1_000_000).meta({ description: 'Up to here the bound stays' }),
          given: z.int().min(2).max(1_000_000).meta({ description: 'Then the bound falls' }),
        })
        .optional()
        .meta({ description: 'Tries for one mask: 800 and 1,000 for small networks, 80 and 100 for others' }),
    })
    .meta({ description: 'Random masks must reach an accuracy that falls while they are hard to find' }),
  z
    .strictObject({
      strategy: z.literal('static-bound'),
      bound: rate.optional().meta({
        description: 'Train accuracy that a random mask must reach: 0.7, with many classes 1.5 / classes',
      }),
      tries: z.int().min(1).max(100_000_000).default(100_000).meta({
        description: 'Tries for one mask, after which the search ends with an error',
      }),
    })
    .meta({ description: 'Random masks must reach a fixed accuracy' }),
  z
    .strictObject({
      strategy: z.literal('learned'),
      prior: z.string().min(1).meta({
        description: "A prior that 'tombola learn' wrote: a local path or an s3:// URI",
      }),
      use: z.enum(PRIOR_USES).optional().meta({
        description:
          'tickets: of earlier runs on the same weights, mixed; frequencies: how often they keep each weight; features: by what kept weights look like, for any weights. If absent, frequencies of weights that the prior knows, otherwise features',
      }),
      sparsity: rate.optional().meta({
        description: 'features: the sparsity that is wanted; the median of the earlier tickets if absent',
      }),
      loss: z.number().min(0).max(100).optional().meta({
        description: 'features: the cross-entropy that is wanted, in nats; the median if absent',
      }),
      found: z
        .strictObject({ sha256: z.string() })
        .optional()
        .meta({ description: 'Filled in by Tombola: the digest of the prior' }),
    })
    .meta({ description: 'Random masks are drawn as the tickets of earlier runs make likely' }),
]);

/** The rule by which a run with a front chooses its ticket. */
export const pickSchema = z.union([
  z.enum(PICK_NAMES),
  z.strictObject({
    accuracy: z.strictObject({ atLeast: rate }).meta({ description: 'The sparsest that is so accurate' }),
  }),
  z.strictObject({
    weights: z
      .strictObject({ atMost: z.int().min(0) })
      .meta({ description: 'The most accurate with so few weights' }),
  }),
]);

const limit = z.strictObject({ atMost: rate });

export const constraintsSchema = z
  .strictObject({
    demographicParity: limit.optional().meta({
      description: 'Of the share of samples that are answered with the positive class',
    }),
    equalOpportunity: limit.optional().meta({
      description: 'Of the share of positive samples that are answered so',
    }),
    equalisedOdds: limit.optional().meta({
      description:
        'The larger gap of the two shares of positive and of negative samples that are answered positive',
    }),
  })
  .refine((limits) => Object.keys(limits).length > 0, { error: 'expected at least one limit' });

export const searchSchema = z.strictObject({
  objective: z.enum(ALL_OBJECTIVES).optional().meta({
    description:
      'Fitness on the training data; sparsity comes second. If absent, accuracy; of files with more than two classes cross-entropy',
  }),
  population: z.int().min(2).max(1_000_000).default(100),
  recombination: z
    .strictObject({
      rate: rate.default(0.3).meta({ description: 'Probability that an individual mates' }),
      mates: z
        .int()
        .min(1)
        .default(30)
        .meta({ description: 'Number of best individuals that a mate is drawn from' }),
    })
    .prefault({}),
  mutation: z
    .strictObject({
      rate: rate.default(0.1).meta({ description: 'Probability that an individual yields a mutant' }),
    })
    .prefault({}),
  migration: z
    .strictObject({
      rate: rate
        .default(0.1)
        .meta({ description: 'Random masks a generation, as a share of the population' }),
    })
    .prefault({}),
  // Absent unless given, so that they are no part of the identity of runs that do without them.
  constraints: constraintsSchema.optional().meta({
    description:
      'Limits of gaps between groups of the training data, each a difference of shares: a mask that satisfies them comes before one that does not',
  }),
  codes: z
    .strictObject({
      groups: z
        .int()
        .min(2)
        .max(1_000)
        .meta({ description: 'Groups that the units before the last layer are cut into' }),
      weight: z.int().min(1).max(1_000).meta({ description: 'Groups in the codeword of a class' }),
    })
    .optional()
    .meta({
      description:
        'A codeword for each class: only hidden units or channels of the groups in it may feed the logit of the class',
    }),
  pick: pickSchema.optional().meta({
    description:
      'Which ticket of the front the run ends with, by validation data if there are any, otherwise by training data. Default: best, the one that the search itself ranks first',
  }),
  start: startSchema.default({ strategy: 'random' }).meta({
    description:
      'Which random masks enter the population, at the start and as migrants of sltn-ga; dense and learned are for searches that flip bits, too',
  }),
});

const [random, dense, adaptiveBound, staticBound, learned] = startSchema.options;

/** The same once network and data are known: see runspec/defaults.ts. */
export const completeSearchSchema = searchSchema.required({ objective: true }).extend({
  start: z.discriminatedUnion('strategy', [
    random,
    dense,
    adaptiveBound.required({ tries: true }),
    staticBound.required({ bound: true }),
    learned.required({ found: true }),
  ]),
});

export const stopSchema = z.strictObject({
  minGenerations: z.int().min(0).default(100),
  maxGenerations: z.int().min(0).max(10_000_000).default(300),
  stagnation: z.int().min(1).nullable().default(50).meta({
    description: 'Generations without a change of the best fitness after which the search stops',
  }),
  targetAccuracy: rate
    .nullable()
    .default(1)
    .meta({ description: 'Train accuracy at which the search stops' }),
  maxEvaluations: z.int().min(1).nullable().default(null).meta({
    description: 'Evaluations after which the search stops; a random search stops exactly there',
  }),
});

export const pruningSchema = z.strictObject({
  enabled: z.boolean().default(true).meta({
    description: 'Drop every weight of the best mask whose removal does not lower its train accuracy',
  }),
  maxEvaluations: z.int().min(0).nullable().default(null).meta({
    description:
      'Evaluations after which the pass ends; null: as many as 5·10¹² multiply-adds allow, 2·10¹² where the network is not given by layers',
  }),
  // Absent unless given, so that they are no part of the identity of runs that do without them.
  figure: z.enum(['accuracy', 'objective']).optional().meta({
    description:
      'The figure that the pass must not make worse: the train accuracy or the objective. Default: accuracy, as in the paper; the objective of searches by a mean over the classes, and of those that flip bits',
  }),
  tolerance: z.number().min(0).max(1_000).optional().meta({
    description:
      'How much worse that figure may become in all: as a share of 1, or in nats of cross-entropy. Default 0',
  }),
  passes: z.int().min(1).max(1_000).optional().meta({
    description:
      'Passes, at most: they are repeated until one drops nothing. Default 1, as in the paper; 20 for searches that flip bits',
  }),
});

/** The parts of a run spec that a search depends on, complete. */
export interface SearchSpec {
  readonly seed: number;
  readonly search: z.output<typeof completeSearchSchema>;
  readonly stop: z.output<typeof stopSchema>;
}

export type StartSpec = z.output<typeof startSchema>;
export type CompleteStart = SearchSpec['search']['start'];

/** The names of these sections. */
export const SEARCH_SECTIONS = ['search', 'stop', 'pruning'] as const;
