/** Which of the candidates becomes the ticket. */
import { at } from '../../base/at.ts';
import type { Samples } from '../../data/dataset.ts';
import { scoreAt } from '../../evaluation/evaluator.ts';
import { createEvaluator } from '../../evaluation/evaluator-choice.ts';
import { packGenomes } from '../../search/genome.ts';
import { fitnessOf } from '../../search/individual.ts';
import type { Run } from '../run.ts';
import type { Found } from './found.ts';

/** The best on validation data, where there are any; of those that validate equally well, the one that was ranked first. */
export async function chooseCandidate({ manifest }: Run, found: Found, validation?: Samples) {
  const { candidates, objective } = found;
  const first = at(candidates, 0);
  if (!validation || candidates.length === 1) return first;
  const evaluator = await createEvaluator(first.network, validation, manifest.scaling, { objective });
  try {
    const genomes = candidates.map(({ genome }) => genome);
    const scores = await evaluator.evaluate(packGenomes(genomes, manifest.bits));
    let [best, bestFitness] = [first, Number.NEGATIVE_INFINITY];
    for (const [index, candidate] of candidates.entries()) {
      const fitness = fitnessOf(scoreAt(scores, index), objective);
      if (fitness > bestFitness) [best, bestFitness] = [candidate, fitness];
    }
    return best;
  } finally {
    await evaluator.release();
  }
}
