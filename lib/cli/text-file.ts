/** A text file that a command writes. */
import { open, writeFile } from 'node:fs/promises';
import { UnusableOutput } from '../base/errors.ts';
import { unusableFile } from '../base/file-errors.ts';

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

function unwritable(path: string, cause: unknown): UnusableOutput {
  return new UnusableOutput(unusableFile(path, cause, 'writing'), { cause });
}
