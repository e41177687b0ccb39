/** edge-popup: finds the mask by training scores (Ramanujan et al. 2020, arXiv 1911.13299). */
import { sum } from 'd3-array';
import { z } from 'zod';
import { random } from '../../base/random.ts';
import { countWeights, denseLayers, type Network } from '../../network/architecture.ts';
import { maskedWeights } from '../../network/masked-weights.ts';
import { pack } from '../../search/genome.ts';
import type { EpochRow } from '../parts/epoch-row.ts';
import { byEpochs } from '../parts/epochs.ts';
import * as fields from '../parts/training-fields.ts';
import type { TrainingMethod } from '../parts/training-method.ts';
import { edgePopupStep, keptCount } from './step.ts';

const SCHEDULES = ['cosine', 'constant'] as const;

const edgePopupSchema = z.strictObject({
  keep: z.array(z.number().gt(0).max(1)).min(1).max(100).default([0.5]).meta({
    description: 'Share of the weights kept per layer; of several the best on validation data is the ticket',
  }),
  epochs: fields.epochs,
  batchSize: fields.batchSize,
  learningRate: fields.learningRate.default(0.1),
  baseLayers: fields.baseLayers,
  momentum: fields.decay.default(0.9),
  weightDecay: z.number().min(0).max(1_000).default(1e-4),
  schedule: z.enum(SCHEDULES).default('cosine').meta({
    description: 'cosine: the learning rate falls to 0 over the epochs; constant: it stays',
  }),
  shuffle: fields.shuffleField,
  validationShare: fields.validationShare.default(0).meta({
    description: 'Share of the training data that is held out; 0: the mask of the last epoch is the ticket',
  }),
});
export type EdgePopupSpec = z.output<typeof edgePopupSchema>;

export const edgePopup = byEpochs({
  summary: 'trains scores that choose the mask',
  section: { key: 'edgePopup', schema: edgePopupSchema },
  finds: 'mask',
  found: 'by training scores',
  match: {
    quantity: 'sparsity',
    exact: true,
    take: ({ sparsity }) => ({ edgePopup: { keep: [1 - sparsity] } }),
  },
  sectionOf: ({ edgePopup }: EdgePopupPart) => edgePopup,
  method: ({ edgePopup, seed }, network) => edgePopupMethod(network, edgePopup, seed),
  epochs({ edgePopup }) {
    const all = edgePopup.epochs * edgePopup.keep.length;
    return { shortest: all, longest: all };
  },
  problems({ edgePopup: { keep, validationShare } }) {
    const problems: string[] = [];
    if (keep.length > 1 && validationShare === 0) {
      problems.push(
        `edgePopup.keep: found ${JSON.stringify(keep)} and edgePopup.validationShare 0: the best of several shares is chosen on validation data; set validationShare, such as 0.1, or keep one share`,
      );
    }
    if (new Set(keep).size < keep.length) {
      problems.push(`edgePopup.keep: found ${JSON.stringify(keep)}, expected each share once`);
    }
    return problems;
  },
});

/** The parts of a run spec that it depends on. */
interface EdgePopupPart {
  readonly seed: number;
  readonly edgePopup: EdgePopupSpec;
}

/** Scores from U[-1/√fan-in, 1/√fan-in]: PyTorch's kaiming_uniform_ with a = √5, as in the authors' code. */
export function initialScores(widths: readonly number[], seed: number): Float32Array {
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

/** The mask that scores mean: per layer the weights with the largest |score|, of equal ones the first. */
export function maskOf(widths: readonly number[], scores: Float32Array, keep: number): Uint8Array {
  const mask = new Uint8Array(scores.length);
  for (const { inputs, outputs, offset } of denseLayers(widths)) {
    const size = inputs * outputs;
    const ranks = scores.subarray(offset, offset + size).map(Math.abs);
    const order = Uint32Array.from(ranks.keys()).sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b);
    for (const index of order.subarray(0, keptCount(size, keep))) mask[offset + index] = 1;
  }
  return pack(mask);
}

/** Share of all prunable weights that are pruned where each layer keeps `keep`. */
function sparsityAt(widths: readonly number[], keep: number): number {
  const kept = sum(denseLayers(widths), ({ inputs, outputs }) => keptCount(inputs * outputs, keep));
  return 1 - kept / countWeights(widths);
}

/**
 * The learning rate of an epoch, 0 …: constant, or half a cosine from the whole rate to 0, once an epoch, as in the
 * authors' code (allenai/hidden-networks, utils/schedulers.py).
 */
export function scheduledRate(
  { learningRate, schedule, epochs }: Pick<EdgePopupSpec, 'learningRate' | 'schedule' | 'epochs'>,
  epoch: number,
): number {
  return schedule === 'constant'
    ? learningRate
    : 0.5 * (1 + Math.cos((Math.PI * epoch) / epochs)) * learningRate;
}

/** `network`: its weights are frozen; biases, too, and always kept. */
function edgePopupMethod(network: Network, spec: EdgePopupSpec, seed: number): TrainingMethod {
  const { widths } = network;
  const { epochs, batchSize, shuffle, validationShare } = spec;
  const bits = countWeights(widths);
  const keep = (course: number) => spec.keep[course] ?? 1;
  const carried = { ...spec, learningRate: fields.carriedRate(spec, widths) };
  const learningRate = (epoch: number) => scheduledRate(carried, epoch);
  return {
    section: 'edgePopup',
    ...{ epochs, batchSize, shuffle, validationShare },
    definition: (course) => edgePopupStep(network, keep(course), spec),
    start: () => ({ scores: initialScores(widths, seed), momentum: new Float32Array(bits) }),
    learningRate,
    rates: (epoch, steps) => ({ learningRate: new Float32Array(steps).fill(learningRate(epoch)) }),
    result: ({ scores = new Float32Array() }) => ({ scores }),
    network: (course, { scores = new Float32Array() }) => ({
      ...network,
      weights: maskedWeights(network, maskOf(widths, scores, keep(course))),
    }),
    // The mask is for the weights as they were drawn.
    ticket: (course, { scores = new Float32Array() }) => ({
      network,
      genome: maskOf(widths, scores, keep(course)),
    }),
    keep,
    sparsity: (course) => sparsityAt(widths, keep(course)),
    better,
  };
}

/** Accuracy first, then loss, then sparsity; of equals the earlier stays. */
function better(row: EpochRow, best: EpochRow): boolean {
  const accuracy = (row.validationAccuracy ?? 0) - (best.validationAccuracy ?? 0);
  const loss = (best.validationLoss ?? Infinity) - (row.validationLoss ?? Infinity);
  return (accuracy || loss || row.sparsity - best.sparsity) > 0;
}
