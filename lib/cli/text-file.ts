/** Files that commands write. */
import { open, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UnusableOutput, UserError } from '../base/errors.ts';
import { unusableFile } from '../base/file-errors.ts';
import { RUN_ARTIFACTS, SWEEP_ARTIFACTS } from '../store/artifacts.ts';
import { lookAt } from './local/stored-folders.ts';
import { shown } from './paths.ts';

const ARTIFACTS = { run: RUN_ARTIFACTS, sweep: SWEEP_ARTIFACTS };

/** Throws UserError where the path is of a file that a run or a sweep writes itself, such as its ticket. */
export function refuseArtifact(path: string): void {
  const place = lookAt(dirname(path));
  if (!place || !Object.hasOwn(ARTIFACTS[place.kind], basename(path))) return;
  throw new UserError(
    `${shown(path)}: is a file of the ${place.kind} ${place.name}, which would lose it; give another name`,
  );
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
export async function writeResult(option: string, path: string, content: string | Uint8Array): Promise<void> {
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
