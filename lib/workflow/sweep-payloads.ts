/** Payloads between the states of sweep.asl.json: places and counters; the cells are in the store. */
import { z } from 'zod';

const count = z.int().min(0);

/** Input of Plan's function: a sweep spec, or the state of the round before. */
export const planEventSchema = z.object({
  input: z.unknown(),
  execution: z.string(),
  executionArn: z.string(),
});
export type PlanEvent = z.output<typeof planEventSchema>;

/** The machine's small state between two rounds: the cells that can run now, and how far the sweep is. */
export const sweepStateSchema = z.object({
  /** Where the sweep is kept: a URI that ends with a slash. */
  sweep: z.string(),
  /** Rounds so far, this one included. */
  round: z.int().min(1),
  /** Rounds in a row after which no more cells were settled than before. */
  idle: count,
  /** All cells of the sweep; those that are done, or failed in this execution; those of this round. */
  cells: count,
  done: count,
  failed: count,
  ready: count,
  maxConcurrency: z.int().min(1),
  /** The object with this round's cells: a JSON array of roundItemSchema. */
  items: z.object({ bucket: z.string(), key: z.string() }),
});
export type SweepState = z.output<typeof sweepStateSchema>;

/** A cell that can run: one item of the Map. */
export const roundItemSchema = z.object({
  cell: z.string(),
  /** Where its artifacts are kept: a URI. */
  run: z.string(),
  /** Name of its first execution; unique to sweep, cell, execution and round. */
  name: z.string().max(75),
  /** The execution's input: a complete run spec, its place, and who goes on with it. */
  input: z.record(z.string(), z.json()),
});
export type RoundItem = z.output<typeof roundItemSchema>;

/** Input of the function of Note failure. */
export const noteEventSchema = z.object({
  sweep: z.string(),
  execution: z.string(),
  cell: z.string(),
  /** As a Catch gives it; of a search that failed, the cause is the description of its execution. */
  error: z.object({ Error: z.string(), Cause: z.string().default('') }),
});
export type NoteEvent = z.output<typeof noteEventSchema>;

export const gatherEventSchema = z.object({ sweep: z.string(), execution: z.string() });
export type GatherEvent = z.output<typeof gatherEventSchema>;

/** Output of a sweep's execution. */
export const sweepResultSchema = z.object({
  status: z.literal('succeeded'),
  sweep: z.string(),
  /** Why cells were not run. */
  stopReason: z.literal('budget').nullable().default(null),
  cells: count,
  done: count,
  /** Cells without a result: they are not counted in the tables. */
  failed: count,
  /** Cost of all of it, at list prices, without the sweep's own transitions. */
  costDollars: z.number(),
  table: z.string(),
  report: z.string(),
  /** The report for a browser; to one in S3 for as long as the credentials last that signed it. */
  link: z.string().optional(),
});
export type SweepResult = z.output<typeof sweepResultSchema>;
