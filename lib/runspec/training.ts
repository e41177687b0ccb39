/** The sections of the run spec that the baselines train by, and what they ask for beyond its types. */
import { z } from 'zod';

const epochs = z.int().min(1).max(10_000).default(100).meta({
  description: 'Passes over the training data',
});
const batchSize = z.int().min(1).max(1_000_000).default(128).meta({
  description: 'Samples a step; the last step of an epoch takes what is left',
});
const learningRate = z.number().gt(0).max(1_000);
/** A share of the past that is kept from step to step. */
const decay = z.number().min(0).lt(1);
const shuffle = z.boolean().default(true).meta({
  description: 'Another order of the samples each epoch; false: as the data come',
});
const validationShare = z.number().min(0).lt(1);

export const SCHEDULES = ['cosine', 'constant'] as const;

export const edgePopupSchema = z.strictObject({
  keep: z.array(z.number().gt(0).max(1)).min(1).max(100).default([0.5]).meta({
    description: 'Share of the weights kept per layer; of several the best on validation data is the ticket',
  }),
  epochs,
  batchSize,
  learningRate: learningRate.default(0.1),
  momentum: decay.default(0.9),
  weightDecay: z.number().min(0).max(1_000).default(1e-4),
  schedule: z.enum(SCHEDULES).default('cosine').meta({
    description: 'cosine: the learning rate falls to 0 over the epochs; constant: it stays',
  }),
  shuffle,
  validationShare: validationShare.default(0).meta({
    description: 'Share of the training data that is held out; 0: the mask of the last epoch is the ticket',
  }),
});
export type EdgePopupSpec = z.output<typeof edgePopupSchema>;

export const backpropSchema = z.strictObject({
  epochs,
  batchSize,
  learningRate: learningRate.default(1e-3),
  beta1: decay.default(0.9),
  beta2: decay.default(0.999),
  epsilon: z.number().gt(0).max(1).default(1e-8),
  shuffle,
  validationShare: validationShare.default(0.1).meta({
    description:
      'Share of the training data that is held out; 0: the weights of the last epoch are the result',
  }),
  patience: z.int().min(1).max(10_000).default(10).meta({
    description: 'Epochs without a lower validation loss after which training stops',
  }),
});
export type BackpropSpec = z.output<typeof backpropSchema>;

/** Algorithms that train, each with its section of the spec. */
export const TRAINING_SECTIONS = { 'edge-popup': 'edgePopup', backprop: 'backprop' } as const;
export type TrainingAlgorithm = keyof typeof TRAINING_SECTIONS;

export function isTraining(algorithm: string): algorithm is TrainingAlgorithm {
  return Object.hasOwn(TRAINING_SECTIONS, algorithm);
}

/** Samples of a class of `size` that are held out: rounded; 0 is refused by `unfitValidationShare`. */
export function heldOut(size: number, validationShare: number): number {
  return validationShare === 0 ? 0 : Math.round(size * validationShare);
}

/**
 * The line that says that a validation share leaves a class without samples, or undefined where it does not.
 * `sizes`: training samples of each class.
 */
export function unfitValidationShare(
  section: string,
  validationShare: number,
  sizes: readonly number[],
): string | undefined {
  if (validationShare === 0) return undefined;
  const label = sizes.findIndex((size) => {
    const held = heldOut(size, validationShare);
    return held < 1 || held >= size;
  });
  if (label < 0) return undefined;
  const size = sizes[label] ?? 0;
  const left = heldOut(size, validationShare) < 1 ? 'to validate on' : 'to train on';
  return `${section}.validationShare: found ${validationShare}, which leaves none of class ${label}'s ${size} training samples ${left}; choose 0 or another share`;
}

/** What the section of `algorithm` asks for that cannot be; a line each. `sizes`: training samples of each class. */
export function trainingProblems(
  spec: { readonly edgePopup: EdgePopupSpec; readonly backprop: BackpropSpec },
  algorithm: TrainingAlgorithm,
  sizes: readonly number[],
): string[] {
  const section = TRAINING_SECTIONS[algorithm];
  const { validationShare } = spec[section];
  const problems: string[] = [];
  const { keep } = spec.edgePopup;
  if (algorithm === 'edge-popup' && keep.length > 1 && validationShare === 0) {
    problems.push(
      `edgePopup.keep: found ${JSON.stringify(keep)} and edgePopup.validationShare 0: the best of several shares is chosen on validation data; set validationShare, such as 0.1, or keep one share`,
    );
  }
  if (algorithm === 'edge-popup' && new Set(keep).size < keep.length) {
    problems.push(`edgePopup.keep: found ${JSON.stringify(keep)}, expected each share once`);
  }
  const unfit = unfitValidationShare(section, validationShare, sizes);
  return unfit === undefined ? problems : [...problems, unfit];
}
