/** low-rank: trains weights that are products of thin matrices (Schotthöfer et al. 2022, arXiv 2205.13571). */
import { z } from 'zod';
import { countWeights, denseLayers, type Network } from '../../network/architecture.ts';
import { layersIn } from '../../network/network.ts';
import { pack } from '../../search/genome.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import { hasLowerLoss, type TrainingMethod, type Vectors } from '../parts/training-method.ts';
import { factorise, multiply, ranksOf, shareOfFactors } from './factors.ts';
import { lowRankStep } from './step.ts';

const lowRankSchema = z.strictObject({
  keep: z.number().gt(0).max(1).default(0.5).meta({
    description:
      'Numbers that the factors are made of, as a share of the weights, at most; every layer has rank 1 at least',
  }),
  epochs: fields.epochs,
  batchSize: fields.batchSize,
  learningRate: fields.learningRate.default(0.3),
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
  found: 'trained',
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ lowRank: { keep: 1 - sparsity } }),
  },
  sectionOf: ({ lowRank }: LowRankPart) => lowRank,
  method: ({ lowRank }, network) => lowRankMethod(layersIn(network), lowRank),
  passes: 2,
});

/** `network`: what training starts from, as far as the ranks allow. */
function lowRankMethod(network: Network, written: LowRankSpec): TrainingMethod {
  const { widths } = network;
  const spec = { ...written, learningRate: fields.carriedRate(written, widths) };
  const { epochs, batchSize, shuffle, validationShare } = spec;
  const ranks = ranksOf(widths, spec.keep);
  const kept = shareOfFactors(widths, ranks);
  const learningRate = (epoch: number) => fields.scheduledRate(spec, epoch);
  const networkOf = ({ biases = new Float32Array(), ...factors }: Vectors): Network => {
    const none = new Float32Array();
    let offset = 0;
    return {
      widths,
      weights: multiply(widths, ranks, { u: none, s: none, v: none, ...factors }),
      biases: denseLayers(widths).map(({ outputs }) => {
        offset += outputs;
        return biases.slice(offset - outputs, offset);
      }),
    };
  };
  return {
    section: 'lowRank',
    ...{ epochs, batchSize, shuffle, validationShare },
    definition: () => lowRankStep(widths, ranks),
    start: () => ({
      ...factorise(network, ranks),
      biases: Float32Array.from(network.biases.flatMap((layer) => [...layer])),
    }),
    learningRate,
    rates: ({ epoch }, steps) => ({
      learningRate: new Float32Array(steps).fill(learningRate(epoch)),
      turns: Float32Array.from({ length: steps }, (_, step) => 1 - (step % 2)),
    }),
    result: (state) => state,
    network: (_, result) => networkOf(result),
    // The products of the factors are dense.
    ticket: (_, result) => ({
      network: networkOf(result),
      genome: pack(new Uint8Array(countWeights(widths)).fill(1)),
    }),
    keep: () => kept,
    sparsity: () => 0,
    better: hasLowerLoss,
  };
}
