/** edge-popup: keeps the weights with the largest scores, which are trained (Ramanujan et al. 2020, arXiv 1911.13299). */
import { sum } from 'd3-array';
import { z } from 'zod';
import { random } from '../../base/random.ts';
import { countWeights, denseLayers, type Widths } from '../../network/architecture.ts';
import type { Trainable } from '../../network/trainable.ts';
import type { EpochPlace } from '../parts/training-method.ts';
import { byGates, descentFields, type Gating } from './gated.ts';
import { keptCounts, keptRates, largestGates, largestMask, SCOPES } from './largest.ts';

const { epochs, batchSize, ...rest } = descentFields({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 });

const edgePopupSchema = z.strictObject({
  keep: z.array(z.number().min(0).max(1)).min(1).max(100).default([0.5]).meta({
    description:
      'Share of the weights kept per layer, 0 where a ticket is matched that keeps none; of several the best on validation data is the ticket',
  }),
  // Absent unless given, so that they are no part of the identity of runs that do without them.
  scope: z.enum(SCOPES).optional().meta({
    description: 'Where the largest scores compete: in each layer, or in the whole network. Default layer',
  }),
  rounds: z.int().min(1).max(10_000).optional().meta({
    description:
      'The kept share falls to keep over so many rounds of epochs, by the same factor each, and training goes on. Default 1: it is keep from the start',
  }),
  ...{ epochs, batchSize, ...rest },
});
type EdgePopupSpec = z.output<typeof edgePopupSchema>;

/** The parts of a run spec that it depends on. */
interface EdgePopupPart {
  readonly seed: number;
  readonly edgePopup: EdgePopupSpec;
}

export const edgePopup = byGates({
  summary: 'trains scores that choose the mask',
  section: { key: 'edgePopup', schema: edgePopupSchema },
  match: {
    quantity: 'sparsity',
    exact: true,
    takesNone: true,
    take: ({ sparsity }) => ({ edgePopup: { keep: [1 - sparsity] } }),
  },
  sectionOf: ({ edgePopup }: EdgePopupPart) => edgePopup,
  gating: edgePopupGating,
  courses: ({ keep }) => keep.length,
  problems({ edgePopup: { keep, validationShare, rounds = 1, epochs } }) {
    const problems: string[] = [];
    if (keep.length > 1 && validationShare === 0) {
      problems.push(
        `edgePopup.keep: found ${JSON.stringify(keep)} and edgePopup.validationShare 0: the best of several shares is chosen on validation data; set validationShare, such as 0.1, or keep one share`,
      );
    }
    if (new Set(keep).size < keep.length) {
      problems.push(`edgePopup.keep: found ${JSON.stringify(keep)}, expected each share once`);
    }
    if (rounds > epochs) {
      problems.push(
        `edgePopup.rounds: found ${rounds}, expected at most as many as edgePopup.epochs, ${epochs}`,
      );
    }
    return problems;
  },
});

function edgePopupGating(spec: EdgePopupSpec, { widths }: Trainable, seed: number): Gating {
  const { scope = 'layer', rounds = 1 } = spec;
  const roundOf = (epoch: number) => 1 + Math.floor((epoch * rounds) / spec.epochs);
  const keep = ({ course, epoch }: EpochPlace) => {
    const share = spec.keep[course] ?? 1;
    return rounds === 1 ? share : share ** (roundOf(epoch) / rounds);
  };
  return {
    gates: (course) => largestGates(widths, scope, rounds === 1 ? spec.keep[course] : undefined),
    start: () => ({ scores: initialScores(widths, seed) }),
    mask: (scores, place) => largestMask(widths, scores, scope, keep(place)),
    kept: (place) => sum(keptCounts(widths, scope, keep(place))),
    keep,
    ...(rounds === 1
      ? {}
      : {
          rates(place) {
            const counts = keptCounts(widths, scope, keep(place));
            return Object.fromEntries(
              keptRates(widths, scope).map((name, index) => [name, counts[index] ?? 0]),
            );
          },
          isFinal: (epoch) => roundOf(epoch) === rounds,
        }),
  };
}

/** Scores from U[-1/√fan-in, 1/√fan-in]: PyTorch's kaiming_uniform_ with a = √5, as in the authors' code. */
export function initialScores(widths: Widths, seed: number): Float32Array {
  const stream = random(seed, 'scores');
  const scores = new Float32Array(countWeights(widths));
  for (const { inputs, outputs, offset } of denseLayers(widths)) {
    const bound = 1 / Math.sqrt(inputs);
    for (let index = 0; index < inputs * outputs; index++) {
      scores[offset + index] = (2 * stream.uniform() - 1) * bound;
    }
  }
  return scores;
}
