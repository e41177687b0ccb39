import { isMainThread } from 'node:worker_threads';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { discard } from '../data/array-release.ts';
import type { Objective } from '../search/individual.ts';
import type { LoadedObjective } from '../search/own-objective.ts';

/** Memory of a Lambda function that comes with each vCPU, MB. */
const MEGABYTES_PER_VCPU = 1769;

/**
 * Threads a session runs on. In the main thread of a Lambda function as many as its memory brings vCPUs; elsewhere one:
 * parallelism comes from pieces there, a worker thread each, which is faster than threads inside a run. No count depends
 * on it: counts are exact. Losses would, so evaluators that sum them take one thread wherever they are.
 */
export function sessionThreads(
  functionMemory = process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  alone = isMainThread,
): number {
  const megabytes = Number(functionMemory);
  return alone && Number.isFinite(megabytes) ? Math.max(1, Math.round(megabytes / MEGABYTES_PER_VCPU)) : 1;
}

export interface EvaluatorOptions {
  readonly objective: Objective;
  /** The objective of a program, if the spec names one. */
  readonly own?: LoadedObjective | undefined;
  /** Threads of the session; as many as the place has if absent. */
  readonly threads?: number | undefined;
}

export function sessionOptions(threads = sessionThreads()): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  };
}

/**
 * Runs the session; its outputs are in the arrays of `fetches`. onnxruntime-node gives copies of them besides, which nobody
 * reads. They are given back at once: left to the garbage collector, two workers with the evaluator of [2,100,10] on 37,500
 * samples spent an eighth of the processor time on collections of memory outside the heap.
 */
export async function runInto(
  session: InferenceSession,
  feeds: InferenceSession.FeedsType,
  fetches: Readonly<Record<string, Tensor>>,
): Promise<void> {
  const outputs = await session.run(feeds, fetches);
  for (const [name, { data }] of Object.entries(outputs)) {
    const own = fetches[name]?.data;
    if (ArrayBuffer.isView(data) && ArrayBuffer.isView(own) && data.buffer !== own.buffer) discard(data);
  }
}
