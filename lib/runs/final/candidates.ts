/** Which of the candidates becomes the ticket. */
import { at } from '../../base/at.ts';
import type { Samples } from '../../data/dataset.ts';
import { scoreAt } from '../../evaluation/evaluator.ts';
import { createEvaluator } from '../../evaluation/evaluator-choice.ts';
import { createFairEvaluator } from '../../evaluation/fair-evaluator.ts';
import { packGenomes } from '../../search/genome.ts';
import { excessOf, fitnessOf } from '../../search/individual.ts';
import { fairnessTask } from '../groups.ts';
import { ownObjectiveOf, type Run } from '../run.ts';
import type { Found } from './found.ts';

/** The best on validation data, where there are any, and constraints come first; of those that validate equally well, the one that was ranked first. */
export async function chooseCandidate(run: Run, found: Found, validation?: Samples) {
  const { manifest } = run;
  const { candidates, objective } = found;
  const first = at(candidates, 0);
  if (!validation || candidates.length === 1) return first;
  const options = { objective, own: ownObjectiveOf(run) };
  const task = fairnessTask(run);
  const evaluator = task
    ? await createFairEvaluator(first.network, validation, manifest.scaling, options, task)
    : await createEvaluator(first.network, validation, manifest.scaling, options);
  try {
    const genomes = candidates.map(({ genome }) => genome);
    const scores = await evaluator.evaluate(packGenomes(genomes, manifest.bits));
    let [best, bestFitness, least] = [first, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const [index, candidate] of candidates.entries()) {
      const score = scoreAt(scores, index);
      const [fitness, excess] = [fitnessOf(score, objective), excessOf(score)];
      if (excess < least || (excess === least && fitness > bestFitness))
        [best, bestFitness, least] = [candidate, fitness, excess];
    }
    return best;
  } finally {
    await evaluator.release();
  }
}
