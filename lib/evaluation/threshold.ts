/** The threshold of one logit above which a sample counts as the class. */
import { ascending, max, min } from 'd3-array';
import { at } from '../base/at.ts';

/** Samples of the class count one by one, or as much in all as those of the rest. */
export type ThresholdFigure = 'accuracy' | 'balanced-accuracy';

/**
 * The threshold that decides most of the samples right: `logit` > threshold is the class (1 in `labels`), everything else the
 * rest (0). Of several equally good ones it lies in the middle of the widest gap between two logits; one that answers the same for
 * every sample comes last. float32.
 */
export function bestThreshold(
  logits: Float32Array,
  labels: ArrayLike<number>,
  figure: ThresholdFigure,
): number {
  const order = Uint32Array.from(logits.keys()).sort((a, b) => ascending(at(logits, a), at(logits, b)));
  const positives = order.reduce((sum, sample) => sum + at(labels, sample), 0);
  const negatives = order.length - positives;
  // Whole numbers, in the ratio of the shares that a sample of either kind is: sums of the shares would round, and equal ones differ.
  const [own, rest] = figure === 'accuracy' ? [1, 1] : [Math.max(1, negatives), Math.max(1, positives)];
  // Below all logits everything is the class; the samples move to the rest one after the other.
  let right = positives * own;
  let best = { right, width: 0, threshold: below(at(logits, at(order, 0))) };
  for (const [place, sample] of order.entries()) {
    right += at(labels, sample) === 1 ? -own : rest;
    const low = at(logits, sample);
    const next = order[place + 1];
    const high = next === undefined ? Number.POSITIVE_INFINITY : at(logits, next);
    if (high === low) continue;
    const width = next === undefined ? 0 : high - low;
    if (right < best.right || (right === best.right && width <= best.width)) continue;
    best = { right, width, threshold: between(low, high) };
  }
  return best.threshold;
}

function below(logit: number): number {
  return Math.fround(logit - Math.max(1, Math.abs(logit)));
}

/** At least `low`, less than `high`. */
function between(low: number, high: number): number {
  if (high === Number.POSITIVE_INFINITY) return low;
  const middle = Math.fround((low + high) / 2);
  return middle < high ? middle : low;
}

/** Towards a threshold of just 0 there would be a thousand, to the smallest number there is. */
const HALVINGS = 100;

/**
 * The threshold with the least cross-entropy of σ(logit − threshold), where as much probability is given as there are samples of the
 * class. By bisection: logits of random weights may be hundreds apart, where Newton's steps lead nowhere. float32.
 */
export function likeliestThreshold(logits: Float32Array, labels: ArrayLike<number>): number {
  const positives = Array.from(labels).reduce((sum, label) => sum + label, 0);
  // So far below the least logit more probability is given than to all samples but one, and so far above the largest less than to one.
  const room = Math.log(logits.length);
  let [low, high] = [(min(logits) ?? 0) - room, (max(logits) ?? 0) + room];
  for (let halvings = 0; halvings < HALVINGS; halvings++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    const given = logits.reduce((sum, logit) => sum + 1 / (1 + Math.exp(middle - logit)), 0);
    if (given > positives) low = middle;
    else high = middle;
  }
  return Math.fround((low + high) / 2);
}
