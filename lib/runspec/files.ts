/** A task whose data are in files, as a run spec describes it. */
import { z } from 'zod';

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const share = z.number().min(0).max(1);
const uri = z.string().min(1);
/** Name or index. */
const column = z.union([z.string().min(1), z.int()]);

/** One file with features and labels; or two, as IDX and NPY have them. */
const source = z.union([uri, z.strictObject({ x: uri, y: uri })]).meta({
  description:
    'A local path, an s3:// URI or npm://PACKAGE/FILE: CSV or TSV (.gz too), Parquet, NPZ, safetensors; or {"x": …, "y": …}, features and labels in separate files, as NPY and IDX (.gz too) have them',
});

export const imageSchema = z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]).meta({
  description: 'Channels, height and width of an image, which flat features fill row by row',
});

/** Facts about the files: filled in by Tombola. In a spec that is given again, they must be found again. */
const foundDataSchema = z.strictObject({
  features: z.int().min(1),
  classes: z.int().min(2),
  train: z.int().min(1),
  test: z.int().min(1),
  validation: z.int().min(0),
  /** Where the data are images by themselves. */
  image: imageSchema.optional(),
  /** Where the samples have groups. */
  groups: z.int().min(1).optional(),
  /** SHA-256 of each file, by its place in the task: `train`, `test.x`, … */
  sha256: z.record(z.string(), z.string()),
});

export const filesTaskSchema = z.strictObject({
  dataset: z.literal('files'),
  seed: seed.default(0).meta({ description: 'Seed of the split' }),
  train: source,
  test: source.optional().meta({ description: 'Test data; if absent, `testShare` of `train`' }),
  validation: source
    .optional()
    .meta({ description: 'Validation data; if absent, `validationShare` of `train`' }),
  testShare: share.gt(0).lt(1).default(0.25).meta({ description: 'Share of each class (stratified)' }),
  validationShare: share
    .lt(1)
    .default(0)
    .meta({ description: 'Share of each class outside the test data (stratified)' }),
  // Absent unless given, so that it is no part of the identity of runs that do without it.
  trainShare: share.gt(0).optional().meta({
    description: 'Share of each class of the training data that is used (stratified); all if absent',
  }),
  label: column.optional().meta({
    description:
      'The label column by its name or its index, negative from the end; if absent, detected from the content',
  }),
  header: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the first row names the columns; if absent, detected from the content' }),
  delimiter: z
    .string()
    .length(1)
    .optional()
    .meta({ description: 'Delimiter of CSV; if absent, detected from the ending and the content' }),
  decimal: z.enum(['.', ',']).optional().meta({
    description:
      'Decimal separator of CSV; the other of the two may separate thousands. If absent: a point, and numbers with commas are refused',
  }),
  group: z
    .union([column, z.strictObject({ column, feature: z.boolean().default(false) })])
    .optional()
    .meta({
      description:
        'The column, or the array of an NPZ or safetensors file, that names the group of each sample, for gaps of fairness. It is a feature only with {"column": …, "feature": true}',
    }),
  positive: column.optional().meta({
    description:
      'The class that counts as positive in gaps between groups; of two classes the second if absent',
  }),
  ignore: z.array(z.string().min(1)).default([]).meta({ description: 'Columns that are not features' }),
  image: imageSchema.optional(),
  scaling: z
    .strictObject({
      method: z.enum(['none', 'min-max', 'standard']),
      range: z.tuple([z.number(), z.number()]).default([-0.7, 0.7]),
      per: z.enum(['feature', 'all']).default('feature').meta({
        description: 'Scale each feature by itself, or all features alike, such as the pixels of an image',
      }),
    })
    .optional()
    .meta({
      description:
        'Fitted on the training data and stored in the ticket; if absent: standard per feature; for images min-max over all features',
    }),
  found: foundDataSchema.optional().meta({ description: 'Filled in by Tombola: what the files held' }),
});

/** The same once its files have been read. */
export const readFilesTaskSchema = filesTaskSchema.extend({ found: foundDataSchema });

export type FilesTask = z.output<typeof filesTaskSchema>;
export type FoundData = z.output<typeof foundDataSchema>;
export type DataSource = z.output<typeof source>;
