/** An epoch of training, as a row of the history: a pure function of the spec. */
import { z } from 'zod';

export interface EpochRow {
  /** 1 …, within the training of one kept share. */
  readonly epoch: number;
  /** Share of the weights kept per layer; 1 where all are. */
  readonly keep: number;
  readonly learningRate: number;
  /** Training samples, each with the parameters of its step: share correct, and mean cross-entropy in nats. */
  readonly trainAccuracy: number;
  readonly trainLoss: number;
  /** Held-out samples, at the epoch's end; null where none are held out. */
  readonly validationAccuracy: number | null;
  readonly validationLoss: number | null;
  /** Share of the prunable weights that are pruned. */
  readonly sparsity: number;
}

export const EPOCH_COLUMNS = [
  'epoch',
  'keep',
  'learningRate',
  'trainAccuracy',
  'trainLoss',
  'validationAccuracy',
  'validationLoss',
  'sparsity',
] as const satisfies readonly (keyof EpochRow)[];

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
