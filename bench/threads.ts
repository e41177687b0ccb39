/** Rates of work on one or more threads, measured in turns. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Work } from './work.ts';

const answer = z.object({ done: z.number(), seconds: z.number() });

/** Threads that hold their work ready. */
export class BenchThreads {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  static async start(work: Work, threads: number): Promise<BenchThreads> {
    const workers = Array.from(
      { length: threads },
      () => new Worker(new URL('worker.ts', import.meta.url), { workerData: work }),
    );
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    return new BenchThreads(workers);
  }

  /** Work done a second by the first `threads` of them together, over about `milliseconds`. */
  async rate(threads: number, milliseconds: number): Promise<number> {
    const rates = await Promise.all(
      this.#workers.slice(0, threads).map(async (worker) => {
        const answered = once(worker, 'message');
        worker.postMessage(milliseconds);
        const [message] = await answered;
        const { done, seconds } = answer.parse(message);
        return done / seconds;
      }),
    );
    return rates.reduce((sum, rate) => sum + rate, 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Processor time that this thread takes for it. */
export function processorSeconds(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const after = process.threadCpuUsage();
  return (after.user + after.system - before.user - before.system) / 1e6;
}
