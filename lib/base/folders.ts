/** Making folders. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './file-errors.ts';

/**
 * Makes a folder and those above it; gives the first that it made. Throws what the file system says. (Node's own
 * `recursive` never ends where a folder exists and none can be made in it, as below /proc or a mount point of homes.)
 */
export function makeFolder(path: string): string | undefined {
  const above = dirname(path);
  const first = above === path || existsSync(above) ? undefined : makeFolder(above);
  return isMade(path) ? (first ?? path) : first;
}

/** Makes one folder; false if it exists, which another process may have seen to. */
function isMade(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
    if (errorCode(error) === 'EEXIST' && isFolder) return false;
    throw error;
  }
}
