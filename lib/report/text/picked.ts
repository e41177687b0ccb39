/** How a run's ticket was picked from its front, in words. */
import { percent, whole } from '../../base/format.ts';
import { isMacroAverage } from '../../search/individual.ts';
import type { RunSummary } from '../summary.ts';

/** "the sparsest that is at least 95 % accurate on the training data"; undefined for runs without a front. */
export function pickedText(summary: RunSummary): string | undefined {
  const { picked } = summary;
  if (!picked) return undefined;
  const { rule, by, least = 0, accuracy, met } = picked;
  const data = by === 'validation' ? 'the validation data' : 'the training data';
  const figure = isMacroAverage(summary.objective) ? 'balanced accuracy' : 'accuracy';
  if (rule === 'best') return by === 'validation' ? `the best on ${data}` : 'the best of the search';
  if (rule === 'knee') return `the knee of ${figure} on ${data} over kept weights`;
  if (typeof rule === 'object' && 'weights' in rule) {
    const { atMost } = rule.weights;
    return met
      ? `the highest ${figure} on ${data} with at most ${whole(atMost)} weights`
      : `none keeps at most ${whole(atMost)} weights: the sparsest keeps ${whole(summary.keptWeights)}`;
  }
  const reached = `${figure} of at least ${percent(least)} on ${data}`;
  if (typeof rule !== 'object') return `the sparsest within one standard error of the best: ${reached}`;
  return met ? `the sparsest with ${reached}` : `none has ${reached}: the nearest has ${percent(accuracy)}`;
}
