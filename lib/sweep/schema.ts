/** The sweep spec: a grid of spec fields × algorithms × seeds. */
import { z } from 'zod';
import { DEFAULT_ALGORITHM } from '../algorithms/registry.ts';
import { defined } from '../base/defined.ts';
import { InvalidSpec } from '../base/errors.ts';
import { counted, whole } from '../base/format.ts';
import { parseJson } from '../base/json.ts';
import { type Budget, budgetSchema } from '../runspec/budget.ts';
import { nearest, problemsOf, show } from '../runspec/parser.ts';
import { isObject, type Json } from '../runspec/written-spec.ts';

/** The most cells a sweep may have. */
const MAX_CELLS = 100_000;

/** Cells at a time in the cloud, unless the sweep says otherwise: of 40 chunks each, they fit into an account's 1,000. */
const MAX_CONCURRENCY = 20;

const partialSpec = z.record(z.string(), z.unknown());
const name = z.string().min(1).max(80);

/** Figures that a cell can take over from the cell of another algorithm at the same grid point and seed. */
const MATCHED = ['evaluations', 'sparsity', 'ticket'] as const;
export type Matched = (typeof MATCHED)[number];

const algorithmSchema = z.strictObject({
  name: name.meta({ description: 'Name in tables and figures' }),
  spec: partialSpec.default({}).meta({ description: 'Spec fields that define it' }),
  match: z
    .strictObject({ evaluations: name.optional(), sparsity: name.optional(), ticket: name.optional() })
    .refine(
      (match) => Object.keys(match).length === 1,
      'expected one of {"evaluations": NAME}, {"sparsity": NAME} and {"ticket": NAME}, where NAME is an algorithm of the sweep',
    )
    .optional()
    .meta({
      description:
        'Wait for the run of another algorithm, and use its number of evaluations, its sparsity or its ticket',
    }),
});

const SEEDS = 'expected how many seeds, such as 20, {"from": 0, "count": 20}, or a list of different seeds';
const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const count = z.int().min(1);
const seedLists = z.union([
  count.transform((seeds) => ({ from: 0, count: seeds })),
  z
    .strictObject({ from: seed.default(0), count })
    .refine((range) => Number.isSafeInteger(range.from + range.count)),
  z
    .array(seed)
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length),
]);

/** Seeds as written, and as a list of them only once they are known to be few enough. */
const seedsSchema = z.unknown().transform((written, context) => {
  const parsed = seedLists.safeParse(written);
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: SEEDS });
  return z.NEVER;
});

const sweepSchema = z.strictObject({
  name: name.optional().meta({ description: 'Name of the results' }),
  base: partialSpec.default({}).meta({ description: 'Spec fields that all cells share' }),
  grid: z
    .record(z.string(), z.array(z.unknown()).min(1))
    .refine(
      (grid) => Object.keys(grid).length > 0,
      'expected at least one spec field with its values; leave `grid` out for a sweep over seeds alone',
    )
    .optional()
    .meta({ description: 'Spec fields, such as search.population, and the values that each takes' }),
  algorithms: z.array(algorithmSchema).min(1).max(1_000).optional(),
  seeds: seedsSchema.meta({ description: SEEDS }),
  resample: z.boolean().default(false).meta({
    description:
      'Draw the data of a cell, or their split, with its seed, too; otherwise all cells of a grid point share them',
  }),
  reference: name.optional().meta({ description: 'The algorithm that the others are compared with' }),
  budget: budgetSchema.optional().meta({
    description:
      'Limits of cost and time for all cells together; once one is reached, no further cell starts',
  }),
  maxConcurrency: z.int().min(1).max(1_000).default(MAX_CONCURRENCY).meta({
    description:
      'In the cloud, cells at a time, at most; each may have evaluation.maxConcurrency chunks at work',
  }),
});

export interface SweepAlgorithm {
  readonly name: string;
  readonly spec: Json;
  /** The run to wait for: what is taken over, and the name of its algorithm. */
  readonly match?: { readonly quantity: Matched; readonly algorithm: string };
}

/** A complete sweep. Its cells are those of cells.ts. */
export interface Sweep {
  readonly name: string | undefined;
  readonly base: Json;
  /** Dotted spec fields and their values, in the order in which they were written; empty: a single grid point. */
  readonly grid: Fields;
  readonly algorithms: readonly SweepAlgorithm[];
  readonly seeds: readonly number[];
  /** Whether the seed of a cell is also that of its task. */
  readonly resample: boolean;
  /** Name of an algorithm. */
  readonly reference: string;
  /** For all cells together. */
  readonly budget: Budget | undefined;
  /** In the cloud, cells at a time. */
  readonly maxConcurrency: number;
}

/** The sweep that `input` describes, not yet its cells. Throws InvalidSpec, which names every problem. */
export function parseSweepFields(input: unknown): Sweep {
  if (!isObject(input)) {
    throw new InvalidSpec([
      `sweep: found ${show(input)}; a sweep is a JSON object, such as {"base": {"preset": "moons-a"}, "seeds": 20}`,
    ]);
  }
  const parsed = sweepSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) throw new InvalidSpec(problemsOf(parsed.error, input, sweepSchema));
  const { name: title, base, grid = {}, seeds } = parsed.data;
  const fields = Object.entries(grid).map(([field, values]) => ({ field, values }));
  const written = parsed.data.algorithms ?? [{ name: defaultName(base, grid), spec: {} }];
  const seedCount = 'count' in seeds ? seeds.count : seeds.length;
  const problems = [
    ...problemsOfSize(fields, written.length, seedCount),
    ...problemsOfFields(base, fields, written, parsed.data.resample),
    ...problemsOfAlgorithms(written, parsed.data.reference),
  ];
  if (problems.length > 0) throw new InvalidSpec(problems);
  const algorithms = written.map(({ match, ...algorithm }) => {
    const [quantity] = MATCHED.filter((key) => match?.[key] !== undefined);
    const waitsFor = quantity && match?.[quantity];
    return { ...algorithm, ...(quantity && waitsFor && { match: { quantity, algorithm: waitsFor } }) };
  });
  return {
    name: title,
    base,
    grid: fields,
    algorithms,
    seeds: 'count' in seeds ? Array.from({ length: seeds.count }, (_, index) => seeds.from + index) : seeds,
    resample: parsed.data.resample,
    reference: parsed.data.reference ?? algorithms[0]?.name ?? '',
    budget: parsed.data.budget,
    maxConcurrency: parsed.data.maxConcurrency,
  };
}

/** The sweep as JSON, which `parseSweepFields` reads again. */
export function sweepDocument(sweep: Sweep): Json {
  const { name: title, base, grid, algorithms, seeds, resample, reference, budget, maxConcurrency } = sweep;
  const [from = 0] = seeds;
  const range = seeds.every((value, index) => value === from + index);
  return defined({
    name: title,
    base,
    grid: grid.length > 0 ? Object.fromEntries(grid.map(({ field, values }) => [field, values])) : undefined,
    algorithms: algorithms.map(({ match, ...algorithm }) =>
      defined({ ...algorithm, match: match && { [match.quantity]: match.algorithm } }),
    ),
    seeds: range ? { from, count: seeds.length } : seeds,
    resample: resample ? true : undefined,
    reference,
    budget,
    maxConcurrency: maxConcurrency === MAX_CONCURRENCY ? undefined : maxConcurrency,
  });
}

/** As `parseSweepFields`, from JSON text; `source` names it in errors. */
export function parseSweepText(text: string, source: string): Sweep {
  return parseSweepFields(parseJson(text, source));
}

/** In a sweep that names no algorithm, the name is that of the spec. */
function defaultName(base: Json, grid: Json): string {
  if ('algorithm' in grid) return 'search';
  return typeof base.algorithm === 'string' && base.algorithm !== '' ? base.algorithm : DEFAULT_ALGORITHM;
}

export type Fields = readonly { readonly field: string; readonly values: readonly unknown[] }[];

/** Counts before anything is expanded. */
function problemsOfSize(fields: Fields, algorithms: number, seeds: number): string[] {
  const cells = fields.reduce((product, { values }) => product * values.length, algorithms * seeds);
  if (cells <= MAX_CELLS) return [];
  const factors = [
    ...fields.map(({ field, values }) => `${values.length} of ${field}`),
    counted(algorithms, 'algorithm'),
    counted(seeds, 'seed'),
  ];
  return [
    `sweep: found ${whole(cells)} cells (${factors.join(' × ')}), expected at most ${whole(MAX_CELLS)}: take fewer values or seeds, or make several sweeps of it`,
  ];
}

const SEED_IS_SET = 'a sweep sets the seed: give the list in `seeds`';
const TASK_SEED_IS_SET = 'because of `resample`, the seeds set it: leave one of them out';

/** Fields that cannot be laid over one another, or that are not the grid's to set. */
function problemsOfFields(
  base: Json,
  fields: Fields,
  algorithms: readonly { readonly spec: Json }[],
  resample: boolean,
) {
  const specs = {
    base,
    ...Object.fromEntries(algorithms.map(({ spec }, index) => [`algorithms[${index}].spec`, spec])),
  };
  const seedsTask = (task: unknown) => resample && isObject(task) && 'seed' in task;
  const problems = Object.entries(specs).flatMap(([where, spec]) => [
    ...('seed' in spec ? [`${where}.seed: ${SEED_IS_SET}`] : []),
    ...(seedsTask(spec.task) ? [`${where}.task.seed: ${TASK_SEED_IS_SET}`] : []),
  ]);
  for (const [index, { field, values }] of fields.entries()) {
    const where = `grid[${show(field)}]`;
    if (field === 'seed') problems.push(`${where}: ${SEED_IS_SET}`);
    if ((resample && field === 'task.seed') || (field === 'task' && values.some(seedsTask))) {
      problems.push(`${where}: ${field === 'task' ? 'found a task with a seed; ' : ''}${TASK_SEED_IS_SET}`);
    }
    if (field.split('.').includes('')) {
      problems.push(`${where}: expected a spec field, such as "preset" or "search.population"`);
    }
    for (const other of fields.slice(index + 1)) {
      const [short, long] = [field, other.field].sort((a, b) => a.length - b.length);
      if (long?.startsWith(`${short}.`)) {
        problems.push(`grid[${show(long)}]: is a part of ${show(short)}, which the grid sets, too`);
      }
    }
    const texts = values.map((value) => JSON.stringify(value));
    const repeated = texts.findIndex((text, position) => texts.indexOf(text) < position);
    if (repeated >= 0) {
      problems.push(`${where}[${repeated}]: found ${show(values[repeated])}, which is there already`);
    }
  }
  return problems;
}

function problemsOfAlgorithms(
  algorithms: readonly z.output<typeof algorithmSchema>[],
  reference: string | undefined,
): string[] {
  const names = algorithms.map((algorithm) => algorithm.name);
  const problems: string[] = [];
  for (const [index, { name: own, match = {} }] of algorithms.entries()) {
    if (names.indexOf(own) < index) {
      problems.push(
        `algorithms[${index}].name: found ${show(own)}, which another algorithm is called already`,
      );
    }
    for (const quantity of MATCHED) {
      const other = match[quantity];
      if (other === undefined || names.slice(0, index).includes(other)) continue;
      const where = `algorithms[${index}].match.${quantity}`;
      problems.push(
        names.includes(other)
          ? `${where}: found ${show(other)}, expected an algorithm that stands before this one`
          : unknownName(where, other, names.slice(0, index)),
      );
    }
  }
  if (reference !== undefined && !names.includes(reference)) {
    problems.push(unknownName('reference', reference, names));
  }
  return problems;
}

function unknownName(where: string, found: string, names: readonly string[]): string {
  const near = nearest(found, names);
  const hint = near.length > 0 ? `did you mean ${near.map((one) => show(one)).join(' or ')}? ` : '';
  const known = names.length > 0 ? names.map((one) => show(one)).join(', ') : 'none';
  return `${where}: found ${show(found)}, which is not an algorithm of the sweep; ${hint}choose one of ${known}`;
}
