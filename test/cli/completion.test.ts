import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../steps/small-run.ts';
import { finished, leave } from './local/stored.ts';
import { runMain } from './main.ts';

let here: string;
beforeEach(async () => {
  here = await temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(here);
});

/** Values that are offered, and last the paths that the shell adds. */
async function offered(...words: string[]): Promise<string[]> {
  const { code, stdout } = await runMain('complete', '--', ...words);
  expect(code).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
}

test('commands, options, their values, presets and names of runs', async () => {
  await leave(join(here, 'runs/moons-1'), finished());
  await leave(join(here, 'runs/$(touch x)\u001b[31m'), finished());
  await leave(join(here, 'iris'), finished());
  expect(await offered('comp')).toEqual(['compare', 'completion', ':none']);
  expect(await offered('help', 'comp')).toEqual(['compare', 'completion', ':none']);
  expect(await offered('run', '--algo')).toEqual(['--algorithm', ':none']);
  expect(await offered('run', '--seed', '1', '--see')).toEqual([':none']);
  expect(await offered('run', '--algorithm', 'ann')).toEqual(['annealing', ':none']);
  expect(await offered('run', '--algorithm=ann')).toEqual(['annealing', ':none']);
  expect(await offered('run', '--algorithm', '=', 'ann')).toEqual(['annealing', ':none']);
  expect(await offered('run', '--algorithm', '=')).toContain('annealing');
  expect(await offered('run', '--objective', 'acc')).toEqual([
    'accuracy',
    'accuracy-then-cross-entropy',
    ':none',
  ]);
  expect(await offered('run', '--seed', '7', '"digits-10-')).toContain('digits-10-conv');
  expect(await offered('sweep', 'paper-b')).toEqual(['paper-binary', 'paper-blobs', ':files']);
  expect(await offered('resume', '')).toEqual(['iris', 'moons-1', ':folders']);
  expect(await offered('compare', 'iris', '')).toEqual(['moons-1', ':folders']);
  expect(await offered('run', '--data', '')).toEqual([':files']);
  expect(await offered('schema', '')).toEqual(['--defaults', ':none']);
  for (const words of [
    ['stop', ''],
    ['no-such', ''],
    ['run', '--seed', ''],
    ['schema', '--', ''],
  ])
    expect(await offered(...words)).toEqual([':none']);
});

test.runIf(existsSync('/bin/bash'))('the script of bash evaluates nothing that was typed', async () => {
  const { stdout: script } = await runMain('completion', 'bash');
  const command = fileURLToPath(new URL('../../bin/tombola.ts', import.meta.url));
  const typed = ['tombola', 'run', '$(touch evaluated)', '`touch evaluated`', '--algorithm', '=', 'ann'];
  const lines = [
    `tombola() { "${process.execPath}" "${command}" "$@"; }`,
    script,
    `COMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${typed.length - 1}`,
    '_tombola',
    'echo "$COMPREPLY"',
  ];
  await writeFile(join(here, 'script.sh'), lines.join('\n'));
  const { stdout } = await promisify(execFile)('/bin/bash', ['script.sh'], { cwd: here });
  expect([stdout, await readdir(here)]).toEqual(['annealing\n', ['script.sh']]);
});

test('an unknown shell is refused with those that there are', async () => {
  const { code, stderr } = await runMain('completion', 'tcsh');
  expect([code, stderr]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish.')]);
});
