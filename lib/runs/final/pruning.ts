/** The pruning pass over a ticket. */
import type { Candidate } from '../../algorithms/algorithm.ts';
import { algorithmNamed } from '../../algorithms/registry.ts';
import { at } from '../../base/at.ts';
import type { Samples } from '../../data/dataset.ts';
import type { Evaluator } from '../../evaluation/evaluator.ts';
import { openFlipWalk } from '../../evaluation/flips/exact.ts';
import { withoutDeadWeights } from '../../network/minimising/liveness.ts';
import { pruningEvaluations } from '../../runspec/shape.ts';
import { type PackedMasks, packGenomes } from '../../search/genome.ts';
import { isMacroAverage } from '../../search/individual.ts';
import { byEvaluation, byFlips, type FindRemovable, prune, pruningFigure } from '../../search/pruning.ts';
import { tellPruning } from '../../workflow/pruning-progress.ts';
import type { Run } from '../run.ts';

/**
 * Weights that cannot matter go first, at no cost; then one pass over the others; then those that it left dead. Where the
 * spec, or the algorithm, asks for no pruning, the mask stays.
 */
export async function pruneCandidate(
  run: Run,
  { network, genome }: Candidate,
  train: Samples,
  evaluatorOf: (run: Run) => Promise<Evaluator>,
): Promise<{ readonly genome: Uint8Array; readonly evaluations: number }> {
  const { spec, manifest } = run;
  const prunes = algorithmNamed(spec.algorithm).heeds.includes('pruning');
  if (!prunes || !spec.pruning.enabled) return { genome, evaluations: 0 };
  const { objective } = spec.search;
  const start = withoutDeadWeights(network, genome);
  const average = isMacroAverage(objective) ? objective : undefined;
  const walk = openFlipWalk(network, train, manifest.scaling, start, average);
  const findRemovable = walk ? byFlips(walk, walk.figure()) : await evaluating(run, start, evaluatorOf);
  const affordable = pruningEvaluations(spec, manifest.trainSamples);
  const pass = await prune(start, manifest.bits, findRemovable, affordable, (done, about) =>
    tellPruning({ done, about }),
  );
  return { genome: withoutDeadWeights(network, pass.genome), evaluations: pass.evaluations + 1 };
}

/** Where flips cannot be evaluated alone, whole networks are. */
async function evaluating(
  run: Run,
  start: Uint8Array,
  evaluatorOf: (run: Run) => Promise<Evaluator>,
): Promise<FindRemovable> {
  const evaluator = await evaluatorOf(run);
  const figure = pruningFigure(run.spec.search.objective);
  const measure = async (masks: PackedMasks) => (await evaluator.evaluate(masks))[figure];
  const { bits } = run.manifest;
  return byEvaluation(bits, at(await measure(packGenomes([start], bits)), 0), measure);
}
