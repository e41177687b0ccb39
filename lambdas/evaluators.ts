/** Evaluators that stay open between the invocations of a warm environment. */
import type { Evaluator } from '../lib/evaluation/evaluator.ts';
import { evaluatorCache } from '../lib/steps/evaluate.ts';
import type { Run } from '../lib/steps/run.ts';
import { count } from './observed.ts';

const cached = evaluatorCache();
const seen = new WeakSet<Evaluator>();

export async function warmEvaluator(run: Run): Promise<Evaluator> {
  const evaluator = await cached(run);
  count('CacheHits', seen.has(evaluator) ? 1 : 0);
  seen.add(evaluator);
  return evaluator;
}
