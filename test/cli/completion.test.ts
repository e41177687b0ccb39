import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../steps/small-run.ts';
import { finished, leave } from './local/stored.ts';
import { runMain } from './main.ts';

let here: string;
beforeEach(async () => {
  here = await temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(here);
});

/** Values that are offered. */
async function offered(...words: string[]): Promise<string[]> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => lines.push(...String(line).split('\n')));
  expect((await runMain('complete', '--', ...words)).code).toBe(0);
  return lines.flatMap((line) => (line === '' || line.startsWith(':') ? [] : [line.split('\t')[0] ?? '']));
}

test('commands, options, their values, presets and names of runs', async () => {
  await leave(join(here, 'runs/moons-1'), finished());
  await leave(join(here, 'runs/$(touch x)\u001b[31m'), finished());
  await leave(join(here, 'iris'), finished());
  expect(await offered('comp')).toEqual(expect.arrayContaining(['compare', 'completion']));
  expect(await offered('run', '--algo')).toEqual(['--algorithm']);
  expect(await offered('run', '--algorithm', 'ann')).toEqual(['annealing']);
  expect(await offered('run', 'digits-1')).toContain('digits-10');
  expect((await offered('resume', '')).toSorted()).toEqual(['iris', 'moons-1']);
  expect((await offered('compare', 'iris', '')).toSorted()).toEqual(['iris', 'moons-1']);
});

test('an unknown shell is refused with those that there are', async () => {
  const { code, stderr } = await runMain('completion', 'tcsh');
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('Allowed choices are bash, zsh, fish, powershell'),
  ]);
});
