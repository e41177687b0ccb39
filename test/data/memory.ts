/** Files in memory, as the tests of readers name them. */

import { UserError } from '../../lib/base/errors.ts';
import { sourceOfBytes } from '../../lib/base/file-source.ts';
import type { OpenSource } from '../../lib/base/source.ts';
import { readFiles } from '../../lib/data/samples/task-files.ts';
import { type FilesTask, filesTaskSchema } from '../../lib/runspec/files.ts';

/** Opens these files, and no others. */
export function filesInMemory(files: Readonly<Record<string, string | Uint8Array>>): OpenSource {
  return async (uri) => {
    const content = files[uri];
    if (content === undefined) throw new UserError(`${uri}: there is no such file`);
    return sourceOfBytes(typeof content === 'string' ? Buffer.from(content) : content, uri);
  };
}

export function filesTask(task: object): FilesTask {
  return filesTaskSchema.parse({ dataset: 'files', ...task });
}

/** Rows as CSV. */
export function csv(rows: readonly (readonly (string | number)[])[], header?: readonly string[]): string {
  return `${[...(header ? [header] : []), ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

/** An NPY file of version 1, or with a header of one's own. */
export function npy(data: Uint8Array, descr: string, shape: string, fortran = false): Uint8Array {
  const order = fortran ? 'True' : 'False';
  return npyOf(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`, data);
}

export function npyOf(header: string, data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length + 1);
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    length,
    Buffer.from(`${header}\n`),
    data,
  ]);
}

/** A task on files that are bad, and what the message holds. */
export interface BadData {
  readonly name: string;
  readonly task: object;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly parts: readonly string[];
}

export function bad(name: string, task: object, files: BadData['files'], ...parts: string[]): BadData {
  return { name, task, files, parts };
}

/** The message of the UserError that reading them throws. */
export async function errorOf({ task, files }: BadData): Promise<string> {
  try {
    await readFiles(filesTask(task), filesInMemory(files));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'no error';
}
