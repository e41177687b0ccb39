/** The page of the library's API is made from its docstrings, and checked in for readers of the repository. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { digestOf, libraryDeclarations } from '../../bin/declarations.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test("the API's page is up to date: npm run build:api", async () => {
  const page = await readFile(join(ROOT, 'docs/reference/api/index.md'), 'utf8');
  const declared = await libraryDeclarations(ROOT);
  expect(page).toContain(`Declarations: ${digestOf(declared)} -->`);
  for (const [, name = ''] of [...declared.values()]
    .join('')
    .matchAll(/^(?:interface|declare function) (\w+)/gm))
    expect(page).toContain(`### ${name}`);
});
