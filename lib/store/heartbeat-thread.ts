/** The thread that renews files. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { isMissing } from '../base/file-errors.ts';

/** Milliseconds between two beats. */
const EVERY = 5_000;

const files = new Set<string>();

parentPort?.on('message', ({ start, stop }: { start?: string; stop?: string }) => {
  if (start !== undefined) files.add(start);
  if (stop !== undefined) files.delete(stop);
});

setInterval(() => {
  for (const file of files) {
    if (renew(file)) continue;
    files.delete(file);
    parentPort?.postMessage(file);
  }
}, EVERY);

/** Writes what is there once more, so that the file system's own clock dates it. False: the file is gone. */
function renew(file: string): boolean {
  try {
    const opened = openSync(file, 'r+');
    try {
      writeSync(opened, '{', 0);
    } finally {
      closeSync(opened);
    }
    return true;
  } catch (error) {
    // A full disk, or a network that is away for a while, is no loss.
    return !isMissing(error);
  }
}
