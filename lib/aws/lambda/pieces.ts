/** The work of a generation, on all threads that there are. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { vcpusOf } from '../../cost/prices.ts';
import type { Evaluator } from '../../evaluation/evaluator.ts';
import type { Run } from '../../runs/run.ts';
import {
  countUnits,
  cutPiece,
  type DoPiece,
  joinDone,
  type Piece,
  threadsThatFit,
} from '../../steps/pieces.ts';
import { environment, inLambda, meter } from './environment.ts';
import { count } from './observation.ts';
import type { PieceAnswer, Threads, WarmDone } from './piece-messages.ts';

/** A thread did not do its piece. */
class PieceFailed extends Error {
  constructor({ name, message }: Extract<PieceAnswer, { error: unknown }>['error']) {
    super(message);
    this.name = name;
  }
}

/** Threads of the handler's caller; without any, the handler's own thread does the work. */
export const THREADS = new AsyncLocalStorage<Threads | undefined>();

/** On AWS onnxruntime is loaded while the environment starts; here, a thread that does no work does without. */
const evaluators = inLambda ? await import('./evaluators.ts') : undefined;

const memory = environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
/** The function's own threads, where it has more than one vCPU. */
const own = inLambda && vcpusOf(memory) > 1 ? await ownThreads() : undefined;

async function ownThreads(): Promise<Threads | undefined> {
  const { isThread, VcpuThreads } = await import('./threads.ts');
  return isThread ? undefined : new VcpuThreads(vcpusOf(memory));
}

/** Milliseconds that a part takes at least: less is not worth another message. */
const SHORTEST_PART = 1;
/** Milliseconds that a unit of a run took one thread the last time. */
const speeds = new WeakMap<Run, number>();

/** Does the work of one invocation. `tell`: its metrics, once, since a leap is thousands of pieces. */
export function workOfInvocation(): { readonly work: DoPiece; readonly tell: () => void } {
  let [evaluations, milliseconds] = [0, 0];
  let warm: boolean | undefined;
  return {
    work: async (run, piece) => {
      const done = await shared(run, piece);
      evaluations += countUnits(piece);
      milliseconds += done.milliseconds;
      warm ??= done.warm;
      return done;
    },
    tell: () => {
      count('Evaluations', evaluations);
      if (milliseconds > 0) count('EvaluationsPerSecond', (1000 * evaluations) / milliseconds);
      if (warm !== undefined) count('CacheHits', warm ? 1 : 0);
    },
  };
}

async function shared(run: Run, piece: Piece): Promise<WarmDone> {
  const fitting = own ? threadsThatFit(run, memory * 2 ** 20) : 0;
  const threads = THREADS.getStore() ?? (fitting > 1 ? own : undefined);
  if (!threads) return (evaluators ?? (await import('./evaluators.ts'))).doHere(run, piece);
  const width = threads === own ? Math.min(threads.width, fitting) : threads.width;
  const units = countUnits(piece);
  const speed = speeds.get(run);
  const worth = speed === undefined ? units : Math.ceil((units * speed) / SHORTEST_PART);
  const name = { run: run.store.uri, manifest: run.checksum };
  const answers = await Promise.all(
    cutPiece(piece, Math.min(width, worth)).map((part) => threads.run({ ...name, piece: part })),
  );
  const parts = answers.map((answer) => {
    if ('error' in answer) throw new PieceFailed(answer.error);
    meter.add({ gets: answer.spent.gets });
    return answer.done;
  });
  const done = joinDone(parts);
  const together = parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (units > 0) speeds.set(run, together / units);
  // A run here is priced as if one thread had done it all.
  if (!inLambda) meter.add({ milliseconds: together - done.milliseconds });
  return { ...done, warm: parts.every(({ warm }) => warm) };
}

/** The evaluator of a run, shared out in the same way: for Finalize. */
export async function sharedEvaluator(run: Run): Promise<Evaluator> {
  if (!own) return (evaluators ?? (await import('./evaluators.ts'))).warmEvaluator(run);
  return {
    bytes: 0,
    evaluate: async (masks) => (await shared(run, { masks })).scores,
    release: async () => undefined,
  };
}
