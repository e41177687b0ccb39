/** The threshold of one logit above which a sample counts as the class. */
import { ascending } from 'd3-array';
import { at } from '../base/at.ts';

/** Samples of the class count one by one, or as much in all as those of the rest. */
export type ThresholdFigure = 'accuracy' | 'balanced-accuracy';

/**
 * The threshold that decides most of the samples right: `logit` > threshold is the class (1 in `labels`), everything else the
 * rest (0). Of several equally good ones it lies in the middle of the widest gap between two logits. float32.
 */
export function bestThreshold(
  logits: Float32Array,
  labels: ArrayLike<number>,
  figure: ThresholdFigure,
): number {
  const order = Uint32Array.from(logits.keys()).sort((a, b) => ascending(at(logits, a), at(logits, b)));
  const positives = order.reduce((sum, sample) => sum + at(labels, sample), 0);
  const negatives = order.length - positives;
  const [own, rest] =
    figure === 'accuracy' ? [1, 1] : [1 / Math.max(1, positives), 1 / Math.max(1, negatives)];
  // Below all logits everything is the class; the samples move to the rest one after the other.
  let right = positives * own;
  let best = { right, width: Number.POSITIVE_INFINITY, threshold: below(at(logits, at(order, 0))) };
  for (const [place, sample] of order.entries()) {
    right += at(labels, sample) === 1 ? -own : rest;
    const low = at(logits, sample);
    const next = order[place + 1];
    const high = next === undefined ? Number.POSITIVE_INFINITY : at(logits, next);
    if (high === low) continue;
    const width = high - low;
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

/** The threshold with the least cross-entropy of σ(logit − threshold), by Newton's method; float32. */
export function likeliestThreshold(logits: Float32Array, labels: ArrayLike<number>): number {
  let threshold = 0;
  for (let step = 0; step < 100; step++) {
    let [slope, curvature] = [0, 0];
    for (const [sample, logit] of logits.entries()) {
      const p = 1 / (1 + Math.exp(threshold - logit));
      slope += p - at(labels, sample);
      curvature += p * (1 - p);
    }
    const move = Math.max(-1, Math.min(1, slope / Math.max(curvature, 1e-9)));
    threshold += move;
    if (Math.abs(move) < 1e-9) break;
  }
  return Math.fround(threshold);
}
