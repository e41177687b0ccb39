/** From scores to the shares, means and quantiles that are written and drawn. */
import { quantile } from 'd3-array';
import type { MeasuredPath, PathPlan } from './path.ts';
import type { LandscapePath } from './schema.ts';
import type { Measured } from './scoring.ts';
import type { SlicePlan } from './slice.ts';

const accuracyOf = (samples: number) => (one: Measured) => one.correct / samples;
const lossOf = (samples: number) => (one: Measured) =>
  Number.isFinite(one.loss) ? one.loss / samples : null;

export function summarisePath(
  { at, random, greedyByAccuracy, greedyByLoss }: MeasuredPath,
  { orders, block, candidates }: PathPlan,
  samples: number,
  ends: Pick<LandscapePath, 'from' | 'to'>,
): LandscapePath {
  const over = (of: (one: Measured) => number | null, share: number) =>
    at.map((_, place) => quantile(random, share, (order) => order[place] && of(order[place])) ?? null);
  const [accuracy, loss] = [accuracyOf(samples), lossOf(samples)];
  const shares = (share: number) => over(accuracy, share).map((value) => value ?? 0);
  const walk = (all: readonly Measured[]) => ({ accuracy: all.map(accuracy), loss: all.map(loss) });
  return {
    ...ends,
    distance: at.at(-1) ?? 0,
    orders,
    block,
    candidates,
    at: [...at],
    random: {
      accuracy: { low: shares(0.1), median: shares(0.5), high: shares(0.9) },
      loss: { low: over(loss, 0.1), median: over(loss, 0.5), high: over(loss, 0.9) },
    },
    greedyByAccuracy: walk(greedyByAccuracy),
    greedyByLoss: walk(greedyByLoss),
  };
}

export function summariseSlice(scores: readonly Measured[], plan: SlicePlan, samples: number) {
  return { ...plan, accuracy: scores.map(accuracyOf(samples)), loss: scores.map(lossOf(samples)) };
}
