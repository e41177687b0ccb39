/** fine-tuning: trains the weights that a ticket keeps, from their values in it; those that are 0 stay 0. */
import { z } from 'zod';
import * as fields from '../parts/training-fields.ts';
import { bySparseTraining, smoothingField } from './sparse.ts';

const fineTuningSchema = z.strictObject({ ...fields.adamFields, smoothing: smoothingField });

interface FineTuningPart {
  readonly seed: number;
  readonly fineTuning: z.output<typeof fineTuningSchema>;
}

export const fineTuning = bySparseTraining({
  summary: 'trains the weights that a ticket keeps',
  section: { key: 'fineTuning', schema: fineTuningSchema },
  match: { quantity: 'ticket', exact: true, take: ({ ticket }) => ({ network: { ticket } }) },
  sectionOf: ({ fineTuning }: FineTuningPart) => fineTuning,
  sparsing(_, { weights }) {
    const mask = Uint8Array.from(
      weights.flatMap((layer) => [...layer].map((weight) => Number(weight !== 0))),
    );
    const share = mask.reduce((sum, bit) => sum + bit, 0) / mask.length;
    return { mask, keep: () => share, isFinal: () => true, scope: 'network' };
  },
});
