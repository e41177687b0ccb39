/** Messages between the server and the page, as JSON. Both sides read it with these schemas. */
import * as z from 'zod/mini';

const amount = z.nullable(z.number());
const word = z.nullable(z.string());

/** A run or a sweep of the list. */
const runRowSchema = z.object({
  /** The path of its folder from where the server was started: how it is named everywhere. */
  name: z.string(),
  kind: z.enum(['run', 'sweep']),
  state: z.enum(['running', 'stopped', 'done', 'failed', 'damaged', 'unreadable']),
  /** The reason why it is damaged, failed or unreadable. */
  problem: word,
  /** At work in it, for people. */
  worker: word,
  /** The sweep that a run is a cell of. */
  sweep: word,
  task: word,
  algorithm: word,
  seed: amount,
  testAccuracy: amount,
  sparsity: amount,
  generation: amount,
  cells: z.nullable(z.object({ total: z.number(), done: z.number(), failed: z.number() })),
  /** When anything in it changed last: Unix time, in milliseconds. */
  changed: z.number(),
  bytes: z.number(),
});
export type RunRow = z.output<typeof runRowSchema>;

/** An event: what was added or changed, and the names of what is gone. `all`: these are all that there are. */
export const changesSchema = z.object({
  all: z.boolean(),
  runs: z.array(runRowSchema),
  gone: z.array(z.string()),
});
export type Changes = z.output<typeof changesSchema>;

/** A figure with its unit, as people read it. */
const tileSchema = z.object({ label: z.string(), value: z.string(), unit: z.string() });
export type TileView = z.output<typeof tileSchema>;

/** `parts`: figures and tables as HTML that the server made, every text in it escaped. */
const sectionSchema = z.object({ id: z.string(), title: z.string(), parts: z.array(z.string()) });
export type SectionView = z.output<typeof sectionSchema>;

const fileSchema = z.object({ key: z.string(), content: z.string(), size: z.string() });

export const runViewSchema = z.object({
  run: runRowSchema,
  /** Complete generations or epochs, of at most so many; null before the first, and where it is over. */
  progress: z.nullable(z.object({ at: z.number(), of: z.number(), unit: z.string() })),
  tiles: z.array(tileSchema),
  /** Figures to judge the first tile by. */
  context: z.string(),
  sections: z.array(sectionSchema),
  /** Generations whose decision regions can be shown, oldest first. */
  frames: z.array(z.number()),
  files: z.array(fileSchema),
  /** Its spec, as JSON to read. */
  spec: word,
  /** Cells of a sweep. */
  cells: z.array(runRowSchema),
  /** The command that does the same as the page's button. */
  command: word,
  /** Processor time that it took the server, in milliseconds. */
  cost: z.number(),
});
export type RunView = z.output<typeof runViewSchema>;

export const comparisonSchema = z.object({ title: z.string(), markup: z.string() });
export type ComparisonView = z.output<typeof comparisonSchema>;

export const fragmentSchema = z.object({ markup: z.string() });

const presetSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Complete: what each field is unless it is changed. */
  spec: z.record(z.string(), z.unknown()),
});
export const formSchema = z.object({
  schema: z.record(z.string(), z.unknown()),
  presets: z.array(presetSchema),
  defaultPreset: z.string(),
  /** By algorithm, the sections of the spec that change its result. */
  heeds: z.record(z.string(), z.array(z.string())),
  /** The fields that another run set, as the form begins. */
  written: z.nullable(z.record(z.string(), z.unknown())),
});
export type FormData = z.output<typeof formSchema>;

/** Problems, a line each; with the field of the spec if there is one. */
export const problemsSchema = z.object({ problems: z.array(z.string()) });

export const startRequestSchema = z.object({
  spec: z.record(z.string(), z.unknown()),
  /** Name of its folder in runs/; made of task, seed and time unless given. */
  name: z.optional(z.string()),
  workers: z.optional(z.int().check(z.gte(1), z.lte(1024))),
});
/** A spec that can be run is answered with nothing wrong. */
export const checkedSchema = z.object({ problems: z.array(z.string()) });

export const nameRequestSchema = z.object({ name: z.string() });

const remoteRunSchema = z.object({
  kind: z.enum(['run', 'sweep']),
  name: z.string(),
  status: z.string(),
  /** Unix time, in milliseconds. */
  started: amount,
  /** How far it is, while that says more than its status. */
  reached: word,
  testAccuracy: amount,
  sparsity: amount,
  cost: word,
});
export const remoteRunsSchema = z.object({ stack: z.string(), runs: z.array(remoteRunSchema) });
export type RemoteRuns = z.output<typeof remoteRunsSchema>;
export type CloudRow = z.output<typeof remoteRunSchema>;
export const linkMessageSchema = z.object({ link: z.string() });
