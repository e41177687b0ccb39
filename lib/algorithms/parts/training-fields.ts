/** Fields that the sections of algorithms that train share. */
import { z } from 'zod';
import { denseLayers, type Widths } from '../../network/architecture.ts';

export const epochs = z.int().min(1).max(10_000).default(100).meta({
  description: 'Passes over the training data',
});
export const batchSize = z.int().min(1).max(1_000_000).default(128).meta({
  description: 'Samples per step; the last step of an epoch takes the rest',
});
export const learningRate = z.number().gt(0).max(1_000);
/** A share of the past that is kept from step to step. */
export const decay = z.number().min(0).lt(1);
export const shuffleField = z.boolean().default(true).meta({
  description: 'Shuffle the samples each epoch; false: keep the order of the data',
});
export const validationShare = z.number().min(0).lt(1);
/** Where trained weights are chosen by held-out samples. */
export const weightsValidationShare = validationShare.default(0.1).meta({
  description: 'Share of the training data that is held out; 0: the weights of the last epoch are the result',
});
const SCHEDULES = ['cosine', 'constant'] as const;
export const schedule = z.enum(SCHEDULES).default('cosine').meta({
  description: 'cosine: the learning rate falls to 0 over the epochs; constant: it stays',
});
export const baseLayers = z.array(z.int().min(1).max(1_000_000)).min(2).max(20).optional().meta({
  description:
    'Widths of a small network for which the learning rate was tuned: it is carried over to the depth of this one (arXiv 2402.17440)',
});

/** Fields of every section that trains weights with Adam. */
export const adamFields = {
  epochs,
  batchSize,
  learningRate: learningRate.default(1e-3),
  baseLayers,
  beta1: decay.default(0.9),
  beta2: decay.default(0.999),
  epsilon: z.number().gt(0).max(1).default(1e-8),
  shuffle: shuffleField,
  validationShare: weightsValidationShare,
};

/**
 * The largest stable rate falls with the depths L of all paths from input to output as (Σ L³)^(-1/2); a network that is
 * trained has one path.
 */
export function carriedRate(
  {
    learningRate: tuned,
    baseLayers: base,
  }: { learningRate: number; baseLayers?: readonly number[] | undefined },
  widths: Widths,
): number {
  return base ? tuned * ((base.length - 1) / denseLayers(widths).length) ** 1.5 : tuned;
}

/**
 * The learning rate of an epoch, 0 …: constant, or half a cosine from the whole rate to 0, once an epoch, as in the code of
 * edge-popup's authors (allenai/hidden-networks, utils/schedulers.py).
 */
export function scheduledRate(
  {
    learningRate: whole,
    schedule: course,
    epochs: all,
  }: { learningRate: number; schedule: (typeof SCHEDULES)[number]; epochs: number },
  epoch: number,
): number {
  return course === 'constant' ? whole : 0.5 * (1 + Math.cos((Math.PI * epoch) / all)) * whole;
}
