/**
 * Gaps between groups beside the scores. The samples are cut by group, and by whether their class is the positive one; with
 * every label replaced by the positive class, an evaluator's count of correct predictions is that of positive answers. So these
 * counts are as exact as any, on every path.
 */
import { at } from '../base/at.ts';
import { type AffineScaling, pick, type Samples } from '../data/dataset.ts';
import type { AnyNetwork } from '../network/network.ts';
import { fairnessOf, type GapLimits, type GroupCounts } from '../search/fairness.ts';
import type { PackedMasks } from '../search/genome.ts';
import { type Evaluator, FAIRNESS, type Scores } from './evaluator.ts';
import { createEvaluator, type EvaluatorSettings } from './evaluator-choice.ts';

export interface FairnessTask {
  /** The positive class; all others are negative. */
  readonly positive: number;
  readonly limits: GapLimits | undefined;
}

/** The answers to a part of the samples: of one group, and one side. */
interface Cut {
  readonly group: number;
  readonly isPositive: boolean;
  readonly evaluator: Evaluator;
}

/** As `createEvaluator`; the samples must have groups. */
export async function createFairEvaluator(
  network: AnyNetwork,
  samples: Samples,
  scaling: AffineScaling,
  options: EvaluatorSettings,
  task: FairnessTask,
): Promise<Evaluator> {
  const groups = groupsOf(samples);
  const cuts: Cut[] = [];
  // The parts come first: the whole may overwrite the samples.
  for (const [group, rows] of groups.entries()) {
    for (const isPositive of [true, false]) {
      const own = rows.filter((row) => (samples.labels[row] === task.positive) === isPositive);
      if (own.length === 0) continue;
      const part = pick(samples, own);
      part.labels.fill(task.positive);
      const evaluator = await createEvaluator(network, part, scaling, {
        objective: 'accuracy',
        consume: true,
      });
      cuts.push({ group, isPositive, evaluator });
    }
  }
  const whole = await createEvaluator(network, samples, scaling, options);
  const sizes = countsOf(samples, groups, task);
  return {
    bytes: [whole, ...cuts.map(({ evaluator }) => evaluator)].reduce((sum, { bytes }) => sum + bytes, 0),
    async evaluate(masks) {
      const scores = await whole.evaluate(masks);
      return { ...scores, fairness: await fairnessIn(cuts, sizes, masks, task) };
    },
    async release() {
      await whole.release();
      for (const { evaluator } of cuts) await evaluator.release();
    },
  };
}

/** The rows of each group. */
function groupsOf({ groups }: Samples): Uint32Array[] {
  if (!groups) throw new TypeError('the samples have no groups');
  const count = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  const rows = Uint32Array.from(groups.keys());
  return Array.from({ length: count }, (_, group) => rows.filter((row) => groups[row] === group));
}

function countsOf({ labels }: Samples, groups: readonly Uint32Array[], { positive }: FairnessTask) {
  return groups.map((rows) => {
    const positives = rows.filter((row) => labels[row] === positive).length;
    return { positives, negatives: rows.length - positives };
  });
}

async function fairnessIn(
  cuts: readonly Cut[],
  sizes: readonly Pick<GroupCounts, 'positives' | 'negatives'>[],
  masks: PackedMasks,
  { limits }: FairnessTask,
): Promise<Float64Array> {
  const answered: { readonly cut: Cut; readonly scores: Scores }[] = [];
  for (const cut of cuts) answered.push({ cut, scores: await cut.evaluator.evaluate(masks) });
  const all = new Float64Array(masks.count * FAIRNESS.length);
  for (let mask = 0; mask < masks.count; mask++) {
    const counts = sizes.map((size) => ({ ...size, truePositives: 0, falsePositives: 0 }));
    for (const { cut, scores } of answered) {
      const one = at(counts, cut.group);
      one[cut.isPositive ? 'truePositives' : 'falsePositives'] = at(scores.correct, mask);
    }
    const fairness = fairnessOf(counts, limits);
    all.set(
      FAIRNESS.map((name) => fairness[name]),
      mask * FAIRNESS.length,
    );
  }
  return all;
}
