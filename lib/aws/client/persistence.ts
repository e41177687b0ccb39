/** Trying again while the network is away. */
import pRetry from 'p-retry';
import { isPassing } from './errors.ts';

export interface Persistence {
  /** Between two tries, milliseconds: from the first to the longest. */
  readonly pauses: readonly [first: number, longest: number];
  /** How many tries follow the first. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
  /** The connection is lost; called at each failed try. */
  readonly onLost?: (error: Error) => void;
}

/** For commands that ask once and end: a few tries, some seconds apart. */
export const SOME_TRIES: Persistence = { pauses: [500, 5_000], retries: 3 };

/** The result of `ask`, tried again with growing pauses for as long as it fails for reasons that pass. */
export function persistently<Result>(ask: () => Promise<Result>, options: Persistence): Promise<Result> {
  const [minTimeout, maxTimeout] = options.pauses;
  return pRetry(ask, {
    retries: options.retries ?? Number.POSITIVE_INFINITY,
    minTimeout,
    maxTimeout,
    factor: 2,
    randomize: true,
    shouldRetry: ({ error }) => isPassing(error),
    onFailedAttempt: ({ error }) => {
      if (isPassing(error)) options.onLost?.(error);
    },
    ...(options.signal ? { signal: options.signal } : {}),
  });
}
