/** A warm environment for functions: in a worker thread, or in the engine's own. */
import module from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { Handler } from '../aws/lambda/handler.ts';
import type { PieceAnswer, PieceTask } from '../aws/lambda/piece-messages.ts';
import { onPruning } from '../workflow/pruning-progress.ts';
import { type Answer, answer } from './invocation.ts';
import { ownModuleSchema, reopenOwnModule } from './own-modules.ts';

// The functions' modules are loaded below: compiled code is cached between runs, like that of the program.
if (parentPort) module.enableCompileCache?.();

/** In a worker thread of the engine: what a program brings along. */
const { data } = z.object({ own: z.array(ownModuleSchema).optional() }).safeParse(workerData);
for (const module of data?.own ?? []) await reopenOwnModule(module);

const invocationSchema = z.object({
  /** The function's file in lambdas/; 'release' closes what functions keep open. */
  file: z.string(),
  /** Absent: load the function and do nothing, so that its first invocation does not wait. */
  event: z.unknown().optional(),
});

const moduleSchema = z.object({ handler: z.custom<Handler>((handler) => typeof handler === 'function') });

/** Milliseconds between two messages to the thread that shows them. */
const INTERVAL = 200;
let toldAt = Number.NEGATIVE_INFINITY;

onPruning((message) => {
  const now = performance.now();
  if (now - toldAt < INTERVAL) return;
  toldAt = now;
  parentPort?.postMessage(message);
});

export default async function invoke(message: unknown): Promise<Answer> {
  const { file, event } = invocationSchema.parse(message);
  if (file === 'release') {
    const [{ releaseEvaluators }, { warmTrainer }] = await Promise.all([
      import('../aws/lambda/evaluators.ts'),
      import('../aws/lambda/warm-trainer.ts'),
    ]);
    await Promise.all([releaseEvaluators(), warmTrainer.release()]);
    // The next run is another's.
    toldAt = Number.NEGATIVE_INFINITY;
    return { result: null };
  }
  const { handler } = moduleSchema.parse(await import(`../../lambdas/${file}.ts`));
  if (event === undefined) return { result: null };
  return answer(handler, file, event);
}

/** Does a piece of a generation's work; without one, loads what does it. */
export async function piece(task?: PieceTask): Promise<PieceAnswer | undefined> {
  const { answerPiece } = await import('../aws/lambda/evaluators.ts');
  return task && answerPiece(task);
}
