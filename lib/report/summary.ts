/** summary.json: what a run found, and what it took. */
import { z } from 'zod';
import { FRONT_AXES } from '../algorithms/algorithm.ts';
import { pickSchema } from '../algorithms/parts/sections.ts';
import { STOP_REASONS } from '../algorithms/parts/stopping.ts';
import { costSchema } from '../cost/cost.ts';
import { ALL_OBJECTIVES } from '../search/individual.ts';
import { fairnessSchema } from './fairness.ts';

const share = z.number().min(0).max(1);

const modelSizeSchema = z.object({
  /** Numbers in the model: weights, those that are pruned too, biases and all other constants of the network. */
  parameters: z.int(),
  /** Multiplications with their additions, of one sample. */
  multiplyAdds: z.int(),
  /** Size of the file. */
  bytes: z.int(),
  /** Median for one sample at a time, in onnxruntime on the computer that finished the run. */
  latencyMs: z.number(),
});
export type ModelSize = z.output<typeof modelSizeSchema>;

const frontRowSchema = z.object({
  /** Key of the ticket in the run. */
  file: z.string(),
  sparsity: share,
  keptWeights: z.int(),
  /** Of the minimised network; absent in summaries of earlier versions. */
  units: z.int().optional(),
  multiplyAdds: z.int().optional(),
  trainAccuracy: share,
  testAccuracy: share,
  trainLoss: z.number().nullable(),
  testLoss: z.number().nullable(),
  /** Gaps between groups, where the search measures them. */
  trainDemographicParity: share.nullable().optional(),
  testDemographicParity: share.nullable().optional(),
  trainEqualOpportunity: share.nullable().optional(),
  testEqualOpportunity: share.nullable().optional(),
  trainEqualisedOdds: share.nullable().optional(),
  testEqualisedOdds: share.nullable().optional(),
});

export type FrontRow = z.output<typeof frontRowSchema>;

const pickedSchema = z.object({
  /** As `search.pick` has it. */
  rule: pickSchema,
  /** The data by which it was picked. */
  by: z.enum(['train', 'validation']),
  /** The accuracy that was to be reached, where the rule has one. */
  least: z.number().optional(),
  /** Its accuracy on those data; where the objective is a mean over the classes, the balanced accuracy. */
  accuracy: share,
  /** Whether the ticket satisfies the rule; if not, it is the nearest of the front. */
  met: z.boolean(),
});
export type Picked = z.output<typeof pickedSchema>;
const nestedRowSchema = z.object({
  /** Share of the weights that is kept, and how many these are. */
  keptShare: share,
  keptWeights: z.int(),
  sparsity: share,
  trainAccuracy: share,
  validationAccuracy: share.nullable(),
  testAccuracy: share,
  trainLoss: z.number().nullable(),
  testLoss: z.number().nullable(),
});

export type NestedRow = z.output<typeof nestedRowSchema>;

const unprunedSchema = z.object({
  trainAccuracy: share,
  testAccuracy: share,
  trainLoss: z.number().nullable(),
  testLoss: z.number().nullable(),
});
export type Unpruned = z.output<typeof unprunedSchema>;

export const plantedSchema = z.object({
  keptWeights: z.int(),
  trainAccuracy: share,
  testAccuracy: share,
  /** Of its weights, those that the run's ticket keeps, too. */
  shared: z.int(),
});
export type PlantedFigures = z.output<typeof plantedSchema>;

const pathsSchema = z.object({
  /** By class: the weights of its path, and how well the ticket tells it from the rest on the test data. */
  classes: z.array(
    z.object({
      weights: z.int(),
      testAccuracy: share,
      /** With `search.codes`: a digit per group, 1 for those that may feed the class. */
      codeword: z.string().optional(),
    }),
  ),
  /** The weights that each two classes share, by layer; a class shares all of its own with itself. Absent with more than 20 classes. */
  layers: z.array(z.object({ name: z.string(), shared: z.array(z.array(z.int())) })).optional(),
});
export type ClassPaths = z.output<typeof pathsSchema>;

export const summarySchema = z.object({
  runId: z.string(),
  preset: z.string().nullable(),
  seed: z.int(),
  /** `stopped`: the search is not over; the figures are those of its last complete generation. */
  status: z.enum(['succeeded', 'stopped']),
  stopReason: z.enum(STOP_REASONS).nullable(),
  /** As the spec names it. A search counts generations and evaluations of masks; training counts epochs and passes over the data. */
  algorithm: z.string().default('sltn-ga'),
  objective: z.enum(ALL_OBJECTIVES),
  /** Only for a multilayer perceptron that the spec gives by its layers. */
  layers: z.array(z.int()).nullable(),
  /** Its name for people, such as '[2, 20, 2]', 'conv-2' or 'net.onnx'; absent in summaries of earlier versions. */
  network: z.string().optional(),
  generations: z.int(),
  evaluations: z.int(),
  /** Flips of single bits that were considered, and in a second; absent where the algorithm flips none. */
  flips: z.int().optional(),
  flipsPerSecond: z.number().optional(),
  /** How often all starts were at chance, and began anew at other random masks; absent where they never were. */
  restarts: z.int().min(1).optional(),
  /** Evaluations of the pruning pass, not counted in `evaluations`. */
  pruningEvaluations: z.int(),
  trainAccuracy: share,
  testAccuracy: share,
  /** On test data, of always guessing the largest class of the training data; absent in summaries of earlier versions. */
  largestClassAccuracy: share.optional(),
  /** On the data by which the ticket was chosen; null without any. */
  validationAccuracy: share.nullable().default(null),
  /** Mean over the classes of the recall, and of F1. */
  trainBalancedAccuracy: share,
  testBalancedAccuracy: share,
  trainMacroF1: share,
  testMacroF1: share,
  /** The fitness by an own objective; absent without one. */
  trainOwnObjective: share.optional(),
  testOwnObjective: share.optional(),
  /** Names of the own algorithm and objective of a program, where it has brought them along. */
  own: z.object({ algorithm: z.string().optional(), objective: z.string().optional() }).optional(),
  /** Mean cross-entropy per sample, in nats. */
  trainLoss: z.number().nullable(),
  testLoss: z.number().nullable(),
  /** Mean probability of the predicted class; absent in summaries of earlier versions. */
  trainConfidence: share.nullable().optional(),
  testConfidence: share.nullable().optional(),
  /** The ticket's, after pruning; `sparsityBeforePruning`: as the search left it. */
  sparsity: share,
  sparsityBeforePruning: share,
  trainAccuracyBeforePruning: share,
  keptWeights: z.int(),
  prunableWeights: z.int(),
  /** ticket.onnx and ticket.min.onnx; absent in summaries of earlier versions. */
  minimised: z.object({ before: modelSizeSchema, after: modelSizeSchema }).optional(),
  /** Where the weights were given, as a trained model has them: the scores of the network with all of its weights. */
  unpruned: unprunedSchema.optional(),
  /** Where a ticket was planted among the weights. */
  planted: plantedSchema.optional(),
  /** Where weights are pruned: those that each class uses. Absent in summaries of earlier versions. */
  paths: pathsSchema.optional(),
  /** For searches with more than one ticket: those that no other beats in fitness and sparsity, densest first. */
  front: z.array(frontRowSchema).optional(),
  /** What none of these beats another in, where it is not fitness and sparsity. */
  frontAxes: z.array(z.enum(FRONT_AXES)).readonly().optional(),
  /** Where the data have groups, and a positive class. */
  fairness: fairnessSchema.optional(),
  /** How the ticket was picked from these; absent in summaries of earlier versions. */
  picked: pickedSchema.optional(),
  /** For an order of the weights whose every beginning is a ticket: some of these, densest first. */
  nested: z.array(nestedRowSchema).optional(),
  /** For data in files: what was taken for what, for people. */
  readAs: z.string().optional(),
  trainSamples: z.int(),
  testSamples: z.int(),
  /** Wall-clock time of the run, without pauses between a stop and its resume. */
  seconds: z.number(),
  /** Over the generations, everything between two selections included. */
  evaluationsPerSecond: z.number(),
  /** Usage of AWS, real or as it would be, and its cost. */
  cost: costSchema,
  version: z.string(),
  specHash: z.string(),
  /** For a run on files: the hash of the spec as it was asked for, paths and all. */
  asked: z.string().optional(),
  /** Checksums of the tickets and of history.csv, by their keys; absent in summaries of earlier versions. */
  checksums: z.record(z.string(), z.string()).optional(),
});

export type RunSummary = z.output<typeof summarySchema>;

/** The network's name for people. */
export function networkName({ network, layers }: Pick<RunSummary, 'network' | 'layers'>): string {
  return network ?? `[${layers ?? []}]`;
}
