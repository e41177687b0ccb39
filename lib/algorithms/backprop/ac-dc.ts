/**
 * ac-dc: phases in which the smallest weights are pruned alternate with phases in which all are trained (Peste et al. 2021,
 * arXiv 2106.12379), at the times of the schedule that arXiv 2308.02060 uses.
 */
import { z } from 'zod';
import * as fields from '../parts/training-fields.ts';
import { bySparseTraining, keepField, scopeField, smoothingField } from './sparse.ts';

const acDcSchema = z.strictObject({
  keep: keepField,
  scope: scopeField,
  ...fields.adamFields,
  smoothing: smoothingField,
});

interface AcDcPart {
  readonly seed: number;
  readonly acDc: z.output<typeof acDcSchema>;
}

/** The fewest epochs in which each phase has one: a phase is a twentieth of them. */
const LEAST_EPOCHS = 20;

export const acDc = bySparseTraining({
  summary: 'trains weights, in phases with and without the smallest ones',
  section: { key: 'acDc', schema: acDcSchema },
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ acDc: { keep: 1 - sparsity } }),
  },
  sectionOf: ({ acDc }: AcDcPart) => acDc,
  problems({ acDc: { epochs } }) {
    return epochs >= LEAST_EPOCHS
      ? []
      : [`acDc.epochs: found ${epochs}, expected at least ${LEAST_EPOCHS}, one for each phase`];
  },
  sparsing: ({ keep, scope, epochs }) => ({
    keep: (epoch) => (isCompressed(epoch, epochs) ? keep : 1),
    isFinal: (epoch) => 20 * epoch >= 17 * epochs,
    scope,
  }),
});

/** Of 100 epochs 10 are dense; then 5 compressed and 5 dense alternate up to 75; 10 are dense, and 15 compressed. */
export function isCompressed(epoch: number, epochs: number): boolean {
  // In twentieths of all epochs, whole numbers without rounding.
  const phase = Math.floor((20 * epoch) / epochs);
  if (phase >= 15) return phase >= 17;
  return phase >= 2 && phase % 2 === 0;
}
