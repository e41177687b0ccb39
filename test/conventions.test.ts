/** Conventions of the repository. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('files', () => {
  const files = ['bench', 'bin', 'lambdas', 'lib', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map((file) => join(folder, file)),
  );

  test('are called by their noun', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|shared|index)([-.]|$)/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });

  test('are short enough to be read at once', () => {
    const lines = (file: string) => readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    expect(files.filter((file) => lines(file) > 300)).toEqual([]);
  });

  test('draw random numbers from streams that are named by the seed, and from nowhere else', () => {
    const drawing = files.filter((file) => file.startsWith('lib/'));
    expect(drawing.filter((file) => readFileSync(join(root, file), 'utf8').includes('Math.random'))).toEqual(
      [],
    );
  });
});
