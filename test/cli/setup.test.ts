/** bin/setup.mjs, with an npm of the test: who comes second waits for the first. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../steps/small-run.ts';

const SETUP = fileURLToPath(new URL('../../bin/setup.mjs', import.meta.url));

/** As npm ci does: what is there is removed, then all is installed; the list of it comes last. Twice at once fails. */
const NPM = `
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
appendFileSync('installs.txt', 'x');
if (process.env.BROKEN) process.exit(1);
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules');
setTimeout(() => {
  mkdirSync('node_modules/.bin');
  writeFileSync('node_modules/.bin/node', '');
  writeFileSync('node_modules/.package-lock.json', '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
}, 400);
`;

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
  await mkdir(join(root, 'bin'));
  await cp(SETUP, join(root, 'bin/setup.mjs'));
  await writeFile(join(root, 'npm.mjs'), NPM);
  await writeFile(
    join(root, 'package-lock.json'),
    '{"packages":{"":{"version":"0.0.0"},"node_modules/a":{"version":"1.0.0"}}}',
  );
});

async function setUp(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, 'bin/setup.mjs')], {
    cwd: root,
    env: { ...process.env, npm_execpath: join(root, 'npm.mjs'), ...env },
    stdio: 'pipe',
  });
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stderr };
}

test('three at once: one installs, the others wait for it', async () => {
  const ended = await Promise.all([setUp(), setUp(), setUp()]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(await readFile(join(root, 'installs.txt'), 'utf8')).toBe('x');
  expect(existsSync(join(root, '.setup.lock'))).toBe(false);
  expect(await setUp()).toEqual({ code: 0, stderr: '' });
});

test('one that was killed, or failed, is no reason to wait', async () => {
  await writeFile(join(root, '.setup.lock'), String(2 ** 22 + 1));
  expect((await setUp({ BROKEN: 'yes' })).code).toBe(1);
  expect(existsSync(join(root, '.setup.lock'))).toBe(false);
  expect((await setUp()).code).toBe(0);
});
