/**
 * The threads of a function that has several vCPUs, one for each. This file is their program, too: as a module, and as the
 * bundle that it is part of.
 */
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { answerPiece, releaseEvaluators } from './evaluators.ts';
import { died, type PieceAnswer, type PieceTask, type Threads } from './piece-messages.ts';

/** Marks such a thread among others. */
const ROLE = 'tombola-pieces';

/** In one of them. */
export const isThread = workerData === ROLE;

interface Numbered<Content> {
  readonly number: number;
  readonly content: Content;
}

/** Undefined asks for what is open to be released. */
type Asked = Numbered<PieceTask | undefined>;
type Answered = Numbered<PieceAnswer | undefined>;

if (isThread) {
  parentPort?.on('message', async ({ number, content }: Asked) => {
    const answer = content && (await answerPiece(content));
    if (!content) await releaseEvaluators();
    parentPort?.postMessage({ number, content: answer } satisfies Answered);
  });
}

export class VcpuThreads implements Threads {
  readonly width: number;
  readonly #threads: Thread[];

  constructor(width: number) {
    this.width = width;
    this.#threads = Array.from({ length: width }, () => new Thread());
  }

  /** Does it in the thread that has the least to do. */
  run(task: PieceTask): Promise<PieceAnswer> {
    const [least] = this.#threads.toSorted((a, b) => a.waiting - b.waiting);
    if (!least) throw new TypeError('there are no threads');
    return least.ask(task).then((answer) => answer ?? died('it answered nothing'));
  }

  /** Ends them, once what they are at is done and released. */
  async release(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  /** Ends them at once. */
  kill(): void {
    for (const thread of this.#threads) thread.kill();
  }
}

/** A worker, started anew where it died. */
class Thread {
  #worker: Worker | undefined;
  #asked = 0;
  readonly #open = new Map<number, (answer: PieceAnswer | undefined) => void>();

  constructor() {
    // It loads what it needs while the function starts.
    this.#worker = this.#start();
  }

  get waiting(): number {
    return this.#open.size;
  }

  ask(content: PieceTask | undefined): Promise<PieceAnswer | undefined> {
    const number = this.#asked++;
    this.#worker ??= this.#start();
    const answered = new Promise<PieceAnswer | undefined>((resolve) => this.#open.set(number, resolve));
    this.#worker.postMessage({ number, content } satisfies Asked);
    return answered;
  }

  async end(): Promise<void> {
    await this.ask(undefined);
    await this.#worker?.terminate();
  }

  kill(): void {
    void this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL(import.meta.url), { workerData: ROLE, execArgv: [] });
    worker.unref();
    const fail = (message: string) => {
      this.#worker = undefined;
      for (const resolve of this.#open.values()) resolve(died(message));
      this.#open.clear();
    };
    worker.on('message', ({ number, content }: Answered) => {
      this.#open.get(number)?.(content);
      this.#open.delete(number);
    });
    worker.on('error', (error: unknown) => fail(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => fail(`the thread ended with ${code}`));
    return worker;
  }
}
