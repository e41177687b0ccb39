/** Evaluators and positions that stay open between the invocations of a warm environment, in one thread. */
import { isMainThread } from 'node:worker_threads';
import pLimit from 'p-limit';
import { availableMemory } from '../../base/memory.ts';
import { vcpusOf } from '../../cost/prices.ts';
import type { Evaluator } from '../../evaluation/evaluator.ts';
import type { Run } from '../../runs/run.ts';
import { EvaluatorCache } from '../../steps/evaluator-cache.ts';
import { improveAll, WarmPosition } from '../../steps/improvements.ts';
import { doPiece, type Piece } from '../../steps/pieces.ts';
import { DiskCopies } from '../../store/copies.ts';
import { environment, inLambda, meter, openedRun } from './environment.ts';
import { count } from './observation.ts';
import type { PieceAnswer, PieceTask, WarmDone } from './piece-messages.ts';

/** How much of a function's 512 MB of /tmp copies of data may fill; elsewhere the store itself is a disk. */
const COPIES = 400e6;

const memory = environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
/** The threads of a function share its memory; here the default is that of one. */
const sharing = inLambda && !isMainThread ? vcpusOf(memory) : 1;

/** A third of the memory: the rest is for the run at hand. */
const cache = new EvaluatorCache(
  (memory * 2 ** 20) / 3 / sharing,
  inLambda ? new DiskCopies('/tmp/tombola-copies', COPIES) : undefined,
);
const seen = new WeakSet<Evaluator>();

/** The evaluator, and whether it was there already. */
async function lookUp(run: Run): Promise<{ readonly evaluator: Evaluator; readonly warm: boolean }> {
  const evaluator = await cache.get(run);
  const warm = seen.has(evaluator);
  seen.add(evaluator);
  return { evaluator, warm };
}

export async function warmEvaluator(run: Run): Promise<Evaluator> {
  const { evaluator, warm } = await lookUp(run);
  count('CacheHits', warm ? 1 : 0);
  return evaluator;
}

const positions = new WarmPosition();

/** An evaluator is not made for two calls at a time. */
const oneAtATime = pLimit(1);

/** Does a piece of a run's work in this thread, after those that it was given before. */
export function doHere(run: Run, piece: Piece): Promise<WarmDone> {
  return oneAtATime(doNow, run, piece);
}

async function doNow(run: Run, piece: Piece): Promise<WarmDone> {
  const { evaluator, warm } = await lookUp(run);
  const done = await doPiece(run, piece, {
    evaluator,
    improver: async (work) => {
      const positionOf = await positions.of(run, work, availableMemory() / sharing);
      return () => improveAll(positionOf, work, run);
    },
    elapsed: () => performance.now(),
  });
  return { ...done, warm };
}

/** The same for another thread. */
export async function answerPiece({ piece, ...name }: PieceTask): Promise<PieceAnswer> {
  try {
    const done = await doHere(await openedRun(name), piece);
    return { done, spent: meter.take() };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { error: { name: error.name, message: error.message } };
  }
}

/** Releases every session: before the thread ends, since onnxruntime does not take it well afterwards. */
export function releaseEvaluators(): Promise<void> {
  positions.release();
  return cache.release();
}
