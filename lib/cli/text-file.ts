/** Files that commands write. */
import { open, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { UnusableOutput, UserError } from '../base/errors.ts';
import { unusableFile } from '../base/file-errors.ts';
import { isArtifact } from '../store/artifacts.ts';
import { CLASSES } from '../store/keys.ts';
import { lookAt } from './local/stored-folders.ts';
import { shown } from './paths.ts';

/** Names in the key of an artifact, at most: those of folders, and its own. */
const DEPTH = 3;

/**
 * Throws UserError where the path is of a file that a run or a sweep writes itself, such as its ticket. Classifiers are written
 * beside it on purpose, whatever their names.
 */
export function refuseArtifact(path: string): void {
  const file = resolve(path);
  let folder = file;
  for (let level = 0; level < DEPTH; level++) {
    folder = dirname(folder);
    const place = lookAt(folder);
    if (!place || place.unreadable !== undefined) continue;
    const key = relative(folder, file).replaceAll('\\', '/');
    if (!isArtifact(place.kind, key) || key.startsWith(CLASSES)) continue;
    throw new UserError(
      `${shown(file)}: is a file of the ${place.kind} ${place.name}, which would lose it; give another name`,
    );
  }
}

/** Throws UnusableOutput where the file cannot be written: before the work whose result it is for. */
export async function requireWritable(path: string): Promise<void> {
  refuseArtifact(path);
  try {
    await (await open(path, 'a')).close();
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  refuseArtifact(path);
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Writes what an option names. Throws UnusableOutput that names option and path. */
export async function writeResult(
  option: string,
  path: string,
  content: string | Uint8Array | Iterable<string>,
): Promise<void> {
  refuseArtifact(path);
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw new UnusableOutput(`${option}: ${unusableFile(shown(path), cause, 'writing')}`, { cause });
  }
}

function unwritable(path: string, cause: unknown): UnusableOutput {
  return new UnusableOutput(unusableFile(path, cause, 'writing'), { cause });
}
