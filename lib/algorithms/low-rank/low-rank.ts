/** low-rank: trains weights that are products of thin matrices (Schotthöfer et al. 2022, arXiv 2205.13571). */
import { z } from 'zod';
import { lazy } from '../../base/lazy.ts';
import { countWeights } from '../../network/architecture.ts';
import type { AnyNetwork } from '../../network/network.ts';
import { type Trainable, trainableOf, withParameters } from '../../network/trainable.ts';
import { fullGenome } from '../../search/genome.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import { finalFirst, hasLowerLoss, type TrainingMethod, type Vectors } from '../parts/training-method.ts';
import { type Factors, factorise, multiply, ranksOf, shareOfFactors, truncate } from './factors.ts';
import { lowRankStep } from './step.ts';

const lowRankSchema = z.strictObject({
  keep: z.number().gt(0).max(1).default(0.5).meta({
    description:
      'Numbers that the factors are made of, as a share of the weights, at most; every layer has rank 1 at least',
  }),
  tolerance: z.number().gt(0).lt(1).nullable().default(null).meta({
    description:
      'Share of the norm of a layer that ranks may leave out: they fall after each epoch of the first half; null: they stay',
  }),
  epochs: fields.epochs,
  batchSize: fields.batchSize,
  learningRate: fields.learningRate.default(1),
  baseLayers: fields.baseLayers,
  schedule: fields.schedule,
  shuffle: fields.shuffleField,
  validationShare: fields.weightsValidationShare,
});
type LowRankSpec = z.output<typeof lowRankSchema>;

interface LowRankPart {
  readonly seed: number;
  readonly lowRank: LowRankSpec;
}

export const lowRank = byEpochs({
  summary: 'trains weights of low rank, with as many parameters as a ticket',
  section: { key: 'lowRank', schema: lowRankSchema },
  finds: 'weights',
  networks: 'convolutional',
  found: 'trained',
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ lowRank: { keep: 1 - sparsity } }),
  },
  sectionOf: ({ lowRank }: LowRankPart) => lowRank,
  problems: ({ lowRank: { tolerance, epochs } }) =>
    tolerance !== null && epochs < 2
      ? [
          `lowRank.tolerance: found ${tolerance} with lowRank.epochs ${epochs}, expected 2 epochs or more: ranks fall in the first half of them; set epochs to 2 or more, or tolerance to null`,
        ]
      : [],
  method: ({ lowRank }, network) => lowRankMethod(network, lowRank),
  passes: 2,
});

/** `network`: what training starts from, as far as the ranks allow. */
function lowRankMethod(network: AnyNetwork, written: LowRankSpec): TrainingMethod {
  const like = trainableOf(network);
  const { widths, biases } = like;
  const spec = { ...written, learningRate: fields.carriedRate(written, widths) };
  const { epochs, batchSize, shuffle, validationShare, tolerance } = spec;
  const learningRate = (epoch: number) => fields.scheduledRate(spec, epoch);
  // The second half of the epochs trains on at the ranks that the first has found.
  const isCut = (epoch: number) => tolerance !== null && 2 * (epoch + 1) <= epochs;
  const trainedNetwork = (state: Vectors): AnyNetwork => {
    let offset = 0;
    return withParameters(network, {
      weights: multiply(widths, ranksIn(state), factorsIn(state)),
      biases: biases.map(({ length }) => {
        offset += length;
        return (state.biases ?? new Float32Array()).slice(offset - length, offset);
      }),
    });
  };
  // The decomposition of a large layer takes seconds.
  const start = lazy(() => startOf(like, spec.keep));
  return {
    section: 'lowRank',
    ...{ epochs, batchSize, shuffle, validationShare },
    definition: (_, state) => lowRankStep(like, ranksIn(state)),
    form: (state) => ranksIn(state).join(),
    start,
    learningRate,
    rates: ({ epoch }, steps) => ({
      learningRate: new Float32Array(steps).fill(learningRate(epoch)),
      turns: Float32Array.from({ length: steps }, (_, step) => 1 - (step % 2)),
    }),
    after({ epoch }, state) {
      if (tolerance === null || !isCut(epoch)) return state;
      const { ranks, ...factors } = truncate(widths, ranksIn(state), factorsIn(state), tolerance);
      return { ...state, ...factors, ranks: Float32Array.from(ranks) };
    },
    result: (state) => state,
    outcome(_, result) {
      const trained = () => trainedNetwork(result);
      return {
        network: trained,
        // The products of the factors are dense.
        ticket: () => ({ network: trained(), genome: fullGenome(countWeights(widths)) }),
        keep: () => shareOfFactors(widths, ranksIn(result)),
        sparsity: () => 0,
      };
    },
    better: finalFirst((epoch) => !isCut(epoch + 1), hasLowerLoss),
  };
}

function startOf(network: Trainable, keep: number): Vectors {
  const ranks = ranksOf(network.widths, keep);
  const biases = Float32Array.from(network.biases.flatMap((layer) => [...layer]));
  return {
    ...factorise(network, ranks),
    ...(biases.length > 0 && { biases }),
    ranks: Float32Array.from(ranks),
  };
}

function ranksIn({ ranks = new Float32Array() }: Vectors): number[] {
  return [...ranks];
}

function factorsIn({ u, s, v }: Vectors): Factors {
  const none = new Float32Array();
  return { u: u ?? none, s: s ?? none, v: v ?? none };
}
