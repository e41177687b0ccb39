/** An epoch of training, as a row of the history: a pure function of the spec. */
import { z } from 'zod';
import { namesOf } from '../../base/record.ts';

const share = z.number().min(0).max(1);

export const epochRowSchema = z.object({
  /** 1 …, within the training of one kept share. */
  epoch: z.int().min(1),
  /** Share of the weights kept at the epoch's end, as asked for; 1 where all are. */
  keep: share,
  learningRate: z.number(),
  /** Training samples, each with the parameters of its step: share correct, and mean cross-entropy in nats. */
  trainAccuracy: share,
  trainLoss: z.number(),
  /** Held-out samples, at the epoch's end; null where none are held out. */
  validationAccuracy: share.nullable(),
  validationLoss: z.number().nullable(),
  /** Share of the prunable weights that are pruned. */
  sparsity: share,
});
export type EpochRow = z.output<typeof epochRowSchema>;

export const EPOCH_COLUMNS = namesOf(epochRowSchema.shape);
