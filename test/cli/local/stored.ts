/** Folders as runs leave them, written by hand. */
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sealedJson } from '../../../lib/base/seal.ts';
import { exampleInput } from '../../report/example.ts';

export const SPEC = {
  algorithm: 'sltn-ga',
  seed: 7,
  task: { dataset: 'moons', train: 200, test: 80 },
  network: { layers: [2, 12, 2] },
};

const { summary: SUMMARY } = exampleInput();

/** Writes files, `age` seconds old; objects as JSON. */
export async function leave(
  folder: string,
  files: Readonly<Record<string, object | string | Uint8Array>>,
  age = 0,
): Promise<void> {
  const then = Date.now() / 1_000 - age;
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const bytes =
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
    await writeFile(path, bytes);
    await utimes(path, then, then);
  }
}

/** As a run ends. */
export function finished(spec: object = SPEC, summary: object = {}): Record<string, object> {
  return { 'spec.json': spec, 'run.json': {}, 'summary.json': sealedJson({ ...SUMMARY, ...summary }) };
}
