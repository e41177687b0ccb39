/** The context of a test accuracy: its confidence interval, the accuracy of guessing, and that of an unpruned network. */
import { wordingOf } from '../algorithms/registry.ts';
import { byteSize, decimals, percent, whole } from '../base/format.ts';
import { wilsonInterval } from './intervals.ts';
import type { RunSummary } from './summary.ts';

/** Summaries of earlier versions do not have the accuracy of guessing. */
export function testAccuracyContext({
  testAccuracy,
  testSamples,
  largestClassAccuracy,
}: Pick<RunSummary, 'testAccuracy' | 'testSamples' | 'largestClassAccuracy'>): string {
  const [low, high] = wilsonInterval(testAccuracy, testSamples);
  const interval = `95 % interval ${percent(low, 2)} to ${percent(high, 2)}`;
  if (largestClassAccuracy === undefined) return interval;
  return `${interval}; always guessing the largest class: ${percent(largestClassAccuracy, 2)}`;
}

/** Accuracy above that of a guess, up to which a training has learned nothing. */
const BARELY = 0.01;

/** A sentence about a training that has learned nothing; undefined of others, and of summaries of earlier versions. */
export function untaughtText({
  algorithm,
  testAccuracy,
  trainAccuracy,
  largestClassAccuracy,
}: Pick<RunSummary, 'algorithm' | 'testAccuracy' | 'trainAccuracy' | 'largestClassAccuracy'>):
  | string
  | undefined {
  if (wordingOf(algorithm).process !== 'training' || largestClassAccuracy === undefined) return undefined;
  if (Math.max(testAccuracy, trainAccuracy) > largestClassAccuracy + BARELY) return undefined;
  return 'The training ended where guessing the largest class does: choose a smaller learning rate, or more epochs.';
}

/** The network as it was given, where its weights were. */
export function unprunedText({
  unpruned,
  prunableWeights,
  minimised,
}: Pick<RunSummary, 'unpruned' | 'prunableWeights' | 'minimised'>): string | undefined {
  if (!unpruned) return undefined;
  const { testAccuracy, trainAccuracy } = unpruned;
  // A mask makes weights zero: the file of the ticket is as large as one with all of them.
  const size = minimised ? `, ${byteSize(minimised.before.bytes)}` : '';
  return `${percent(testAccuracy, 2)} test, ${percent(trainAccuracy, 2)} train accuracy with all ${whole(prunableWeights)} weights${size}`;
}

/** The ticket that was planted, and how near the run's own is to it: in train accuracy, and in weights. */
export function plantedText({
  planted,
  trainAccuracy,
  keptWeights,
}: Pick<RunSummary, 'planted' | 'trainAccuracy' | 'keptWeights'>): string | undefined {
  if (!planted) return undefined;
  const gap = planted.trainAccuracy - trainAccuracy;
  const overlap = planted.shared / (planted.keptWeights + keptWeights - planted.shared);
  const behind = gap >= 0 ? 'below' : 'above';
  return `${percent(planted.testAccuracy, 2)} test, ${percent(planted.trainAccuracy, 2)} train accuracy with ${whole(planted.keptWeights)} weights; on training data the run's ticket is ${decimals(100 * Math.abs(gap), 2)} points ${behind} it, and keeps ${whole(planted.shared)} of these weights (${percent(overlap)} of those that either of the two keeps)`;
}
