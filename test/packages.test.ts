/** The packages of the lockfile: under licences that fit, without install scripts but those that are known. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from './steps/small-run.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      license: z.string().optional(),
      hasInstallScript: z.boolean().default(false),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      dev: z.boolean().default(false),
      inBundle: z.boolean().default(false),
    }),
  ),
});

async function packages() {
  const lock = lockSchema.parse(JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')));
  return Object.entries(lock.packages).filter(([path]) => path !== '');
}

/** Licences that ask for no more than to be named. Of a choice of two, one is enough. */
const FREE = [
  'Apache-2.0',
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
];
/** Its code stays under it, unchanged as it is here: tools only. */
const FREE_FOR_TOOLS = [...FREE, 'MPL-2.0', 'CC0-1.0', 'CC-BY-4.0', 'Python-2.0'];

test('licences fit', async () => {
  for (const [path, { license = 'none', dev }] of await packages()) {
    const choices = license.replace(/[()]/g, '').split(' OR ');
    const allowed = dev ? FREE_FOR_TOOLS : FREE;
    expect(
      choices.some((choice) => allowed.includes(choice)),
      `${path}: ${license}`,
    ).toBe(true);
  }
});

test('install scripts are those that are known', async () => {
  const names = (await packages())
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path);
  // node fetches Node itself; esbuild and fsevents are tools; onnxruntime-node's is skipped, see .npmrc.
  const known = ['esbuild', 'fsevents', 'node', 'onnxruntime-node'];
  expect(names.filter((path) => !known.includes(path.split('node_modules/').at(-1) ?? ''))).toEqual([]);
  expect(await readFile(join(ROOT, '.npmrc'), 'utf8')).toContain('onnxruntime-node-install=skip');
});

test('each is checked when it is installed, and none comes from elsewhere than the registry', async () => {
  for (const [path, { resolved, integrity, inBundle }] of await packages()) {
    expect(resolved ?? 'https://registry.npmjs.org/', path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    if (!inBundle) expect(integrity, path).toMatch(/^sha512-/);
  }
});

test.each([
  ['no answer', 'not json', 0, /not checked/],
  ['an error', '{"message":"405","statusCode":405}', 0, /not checked/],
  ['nothing', '{"vulnerabilities":{}}', 0, /no package/],
  [
    'a moderate one',
    '{"vulnerabilities":{"a":{"name":"a","severity":"moderate","range":"<1"}}}',
    0,
    /no package/,
  ],
  [
    'a high one in a tool',
    '{"vulnerabilities":{"vitest":{"name":"vitest","severity":"high","range":"<1","nodes":["node_modules/vitest"]}}}',
    0,
    /no package/,
  ],
  [
    'a high one in what a bundled package depends on',
    '{"vulnerabilities":{"p":{"name":"p","severity":"high","range":"<1","nodes":["node_modules/jsonpath-plus"]}}}',
    1,
    /^p <1: high$/m,
  ],
  ['a high one', '{"vulnerabilities":{"a":{"name":"a","severity":"high","range":"<1"}}}', 1, /^a <1: high$/m],
])('npm run audit, told of %s', async (_, answer, code, told) => {
  const folder = await temporaryFolder();
  const npm = join(folder, 'npm.mjs');
  await writeFile(npm, `process.stdout.write(${JSON.stringify(answer)})`);
  const child = spawn(process.execPath, [join(ROOT, 'bin/audit.mjs')], {
    env: { ...process.env, npm_execpath: npm },
    stdio: 'pipe',
  });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect([child.exitCode, stderr]).toEqual([code, expect.stringMatching(told)]);
});
