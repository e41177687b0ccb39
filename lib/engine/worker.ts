/** A worker thread of the embedded engine: a warm environment for the functions that compute. */
import { z } from 'zod';
import { type Answer, answer, type Handler } from './invocation.ts';

const FUNCTIONS = {
  evaluate: () => import('../../lambdas/evaluate.ts'),
  train: () => import('../../lambdas/train.ts'),
  finalize: () => import('../../lambdas/finalize.ts'),
} as const;

const invocationSchema = z.object({
  functionName: z.enum(['evaluate', 'train', 'finalize', 'release']),
  /** Absent: load the function and do nothing, so that its first invocation does not wait. */
  event: z.unknown().optional(),
});

export default async function invoke(message: unknown): Promise<Answer> {
  const { functionName, event } = invocationSchema.parse(message);
  if (functionName === 'release') {
    const { releaseEvaluators } = await import('../../lambdas/evaluators.ts');
    await releaseEvaluators();
    return { result: null };
  }
  const { handler } = await FUNCTIONS[functionName]();
  if (event === undefined) return { result: null };
  return answer(handler as Handler, functionName, event);
}
