/** Evaluators that stay open between the invocations of a warm environment. */
import { availableMemory } from '../../base/memory.ts';
import type { Evaluator } from '../../evaluation/evaluator.ts';
import type { Run } from '../../runs/run.ts';
import { EvaluatorCache } from '../../steps/evaluate.ts';
import { type Improving, WarmPosition } from '../../steps/improvements.ts';
import { DiskCopies } from '../../store/copies.ts';
import { environment, inLambda } from './environment.ts';
import { count } from './observation.ts';

/** How much of a function's 512 MB of /tmp copies of data may fill; elsewhere the store itself is a disk. */
const COPIES = 400e6;

/** A third of the memory: the rest is for the run at hand. */
const cache = new EvaluatorCache(
  (environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE * 2 ** 20) / 3,
  inLambda ? new DiskCopies('/tmp/tombola-copies', COPIES) : undefined,
);
const seen = new WeakSet<Evaluator>();

export async function warmEvaluator(run: Run): Promise<Evaluator> {
  const evaluator = await cache.get(run);
  count('CacheHits', seen.has(evaluator) ? 1 : 0);
  seen.add(evaluator);
  return evaluator;
}

const positions = new WarmPosition();

/** The position that improvements of a run start from. */
export function warmPosition(run: Run, work: Improving): ReturnType<WarmPosition['of']> {
  return positions.of(run, work, availableMemory());
}

/** Releases every session: before the thread ends, since onnxruntime does not take it well afterwards. */
export function releaseEvaluators(): Promise<void> {
  positions.release();
  return cache.release();
}
