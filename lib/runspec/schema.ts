/**
 * The run spec: everything that a search depends on. A run is a pure function of it. Defaults that depend on nothing else
 * stand in these schemas and in the presets; those that follow from other parts of the spec, or from its data, in
 * defaults.ts and network.ts. The reader of a data file finds out what the file is like.
 */

import { z } from 'zod';
import { ownSchema } from '../algorithms/own.ts';
import {
  completeSearchSchema,
  pruningSchema,
  searchSchema,
  stopSchema,
} from '../algorithms/parts/sections.ts';
import {
  ALGORITHM_SUMMARIES,
  ALL_ALGORITHM_NAMES,
  DEFAULT_ALGORITHM,
  OWN_SECTIONS,
} from '../algorithms/registry.ts';
import { budgetSchema } from './budget.ts';
import { executionSettings } from './execution.ts';
import { type AskedNetwork, networkSchema, writtenNetworkSchema } from './network.ts';
import { readTaskSchema, taskSchema } from './task.ts';

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** As users write it, laid over its preset: defaults that depend on nothing else are filled in. */
export const runSpecSchema = z.strictObject({
  preset: z.string().optional().meta({ description: 'The preset; the other keys override its values' }),
  algorithm: z
    .enum(ALL_ALGORITHM_NAMES)
    .default(DEFAULT_ALGORITHM)
    .meta({ description: ALGORITHM_SUMMARIES }),
  seed: seed
    .default(0)
    .meta({ description: 'Seed of the search, and of the weights unless network.seed is given' }),
  task: taskSchema,
  network: writtenNetworkSchema,
  search: searchSchema.prefault({}),
  stop: stopSchema.prefault({}),
  pruning: pruningSchema.prefault({}),
  ...OWN_SECTIONS,
  own: ownSchema.optional().meta({
    description:
      'The algorithm and the objective of a program that uses the library, which writes this section',
  }),
  // Where it ends a run, the result depends on it: it is part of a run's identity, as the rules of `stop` are.
  budget: budgetSchema.optional().meta({
    description: 'Limits of cost and time; a run that reaches one ends with its best ticket',
  }),
  ...executionSettings,
});

/** A spec as it was asked for: all that is known before files are read. A complete spec is one of these. */
export type AskedSpec = Omit<z.output<typeof runSpecSchema>, 'network'> & { readonly network: AskedNetwork };

/** A complete spec: its files have been read, and everything that follows from them is filled in. */
export const completeSpecSchema = runSpecSchema.extend({
  task: readTaskSchema,
  network: networkSchema,
  search: completeSearchSchema,
});
export type RunSpec = z.output<typeof completeSpecSchema>;
