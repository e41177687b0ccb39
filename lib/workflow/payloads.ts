/**
 * Payloads between the states of search.asl.json: names, counters and a few summary numbers, never masks, weights
 * or scores. Every handler parses what it is given with these schemas.
 */
import { z } from 'zod';
import { progressSchema } from '../algorithms/parts/progress.ts';
import { STOP_REASONS } from '../algorithms/parts/stopping.ts';

/**
 * Bytes of a machine's input, at most, as compact JSON in UTF-8. Step Functions takes payloads of 256 KiB; the first
 * state wraps the input with the execution's name and ARN, and a sweep that goes on has its place in it.
 */
export const LARGEST_INPUT = 255 * 1024;

const count = z.int().min(0);

/** Input of Prepare's function: the execution's input and name. */
export const prepareEventSchema = z.object({
  input: z.unknown(),
  execution: z.string(),
});
export type PrepareEvent = z.output<typeof prepareEventSchema>;

/** The machine's small state: where the run is, and how its next generation is cut into chunks. */
export const searchStateSchema = z.object({
  /** Where the run's artifacts are kept: a URI. */
  run: z.string(),
  /** SHA-256 of its run.json: another run at the same place is not mistaken for this one. */
  manifest: z.string(),
  /** The generation to evaluate, or, when `done`, the last one. */
  generation: count,
  /** The round of that generation: more than one where random masks must reach an accuracy bound. */
  round: count,
  /** Chunk numbers 0..n−1, and the individuals a chunk. */
  chunks: z.array(count),
  chunkSize: count,
  fanOut: z.enum(['inline', 'distributed']),
  maxConcurrency: z.int().min(1),
  /** History events of this execution so far, without retries. */
  events: count,
  /** A generation is so little work that one invocation does many. */
  leap: z.boolean().default(false),
  /** The algorithm trains: generations are epochs, and there is nothing to evaluate. */
  training: z.boolean(),
  /** A fresh execution, named `successor`, should go on before the history runs out. */
  renew: z.boolean(),
  successor: z.string(),
  done: z.boolean(),
  /** Why the search is over; null while it is not. */
  stopReason: z.enum(STOP_REASONS).nullable(),
  /** For people who watch: the last complete generation. */
  progress: progressSchema,
});
export type SearchState = z.output<typeof searchStateSchema>;

/** One chunk of one generation. */
export const evaluateEventSchema = z.object({
  run: z.string(),
  manifest: z.string(),
  generation: count,
  round: count,
  chunk: count,
  chunkSize: z.int().min(1),
  /** Leave an error that trying again cannot resolve in the store, in place of scores. */
  noteRefusal: z.boolean().optional(),
});
export type EvaluateEvent = z.output<typeof evaluateEventSchema>;

/** Output of the execution: small, and useful to a person in the console. */
export const resultSchema = z.object({
  status: z.literal('succeeded'),
  run: z.string(),
  stopReason: z.enum(STOP_REASONS).nullable(),
  trainAccuracy: z.number(),
  testAccuracy: z.number(),
  sparsity: z.number(),
  generations: count,
  evaluations: count,
  /** Cost of the run, or its cost had it run on AWS, at list prices. */
  costDollars: z.number(),
  ticket: z.string(),
  report: z.string(),
  /** The report for a browser; to one in S3 for as long as the credentials last that signed it. */
  link: z.string().optional(),
});
export type SearchResult = z.output<typeof resultSchema>;

/** Output of an execution that left the rest of the run to a successor. */
export const continuedSchema = z.object({
  status: z.literal('continued'),
  /** The successor's execution ARN. */
  successor: z.string(),
  run: z.string(),
});
