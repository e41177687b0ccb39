/** The task of a run spec: a data set that Tombola makes, or files. */
import { z } from 'zod';
import { filesTaskSchema, imageSchema, readFilesTaskSchema } from './files.ts';

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const samples = z.int().min(2).max(100_000_000);

/** Two numbers: from and to, or x and y. */
const pair = z.tuple([z.number(), z.number()]);

const scaling = z
  .strictObject({
    method: z.enum(['none', 'min-max']).meta({
      description: 'min-max maps the smallest and largest value of the training data to `range`',
    }),
    range: pair.default([-0.7, 0.7]),
  })
  .meta({ description: 'How the raw features are scaled; the ticket contains the scaling' });

const taskBase = {
  seed: seed.default(0).meta({ description: 'Seed of the data set: points, noise and split' }),
  scaling: scaling.default({ method: 'min-max', range: [-0.7, 0.7] }),
  image: imageSchema.optional(),
};
const twoDimensional = {
  ...taskBase,
  train: samples.default(50_000).meta({ description: 'Training points' }),
  test: samples.default(16_000).meta({ description: 'Test points' }),
  noise: z.number().min(0).max(10).default(0.07).meta({ description: 'Standard deviation of the noise' }),
};

/** Points of the square [-1, 1]², or of the cube of a teacher's inputs. */
const uniform = {
  ...taskBase,
  train: samples.default(5_000).meta({ description: 'Training points' }),
  test: samples.default(5_000).meta({ description: 'Test points' }),
  scaling: scaling.default({ method: 'none', range: [-0.7, 0.7] }),
};

/** Data sets that Tombola generates. */
export const builtInTaskSchema = z.discriminatedUnion('dataset', [
  z.strictObject({
    dataset: z.literal('moons'),
    ...twoDimensional,
    // Absent unless given, so that it is no part of the identity of runs that do without it.
    rotation: z.number().min(-360).max(360).optional().meta({
      description: 'Degrees by which the moons are turned around their middle; 0 if absent',
    }),
  }),
  z.strictObject({
    dataset: z.literal('circles'),
    ...twoDimensional,
    factor: z.number().gt(0).lt(1).default(0.8).meta({ description: 'Radius of the inner circle' }),
    scaling: scaling.default({ method: 'none', range: [-0.7, 0.7] }),
  }),
  z.strictObject({
    dataset: z.literal('blobs'),
    ...taskBase,
    classes: z.int().min(2).max(1000).default(2),
    pointsPerClass: z.int().min(4).max(10_000_000).default(5_000),
    centers: z
      .union([pair, z.array(pair).min(2).max(1_000)])
      .default([-20, 40])
      .meta({
        description:
          'Interval from which the coordinates of the centres are drawn; or the centres, as [x, y] each, of which the first k are used',
      }),
    standardDeviation: z.number().gt(0).max(1e6).default(1),
    testShare: z.number().gt(0).lt(1).default(0.25),
    scaling: scaling.default({ method: 'none', range: [-0.7, 0.7] }),
  }),
  z.strictObject({
    dataset: z.literal('two-groups'),
    ...taskBase,
    train: samples.default(5_000).meta({ description: 'Training points' }),
    test: samples.default(10_000).meta({ description: 'Test points' }),
    angle: z.number().min(0).max(180).default(45).meta({
      description:
        'Degrees between what tells the groups apart and what tells the classes apart: the smaller, the less fair',
    }),
  }),
  z.strictObject({
    dataset: z.literal('digits'),
    ...taskBase,
    classes: z.int().min(2).max(10).default(10).meta({ description: 'The first k classes' }),
    testShare: z.number().gt(0).lt(1).default(0.25),
  }),
  z.strictObject({
    dataset: z.literal('rings'),
    ...uniform,
    noise: z.number().min(0).max(1).default(0.01).meta({
      description: 'Probability that a point has the label of the next ring, the nearer one',
    }),
  }),
  z.strictObject({
    dataset: z.literal('teacher'),
    ...uniform,
    layers: z.array(z.int().min(1).max(1_000)).min(3).max(20).default([2, 20, 1]).meta({
      description:
        'Widths of the small random network whose answers are the labels; one output decides between two classes',
    }),
  }),
]);
export type BuiltInTask = z.output<typeof builtInTaskSchema>;

type Centers = Extract<BuiltInTask, { dataset: 'blobs' }>['centers'];

/** Whether the centres of blobs are given one by one, not as the interval from which they are drawn. */
export function areGiven(centers: Centers): centers is Extract<Centers, unknown[][]> {
  return typeof centers[0] !== 'number';
}

export const taskSchema = z.discriminatedUnion('dataset', [...builtInTaskSchema.options, filesTaskSchema]);
export type Task = z.output<typeof taskSchema>;

/** A task whose files have been read. */
export const readTaskSchema = z.discriminatedUnion('dataset', [
  ...builtInTaskSchema.options,
  readFilesTaskSchema,
]);
export type ReadTask = z.output<typeof readTaskSchema>;
