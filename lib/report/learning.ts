/** The history of a run that trains: one row per epoch and kept share, a pure function of the spec. */
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { EPOCH_COLUMNS, type EpochRow } from '../training/epoch-row.ts';

const share = z.number().min(0).max(1);

export const epochRowSchema: z.ZodType<EpochRow> = z.object({
  epoch: z.int().min(1),
  keep: share,
  learningRate: z.number(),
  trainAccuracy: share,
  trainLoss: z.number(),
  validationAccuracy: share.nullable(),
  validationLoss: z.number().nullable(),
  sparsity: share,
});

/** history.csv: a header and a row per epoch. */
export function epochsCsv(rows: readonly EpochRow[]): string {
  return stringify(
    rows.map((row) => EPOCH_COLUMNS.map((column) => row[column])),
    { header: true, columns: [...EPOCH_COLUMNS] },
  );
}
