/** Output that nobody reads, or that cannot be written: the command does its work all the same. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesIn } from '../steps/small-run.ts';
import { runMain, runMainIn } from './main.ts';

const SPEC = {
  task: { dataset: 'moons', train: 60, test: 20 },
  network: { layers: [2, 4, 2] },
  search: { population: 8 },
  stop: { minGenerations: 0, maxGenerations: 3, stagnation: null, targetAccuracy: null },
};
const COMMAND = fileURLToPath(new URL('../../bin/tombola.ts', import.meta.url));
const DRIVER = fileURLToPath(new URL('closed-output.ts', import.meta.url));

const CLI = fileURLToPath(new URL('../../lib/cli', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  await writeFile(join(folder, 'spec.json'), JSON.stringify(SPEC));
  await writeFile(join(folder, 'sweep.json'), JSON.stringify({ base: SPEC, seeds: 1 }));
  const rows = Array.from({ length: 40 }, (_, row) => `${row},${(row * 7) % 11},${row % 2 ? 'odd' : 'even'}`);
  await writeFile(join(folder, 'data.csv'), `a,b,label\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

/** Every command, so that it prints; those for the cloud say that there is no such stack. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  run: ['run', 'spec.json', '--out', 'closed'],
  sweep: ['sweep', 'sweep.json', '--out', 'closed-sweep'],
  resume: ['resume', 'run'],
  report: ['report', 'run'],
  compare: ['compare', 'run', 'run-2', '--out', 'closed.html'],
  evaluate: ['evaluate', 'run', '--json'],
  predict: ['predict', 'run'],
  extract: ['extract', 'run', '--class', '0', '--flips', '0'],
  landscape: ['landscape', 'run', '--resolution', '3'],
  learn: ['learn', 'run', 'run-2', '--out', 'closed-prior.json'],
  pnn: ['pnn', 'spec.json', '--out', 'closed-pnn'],
  data: ['data', 'data.csv'],
  estimate: ['estimate', 'spec.json'],
  network: ['network', 'spec.json'],
  presets: ['presets'],
  spec: ['spec'],
  schema: ['schema'],
  submit: ['submit', 'spec.json'],
  watch: ['watch', 'a-run'],
  pull: ['pull', 'a-run'],
  list: ['list'],
  remove: ['remove', 'run', '--dry-run'],
  prune: ['prune', '--older-than', '1d', '--dry-run', '--json'],
  completion: ['completion', 'bash'],
  open: ['open', 'run', '--no-browser'],
  stop: ['stop', 'a-run'],
  help: ['help'],
};
/** No test may reach anybody's account. */
const NO_CLOUD = {
  ...process.env,
  AWS_REGION: 'eu-central-1',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
};
/** It answers until it is stopped. */
const ENDLESS = 'serve';
const CLOUD = ['submit', 'watch', 'pull', 'stop'];

test('the table has every command', async () => {
  for (const out of ['run', 'run-2']) {
    expect(await runMainIn(folder, 'run', 'spec.json', '--out', out, '--quiet')).toMatchObject({
      code: 0,
    });
  }
  const { stdout } = await runMain('--help');
  const listed = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)\b/gm)].map(
    ([, name]) => name,
  );
  expect(listed.filter((name) => name !== 'tombola').toSorted()).toEqual(
    [...Object.keys(COMMANDS), ENDLESS].toSorted(),
  );
});

describe.each(['run', 'list'])('%s', (name) => {
  test.each(['standard output', 'both'])('%s closed before anything is written', async (closed) => {
    const args = COMMANDS[name] ?? [];
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: NO_CLOUD, stdio: 'pipe' });
    child.stdout.destroy();
    if (closed === 'both') child.stderr.destroy();
    const stderr = closed === 'both' ? '' : text(child.stderr);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await stderr).not.toMatch(/EPIPE|^ {4}at /m);
  });
});

test('every command ends well whose reader has gone', async () => {
  // They write into folders of their own.
  const args = (name: string) => (COMMANDS[name] ?? []).map((word) => word.replace('closed', 'unread'));
  const commands = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, args(name)]));
  const child = fork(DRIVER, [JSON.stringify(commands)], { cwd: folder, env: NO_CLOUD, stdio: 'pipe' });
  const told: { name: string; code: number; exitCode: number; failures: string[] }[] = [];
  child.on('message', (message: (typeof told)[number]) => told.push(message));
  const stderr = child.stderr ? text(child.stderr) : '';
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(await stderr).not.toMatch(/EPIPE|^ {4}at /m);
  expect(told.map(({ name }) => name)).toEqual(Object.keys(COMMANDS));
  for (const { name, code, exitCode, failures } of told) {
    if (CLOUD.includes(name)) continue;
    expect({ name, code, exitCode, failures: [...new Set(failures)] }).toEqual({
      name,
      code: 0,
      exitCode: 0,
      failures: ['EPIPE'],
    });
  }
});

test('a run and a sweep whose output is closed are complete', async () => {
  for (const out of ['closed', 'unread']) expect(existsSync(join(folder, out, 'ticket.onnx'))).toBe(true);
  expect(await filesIn(join(folder, 'unread-sweep'))).toContain('sweep.html');
});

/** With standard output, and standard error, going where the shell says. */
async function inShell(redirection: string, args: readonly string[]) {
  const words = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('sh', ['-c', `${words} ${redirection}`], { cwd: folder, stdio: 'pipe' });
  let stderr = '';
  child.stderr.on('data', (piece) => {
    stderr += String(piece);
  });
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  test('below standard output is told in one line, and is the exit code', async () => {
    expect(await inShell('> /dev/full', ['spec'])).toEqual({
      code: 2,
      stderr: 'error: standard output: cannot be written: the disk is full; make room\n',
    });
  });

  test('costs no run', async () => {
    const { code } = await inShell('> /dev/full', ['run', 'spec.json', '--out', 'full']);
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'full/ticket.onnx'))).toBe(true);
  });

  test('below standard error is nothing that matters', async () => {
    const { code } = await inShell('> out.txt 2> /dev/full', ['run', 'spec.json', '--out', 'full-2']);
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'out.txt'), 'utf8')).toContain('full-2/ticket.onnx');
  });
});

test('names that others chose tell the terminal nothing', async () => {
  const [clear, title, c1] = ['\u001b[2J', '\u001b]0;pwned\u0007', '\u009b31m'];
  const rows = Array.from(
    { length: 40 },
    (_, row) => `${row},${(row * 7) % 11},${row % 2 ? title : `x${c1}`}`,
  );
  await writeFile(join(folder, 'hostile.csv'), `a,${clear}b,y\n${rows.join('\n')}\n`);
  const HOSTILE = /[\p{Cc}--\n]/v;
  const run = ['run', '--data', 'hostile.csv', '--network', '4', '--generations', '1', '--population', '6'];
  for (const args of [
    ['data', 'hostile.csv'],
    ['data', 'hostile.csv', '--json'],
    ['data', `hostile.csv`, '--label', `${clear}b`],
    ['data', `${clear}.csv`],
    [title],
    ['run', '--data', 'hostile.csv', '--label', title],
    [...run, '--out', `out${c1}`],
    ['evaluate', `out${c1}`],
    ['evaluate', `out${c1}`, '--json'],
    ['predict', `out${c1}`],
    ['predict', `out${c1}`, '--out', 'predicted.csv'],
    ['predict', `out${c1}`, '--json'],
  ]) {
    const { stdout, stderr } = await runMainIn(folder, ...args);
    expect(stdout + stderr, args.join(' ')).not.toMatch(HOSTILE);
    if (args.includes('--json')) JSON.parse(stdout);
  }
});

test('nothing is printed past lib/cli/output.ts', async () => {
  for (const file of (await filesIn(CLI)).filter((name) => name.endsWith('.ts') && name !== 'output.ts')) {
    expect(await readFile(join(CLI, file), 'utf8'), file).not.toMatch(
      /std(out|err)\.write|console\.(log|error)/,
    );
  }
});

test('output that a limit cuts off is told: it is no success', async () => {
  const words = [process.execPath, COMMAND, 'schema'].map((word) => `'${word}'`).join(' ');
  const child = spawn('sh', ['-c', `ulimit -f 1; ${words} > cut.txt 2> told.txt`], { cwd: folder });
  await once(child, 'close');
  expect(child.exitCode).toBe(2);
  expect(await readFile(join(folder, 'told.txt'), 'utf8')).toMatch(
    /^error: standard output: cannot be written: the file would be larger than the system allows; .*\n$/,
  );
});
