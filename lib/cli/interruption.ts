/** Ctrl-C and SIGTERM: the first asks the work to stop; a second one, or too long a wait, ends the process. */
import { releaseLocks } from '../store/folder-lock.ts';

/** Exit codes of a process that a signal stopped, as shells expect them. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;

/** How long what is in flight may take to end, in milliseconds. What is lost then is done again later. */
const GRACE = 3_000;

export interface Interruption extends Disposable {
  /** Fires with the first signal. */
  readonly signal: AbortSignal;
  /** The process's exit code; undefined while nothing stopped it. */
  exitCode(): number | undefined;
}

/**
 * `onStop`: when the first signal has come. `onTooLong`: when what is in flight takes too long; the last that is done before
 * the process ends.
 */
export function interruption(on: {
  readonly onStop: () => void;
  readonly onTooLong: () => void | Promise<void>;
  readonly grace?: number;
}): Interruption {
  const { onStop, onTooLong, grace = GRACE } = on;
  const stop = new AbortController();
  let exitCode: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = async (signal: StopSignal) => {
    try {
      await onTooLong();
    } finally {
      die(signal);
    }
  };
  const onSignal = (signal: StopSignal) => {
    if (stop.signal.aborted) die(signal);
    exitCode = EXIT_CODES[signal];
    timer = setTimeout(() => void end(signal), grace);
    stop.abort();
    onStop();
  };
  for (const signal of Object.keys(EXIT_CODES)) process.on(signal, onSignal);
  return {
    signal: stop.signal,
    exitCode: () => exitCode,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const signal of Object.keys(EXIT_CODES)) process.off(signal, onSignal);
    },
  };
}

/**
 * Ends this process as the signal would have. An orderly exit would wait for threads that compute, and onnxruntime, cut
 * off at work, aborts it.
 */
function die(signal: StopSignal): void {
  releaseLocks();
  if (process.platform === 'win32') process.exit(EXIT_CODES[signal]);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
