/** Random masks for benchmarks of evaluators. */

import { randomGenome } from '../lib/algorithms/parts/operators.ts';
import { random } from '../lib/base/random.ts';
import type { Evaluator } from '../lib/evaluation/evaluator.ts';
import { packGenomes } from '../lib/search/genome.ts';

/** Evaluates the same random masks each time; gives how many they are. */
export function evaluating(evaluator: Evaluator, bits: number, individuals: number): () => Promise<number> {
  const genomes = Array.from({ length: individuals }, (_, index) =>
    randomGenome(random(1, 'start', 0, index), bits),
  );
  const masks = packGenomes(genomes, bits);
  return async () => {
    await evaluator.evaluate(masks);
    return individuals;
  };
}
