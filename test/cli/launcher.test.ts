/** bin/tombola.mjs: the command on whatever Node is installed, from any folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { VERSION } from '../../lib/version.ts';
import { temporaryFolder } from '../steps/small-run.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/tombola.mjs', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../bin/tombola.ts', import.meta.url));

/** Makes a Node say that it is an older one. */
const OLDER =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';

async function run(command: string, args: readonly string[], cwd: string) {
  const child = spawn(command, args, { cwd, stdio: 'pipe' });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

test.each([
  ['a new Node', []],
  ['an older Node', ['--import', OLDER]],
])('%s, from another folder', async (_, options) => {
  const cwd = await temporaryFolder();
  expect(await run(process.execPath, [...options, LAUNCHER, '--version'], cwd)).toEqual({
    code: 0,
    stdout: `${VERSION}\n`,
    stderr: '',
  });
  expect(await run(process.execPath, [...options, LAUNCHER, 'run', 'none.json'], cwd)).toMatchObject({
    code: 2,
  });
});

test.skipIf(process.platform === 'win32').each([
  ['the launcher', LAUNCHER],
  ['the program', PROGRAM],
])('by a link to %s', async (_, target) => {
  const cwd = await temporaryFolder();
  await symlink(target, join(cwd, 'linked'));
  expect(await run('./linked', ['--version'], cwd)).toEqual({
    code: 0,
    stdout: `${VERSION}\n`,
    stderr: '',
  });
});

test('without packages, or without a Node that can run it, it says what to do', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, 'bin'));
  await cp(LAUNCHER, join(root, 'bin/tombola.mjs'));
  const command = `npm ci --prefix '${root}'`;
  expect(await run(process.execPath, [join(root, 'bin/tombola.mjs'), 'data'], root)).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: Tombola cannot start: its packages are not installed; install them with: ${command}\n`,
  });
  await mkdir(join(root, 'node_modules'));
  const args = ['--import', OLDER, join(root, 'bin/tombola.mjs'), 'data'];
  expect(await run(process.execPath, args, root)).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: Tombola cannot start: it needs Node 24, and this is Node 20.0.0; install the one among its packages with: ${command}\n`,
  });
});

test('signals reach the command, once', async () => {
  const cwd = await temporaryFolder();
  // Waits for its standard input.
  const child = spawn(process.execPath, ['--import', OLDER, LAUNCHER, 'run', '-'], { cwd, stdio: 'pipe' });
  await pause(1_000);
  child.kill('SIGTERM');
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGTERM');
});
