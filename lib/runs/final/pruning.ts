/** The pruning pass over a ticket. */
import type { Candidate } from '../../algorithms/algorithm.ts';
import { algorithmNamed } from '../../algorithms/registry.ts';
import { at } from '../../base/at.ts';
import type { Evaluator } from '../../evaluation/evaluator.ts';
import { withoutDeadWeights } from '../../network/minimising/liveness.ts';
import { pruningEvaluations } from '../../runspec/shape.ts';
import { type PackedMasks, packGenomes } from '../../search/genome.ts';
import { prune, pruningFigure } from '../../search/pruning.ts';
import type { Run } from '../run.ts';

/**
 * Weights that cannot matter go first, at no cost; then one pass over the others; then those that it left dead. Where the
 * spec, or the algorithm, asks for no pruning, the mask stays.
 */
export async function pruneCandidate(
  run: Run,
  { network, genome }: Candidate,
  evaluatorOf: (run: Run) => Promise<Evaluator>,
): Promise<{ readonly genome: Uint8Array; readonly evaluations: number }> {
  const { spec, manifest } = run;
  const prunes = algorithmNamed(spec.algorithm).heeds.includes('pruning');
  if (!prunes || !spec.pruning.enabled) return { genome, evaluations: 0 };
  const evaluator = await evaluatorOf(run);
  const figure = pruningFigure(spec.search.objective);
  const measure = async (masks: PackedMasks) => (await evaluator.evaluate(masks))[figure];
  const start = withoutDeadWeights(network, genome);
  const { bits } = manifest;
  const baseline = at(await measure(packGenomes([start], bits)), 0);
  const affordable = pruningEvaluations(spec, manifest.trainSamples);
  const pass = await prune(start, bits, baseline, measure, affordable);
  return { genome: withoutDeadWeights(network, pass.genome), evaluations: pass.evaluations + 1 };
}
