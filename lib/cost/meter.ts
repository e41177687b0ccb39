/**
 * Counts what a function spends while it runs: invocations, time, and the requests that its stores make of S3.
 *
 * A warm environment is asked for its figures in the middle of an invocation, because they travel in what the
 * invocation writes. What it spends after that, and in attempts that failed, is told by its next invocation for the
 * same run; only the last one's tail, some tens of milliseconds, is never told.
 */
import { getRequests, listRequests, putRequests } from '../store/s3-requests.ts';
import type { Store } from '../store/store.ts';
import { addSpent, NOTHING_SPENT, type Spent } from './usage.ts';

export interface MeterOptions {
  /** Memory of the function, MB. */
  readonly memoryMb: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  /** Time that the environment took to start, billed once. */
  readonly initMilliseconds?: number;
}

export class Meter {
  readonly #options: MeterOptions;
  #spent: Spent;
  #run: string | undefined;
  /** When the invocation in flight began, or was last asked. */
  #since: number | undefined;
  /** Announced PUTs, told already. */
  #announced = 0;

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#spent = this.#of({ milliseconds: options.initMilliseconds ?? 0 });
  }

  /** An invocation for a run begins. What was spent on another run is forgotten. */
  begin(run: string): void {
    if (this.#run !== undefined && this.#run !== run) this.#spent = NOTHING_SPENT;
    this.#run = run;
    this.#announced = 0;
    this.#since = this.#options.elapsed();
    this.#add({ requests: 1 });
  }

  /** The invocation ends, well or not. */
  end(): void {
    this.#tick();
    this.#since = undefined;
  }

  /** Spending since the last report, with `puts` PUTs that are still to come. */
  take(puts = 0): Spent {
    this.#tick();
    const spent = addSpent(this.#spent, this.#of({ puts: puts - this.#announced }));
    this.#spent = NOTHING_SPENT;
    this.#announced = puts;
    return spent;
  }

  /** Spending of threads that share the work of the invocation. */
  add(more: Partial<Spent>): void {
    this.#add(more);
  }

  /** A request of S3 that reads, beside those of a store. */
  readonly countRead = (): void => this.#add({ gets: 1 });

  /** The store, with its requests counted. */
  metered(store: Store): Store {
    return {
      uri: store.uri,
      get: async (key) => {
        this.#add({ gets: 1 });
        const bytes = await store.get(key);
        this.#add({ gets: getRequests(bytes.length) - 1 });
        return bytes;
      },
      getRange: (key, start, end) => {
        this.#add({ gets: 1 });
        return store.getRange(key, start, end);
      },
      put: (key, bytes) => {
        this.#addPuts(putRequests(Buffer.byteLength(bytes)));
        return store.put(key, bytes);
      },
      list: async (prefix) => {
        const keys = await store.list(prefix);
        this.#add({ lists: listRequests(keys.length) });
        return keys;
      },
      deletePrefix: (prefix) => {
        this.#add({ lists: 1 });
        return store.deletePrefix(prefix);
      },
    };
  }

  #addPuts(puts: number): void {
    const told = Math.min(puts, this.#announced);
    this.#announced -= told;
    this.#add({ puts: puts - told });
  }

  #tick(): void {
    if (this.#since === undefined) return;
    const now = this.#options.elapsed();
    this.#add({ milliseconds: Math.max(0, now - this.#since) });
    this.#since = now;
  }

  #add(more: Partial<Spent>): void {
    this.#spent = addSpent(this.#spent, this.#of(more));
  }

  #of(some: Partial<Spent>): Spent {
    const milliseconds = some.milliseconds ?? 0;
    const gbSeconds = (milliseconds / 1_000) * (this.#options.memoryMb / 1_024);
    return { ...NOTHING_SPENT, ...some, milliseconds, gbSeconds };
  }
}
