/**
 * The run spec: everything that a search depends on. A run is a pure function of it.
 * Defaults stand here and in the presets, and nowhere else.
 */

import { z } from 'zod';
import { pruningSchema, searchSchema, stopSchema } from '../algorithms/parts/sections.ts';
import {
  ALGORITHM_NAMES,
  ALGORITHM_SUMMARIES,
  DEFAULT_ALGORITHM,
  OWN_SECTIONS,
} from '../algorithms/registry.ts';
import { networkSchema } from './network.ts';
import { taskSchema } from './task.ts';

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const FAN_OUTS = ['auto', 'inline', 'distributed'] as const;

export const evaluationSchema = z.strictObject({
  fanOut: z.enum(FAN_OUTS).default('auto').meta({
    description:
      'inline: up to 40 chunks at a time, fast to start; distributed: thousands; auto: by chunk count',
  }),
  maxConcurrency: z.int().min(1).max(1_000).default(40).meta({ description: 'Chunks at a time, at most' }),
  minChunkSeconds: z.number().min(0).max(600).default(1).meta({
    description: 'A chunk is given at least this much estimated work',
  }),
  maxEvents: z.int().min(100).max(24_000).default(20_000).meta({
    description:
      'History events after which a fresh execution goes on with the run; Step Functions ends one at 25,000',
  }),
});

export const runSpecSchema = z.strictObject({
  preset: z.string().optional().meta({ description: 'The preset that the other keys are laid over' }),
  algorithm: z.enum(ALGORITHM_NAMES).default(DEFAULT_ALGORITHM).meta({ description: ALGORITHM_SUMMARIES }),
  seed: seed
    .default(0)
    .meta({ description: 'Seed of the search, and of the weights unless network.seed is given' }),
  task: taskSchema,
  network: networkSchema,
  search: searchSchema.prefault({}),
  stop: stopSchema.prefault({}),
  pruning: pruningSchema.prefault({}),
  ...OWN_SECTIONS,
  evaluation: evaluationSchema.prefault({}),
  keepGenerations: z.boolean().default(false).meta({
    description: 'Keep the masks and scores of every generation, not only what a resume needs',
  }),
});

export { type BuiltInTask, builtInTaskSchema, type Scaling, type Task, taskSchema } from './task.ts';

/** A complete run spec, defaults filled in. */
export type RunSpec = z.output<typeof runSpecSchema>;
