/** The pruning pass over a ticket. */
import type { Candidate } from '../../algorithms/algorithm.ts';
import { algorithmNamed } from '../../algorithms/registry.ts';
import { at } from '../../base/at.ts';
import type { Samples } from '../../data/dataset.ts';
import { type Evaluator, scoreAt } from '../../evaluation/evaluator.ts';
import { openFlipWalk } from '../../evaluation/flips/exact.ts';
import { withoutDeadWeights } from '../../network/minimising/liveness.ts';
import type { RunSpec } from '../../runspec/schema.ts';
import { pruningEvaluations } from '../../runspec/shape.ts';
import { type PackedMasks, packGenomes } from '../../search/genome.ts';
import { excessOf, fitnessOf, isFigure, type Objective } from '../../search/individual.ts';
import { byEvaluation, byFlips, type FindRemovable, prune } from '../../search/pruning.ts';
import { tellPruning } from '../../workflow/pruning-progress.ts';
import type { Run } from '../run.ts';

/** Passes of a search that flips bits, at most: flips are cheap, and it priced its weights by the same figure. */
const PASSES_BY_FLIPS = 20;

/** Default for the figure that the passes must not make worse. */
export function pruningFigure({ algorithm, pruning, search: { objective } }: RunSpec): Objective {
  const { improves } = algorithmNamed(algorithm);
  const own = improves || isFigure(objective);
  return (pruning.figure ?? (own ? 'objective' : 'accuracy')) === 'objective' ? objective : 'accuracy';
}

export interface Pruned {
  readonly genome: Uint8Array;
  readonly evaluations: number;
}

/**
 * Weights that cannot matter go first, at no cost; then passes over the others; then those that they left dead. Where the
 * spec, or the algorithm, asks for no pruning, the mask stays.
 */
export async function pruneCandidate(
  run: Run,
  { network, genome }: Candidate,
  train: Samples,
  evaluatorOf: (run: Run) => Promise<Evaluator>,
): Promise<Pruned> {
  const { spec, manifest } = run;
  const { heeds, improves } = algorithmNamed(spec.algorithm);
  if (!heeds.includes('pruning') || !spec.pruning.enabled) return { genome, evaluations: 0 };
  const { tolerance = 0, passes = improves ? PASSES_BY_FLIPS : 1 } = spec.pruning;
  const figure = pruningFigure(spec);
  const start = withoutDeadWeights(network, genome);
  // These are shares; the others are sums over the samples.
  const slack = tolerance * (isFigure(figure) ? 1 : manifest.trainSamples);
  // Flips alone do not tell gaps between groups.
  const walk = spec.search.constraints
    ? undefined
    : openFlipWalk(network, train, manifest.scaling, start, figure);
  const findRemovable = walk
    ? byFlips(walk, walk.figure() - slack)
    : await evaluating(manifest.bits, start, figure, slack, await evaluatorOf(run));
  const limits = { maxEvaluations: pruningEvaluations(spec, manifest.trainSamples), passes };
  const pruned = await prune(start, manifest.bits, findRemovable, limits, (done, about) =>
    tellPruning({ done, about }),
  );
  return { genome: withoutDeadWeights(network, pruned.genome), evaluations: pruned.evaluations + 1 };
}

/** Where flips cannot be evaluated alone, whole networks are. A constraint is not exceeded by more than before. */
async function evaluating(
  bits: number,
  start: Uint8Array,
  figure: Objective,
  slack: number,
  evaluator: Evaluator,
): Promise<FindRemovable> {
  const score = async (masks: PackedMasks) => {
    const scores = await evaluator.evaluate(masks);
    return Array.from({ length: masks.count }, (_, index) => scoreAt(scores, index));
  };
  const before = at(await score(packGenomes([start], bits)), 0);
  const measure = async (masks: PackedMasks) =>
    (await score(masks)).map((one) =>
      excessOf(one) > excessOf(before) ? Number.NEGATIVE_INFINITY : fitnessOf(one, figure),
    );
  return byEvaluation(bits, fitnessOf(before, figure) - slack, measure);
}
