/** Renews files as long as this process lives, from a thread of its own: the main one may be busy for long. */
import { Worker } from 'node:worker_threads';

/** Shorter runs do without the thread. Milliseconds. */
const BEGINS_AFTER = 2_000;

let beating: { readonly worker: Worker; readonly lost: Map<string, () => void> } | undefined;

/** Renews `file` until the function that this gives is called. `onLost`: the file is gone. */
export function keepAlive(file: string, onLost: () => void): () => void {
  const timer = setTimeout(() => start(file, onLost), BEGINS_AFTER);
  timer.unref();
  return () => {
    clearTimeout(timer);
    if (!beating?.lost.delete(file)) return;
    beating.worker.postMessage({ stop: file });
    if (beating.lost.size > 0) return;
    beating.worker.terminate();
    beating = undefined;
  };
}

function start(file: string, onLost: () => void): void {
  if (!beating) {
    const worker = new Worker(new URL('heartbeat-thread.ts', import.meta.url));
    const lost = new Map<string, () => void>();
    worker.unref();
    worker.on('message', (gone) => lost.get(String(gone))?.());
    // Without a heartbeat the lock still holds for all processes of this computer.
    worker.on('error', () => undefined);
    beating = { worker, lost };
  }
  beating.lost.set(file, onLost);
  beating.worker.postMessage({ start: file });
}
