/** Worker threads, which stay for the next run of the same process: to start one takes longer than a small run. */
import { SHARE_ENV } from 'node:worker_threads';
import { Piscina } from 'piscina';

/** Milliseconds after which threads without work end. They keep no process from ending. */
const PATIENCE = 10_000;

export interface ThreadOptions {
  /** The module that they run, as a URL. */
  readonly file: string;
  readonly count: number;
  /** What they are given when they start. Such threads end with their run. */
  readonly data?: unknown;
}

const idle = new Map<string, { readonly threads: Piscina; readonly end: NodeJS.Timeout }>();

/**
 * Does `work` with threads of its own. They end with it if it fails, since then nobody knows what they are at; otherwise they have to
 * be as they were, without anything open.
 */
export async function withThreads<Result>(
  { file, count, data }: ThreadOptions,
  work: (threads: Piscina) => Promise<Result>,
): Promise<Result> {
  const name = `${count} ${file}`;
  const threads = (data === undefined ? take(name) : undefined) ?? startThreads({ file, count, data });
  let isDone = false;
  try {
    const result = await work(threads);
    isDone = true;
    return result;
  } finally {
    if (isDone && data === undefined && !idle.has(name)) keep(name, threads);
    else await threads.destroy();
  }
}

function take(name: string): Piscina | undefined {
  const found = idle.get(name);
  clearTimeout(found?.end);
  idle.delete(name);
  return found?.threads;
}

function keep(name: string, threads: Piscina): void {
  const end = setTimeout(() => {
    idle.delete(name);
    void threads.destroy();
  }, PATIENCE);
  idle.set(name, { threads, end: end.unref() });
}

function startThreads({ file, count, data }: ThreadOptions): Piscina {
  return new Piscina({
    filename: file,
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 1,
    workerData: data,
    env: SHARE_ENV,
  });
}
