/** Making folders. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './file-errors.ts';

/** Makes a folder and those above it; gives the first that was not there. Throws what the file system says. */
export function makeFolder(path: string): string | undefined {
  try {
    return mkdirSync(path, { recursive: true });
  } catch (error) {
    // On a read-only file system Node says that the folder is not there: the first that is missing tells why.
    if (errorCode(error) === 'ENOENT') mkdirSync(firstMissing(path));
    throw error;
  }
}

function firstMissing(path: string): string {
  const above = dirname(path);
  return above === path || existsSync(above) ? path : firstMissing(above);
}
