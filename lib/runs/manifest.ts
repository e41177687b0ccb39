/** run.json. */
import { z } from 'zod';
import { ALL_OBJECTIVES } from '../search/individual.ts';

/** run.json: what `prepare` made, for the steps after it. Its checksums guard every artifact that it names. */
export const manifestSchema = z.object({
  version: z.string(),
  runId: z.string(),
  /** Identity of the search: see `specHash`. */
  specHash: z.string(),
  /** For a spec with files: see `askedHash`. */
  asked: z.string().optional(),
  bits: z.int(),
  classes: z.int(),
  features: z.int(),
  trainSamples: z.int(),
  /** Training samples of each class. Absent in runs of older versions. */
  classSizes: z.array(z.int()).optional(),
  testSamples: z.int(),
  /** Absent without validation data. */
  validationSamples: z.int().optional(),
  /** One value for each feature, or a single one for all. */
  scaling: z.object({ scale: z.array(z.number()).readonly(), offset: z.array(z.number()).readonly() }),
  /** Class and feature names in the data. */
  classNames: z.array(z.string()).optional(),
  featureNames: z.array(z.string()).optional(),
  /** Groups of samples, and the class that counts as positive; null where none is named. */
  groups: z.object({ names: z.array(z.string()), positive: z.int().nullable() }).optional(),
  /** For data in files: what was taken for what, for people. */
  readAs: z.string().optional(),
  /** Figures to compute for every mask. */
  objective: z.enum(ALL_OBJECTIVES),
  checksums: z.record(z.string(), z.string()),
});
export type Manifest = z.output<typeof manifestSchema>;
