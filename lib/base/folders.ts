/** Making folders. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './file-errors.ts';

/**
 * Makes a folder and those above it; gives the first that it made. Throws what the file system says. (Node's own
 * `recursive` never ends where a folder exists and none can be made in it, as below /proc or a mount point of homes.)
 */
export function makeFolder(path: string): string | undefined {
  const missing = missingAlong(path);
  // What exists may be a file: making the folder then says so.
  const made = (missing.length > 0 ? missing : [path]).filter(isMade);
  return made[0];
}

/** The path and those above it that do not exist, the highest first. */
function missingAlong(path: string): string[] {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder) && dirname(folder) !== folder; folder = dirname(folder)) {
    missing.unshift(folder);
  }
  return missing;
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
