/** Files that commands write. */
import { open, writeFile } from 'node:fs/promises';
import { UnusableOutput } from '../base/errors.ts';
import { unusableFile } from '../base/file-errors.ts';
import { shown } from './paths.ts';

/** Throws UnusableOutput where the file cannot be written: before the work whose result it is for. */
export async function requireWritable(path: string): Promise<void> {
  try {
    await (await open(path, 'a')).close();
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Writes what an option names. Throws UnusableOutput that names option and path. */
export async function writeResult(option: string, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw new UnusableOutput(`${option}: ${unusableFile(shown(path), cause, 'writing')}`, { cause });
  }
}

function unwritable(path: string, cause: unknown): UnusableOutput {
  return new UnusableOutput(unusableFile(path, cause, 'writing'), { cause });
}
