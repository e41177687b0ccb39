/** Figures of the last complete generation, or epoch, for people who watch. */
import { z } from 'zod';
import { ALL_OBJECTIVES } from '../../search/individual.ts';

const count = z.int().min(0);
/** Null before the first complete generation, or where it is not computed. */
const number = z.number().nullable();

export const progressSchema = z.object({
  evaluations: count,
  /** Generations, or epochs, at most. */
  maxGenerations: count,
  bestAccuracy: number,
  meanAccuracy: number,
  bestLoss: number,
  meanLoss: number,
  objective: z.enum(ALL_OBJECTIVES),
  /** The objective where it is a mean over the classes. */
  bestMacroAverage: number,
  meanMacroAverage: number,
  bestSparsity: number,
  /** Flips of single bits, if the algorithm flips: considered so far, and in all. */
  flips: z.object({ done: count, all: count }).optional(),
  /** Accuracy after the last epoch, if an algorithm trains and holds out samples; its other figures are of training data. */
  validationAccuracy: number.default(null),
  /** Where the population awaits its first masks: how many of them are found, and the accuracy they must reach. */
  start: z.object({ found: count, wanted: count, bound: z.number() }).nullable(),
});
export type Progress = z.output<typeof progressSchema>;
