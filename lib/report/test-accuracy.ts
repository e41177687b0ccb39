/** The context of a test accuracy: its confidence interval, the accuracy of guessing, and that of an unpruned network. */
import { byteSize, percent, whole } from '../base/format.ts';
import type { RunSummary } from './summary.ts';

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;

/** The 95 % interval of a share that was measured on `samples` (Wilson's score interval); within 0..1. */
export function wilsonInterval(share: number, samples: number): readonly [low: number, high: number] {
  const square = Z ** 2 / samples;
  const centre = share + square / 2;
  const room = Math.sqrt(square * (share * (1 - share) + square / 4));
  const low = (centre - room) / (1 + square);
  const high = (centre + room) / (1 + square);
  // Removes rounding errors where the interval reaches 0 or 1 exactly.
  return [share === 0 ? 0 : low, share === 1 ? 1 : high];
}

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
