/** double-scoring: edge-popup whose weights compete with decoys, so that no share has to be given (Jackpot). */
import { z } from 'zod';
import { random } from '../../base/random.ts';
import { countWeights } from '../../network/architecture.ts';
import { byGates, descentFields } from './gated.ts';
import { doubledGates, doubledMask } from './largest.ts';

const doubleScoringSchema = z.strictObject(
  descentFields({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
);

interface DoubleScoringPart {
  readonly seed: number;
  readonly doubleScoring: z.output<typeof doubleScoringSchema>;
}

export const doubleScoring = byGates({
  summary: 'trains scores that compete with decoys, so that the kept share is learned',
  section: { key: 'doubleScoring', schema: doubleScoringSchema },
  sectionOf: ({ doubleScoring }: DoubleScoringPart) => doubleScoring,
  gating: (_, { widths }, seed) => ({
    gates: () => doubledGates(widths),
    start: () => ({ scores: random(seed, 'scores').normals(new Float32Array(2 * countWeights(widths))) }),
    mask: (scores) => doubledMask(widths, scores),
  }),
});
