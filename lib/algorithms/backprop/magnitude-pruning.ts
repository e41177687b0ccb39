/**
 * magnitude-pruning: trains the network, prunes the smallest weights, and trains on, in rounds (Han et al. 2015, arXiv
 * 1506.02626): what trained weights reach at the same sparsity.
 */
import { z } from 'zod';
import * as fields from '../parts/training-fields.ts';
import { bySparseTraining, keepField, scopeField, smoothingField } from './sparse.ts';

const magnitudePruningSchema = z.strictObject({
  keep: keepField,
  rounds: z.int().min(1).max(10_000).default(5).meta({
    description:
      'Times that the smallest weights are pruned, by the same factor each; the epochs are shared evenly before, between and after. 1: once',
  }),
  scope: scopeField,
  ...fields.adamFields,
  smoothing: smoothingField,
});

interface MagnitudePruningPart {
  readonly seed: number;
  readonly magnitudePruning: z.output<typeof magnitudePruningSchema>;
}

export const magnitudePruning = bySparseTraining({
  summary: 'trains weights, prunes the smallest in rounds, and trains on',
  section: { key: 'magnitudePruning', schema: magnitudePruningSchema },
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ magnitudePruning: { keep: 1 - sparsity } }),
  },
  sectionOf: ({ magnitudePruning }: MagnitudePruningPart) => magnitudePruning,
  problems({ magnitudePruning: { rounds, epochs } }) {
    return rounds < epochs
      ? []
      : [`magnitudePruning.rounds: found ${rounds}, expected less than magnitudePruning.epochs, ${epochs}`];
  },
  sparsing({ keep, rounds, epochs, scope }) {
    const roundOf = (epoch: number) => Math.floor((epoch * (rounds + 1)) / epochs);
    return {
      keep: (epoch) => keep ** (roundOf(epoch) / rounds),
      isFinal: (epoch) => roundOf(epoch) === rounds,
      scope,
    };
  },
});
