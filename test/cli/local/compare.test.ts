import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { SMALL_SPEC, temporaryFolder } from '../../steps/small-run.ts';
import { runMain } from '../main.ts';
import { finished, leave, SPEC } from './stored.ts';

let here: string;
beforeEach(async () => {
  here = await temporaryFolder();
  vi.spyOn(process, 'cwd').mockReturnValue(here);
});

test('runs over the same weights, by their names', async () => {
  const spec = { ...SMALL_SPEC, network: { ...SMALL_SPEC.network, seed: 5 } };
  await writeFile(join(here, 'spec.json'), JSON.stringify(spec));
  for (const seed of ['1', '2']) {
    const out = join(here, 'runs', `seed-${seed}`);
    const args = ['run', join(here, 'spec.json'), '--seed', seed, '--quiet', '--workers', '1', '--out', out];
    expect(await runMain(...args)).toMatchObject({ code: 0, stderr: '' });
  }
  await leave(join(here, 'begun'), { 'spec.json': { ...spec, seed: 3 }, 'run.json': {} });
  const { code, stdout, stderr } = await runMain('compare', 'seed-1', 'runs/seed-2', '--out', 'both.html');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^ +seed-1 +seed-2$/m);
  expect(stdout).toMatch(/^95 % interval +\d+\.\d\d % to \d+\.\d\d % +\d+/m);
  expect(stdout).toMatch(/^seed +1 +2$/m);
  expect(stdout).toMatch(/^seed-1, seed-2 +\d+ +\d+\.\d % +\d+\.\d %$/m);
  expect(stdout.trimEnd()).toMatch(/^both\.html$/m);
  expect(await readFile(join(here, 'both.html'), 'utf8')).toContain('id="accuracy-curves-runs"');
  const json = JSON.parse((await runMain('compare', 'seed-1', 'seed-2', 'begun', '--json')).stdout);
  expect(json).toMatchObject({
    runs: [
      { name: 'seed-1', state: 'done', summary: { seed: 1 }, flips: null },
      { name: 'seed-2' },
      { state: 'stopped', summary: null },
    ],
    differences: expect.arrayContaining([{ field: 'seed', values: [1, 2, 3] }]),
    overlaps: [{ runs: ['seed-1', 'seed-2'], both: expect.any(Number) }],
    page: join(here, 'compare.html'),
  });
});

test('what cannot be compared is said, in one line', async () => {
  await leave(join(here, 'runs/moons-1'), { ...finished(), 'history.csv': 'generation\n' });
  await leave(join(here, 'sweeps/study'), { 'sweep.json': { base: { preset: 'moons-a' } }, 'sweep.csv': '' });
  await leave(join(here, 'runs/torn'), { 'spec.json': '[]', 'run.json': {} });
  await leave(join(here, 'notes'), { 'spec.json': SPEC });
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await runMain('compare', ...args);
    expect([code, stdout]).toEqual([2, '']);
    return stderr;
  };
  expect(await told('moons-1', 'mons-1')).toMatch(
    /^error: mons-1: is not the folder of a run or a sweep; did you mean moons-1.*\? 'tombola list' lists those that are here\n$/,
  );
  expect(await told('moons-1', 'notes')).toMatch(/^error: notes: is not the folder of a run/);
  expect(await told('moons-1', '\u001b[31m../x')).toMatch(/^error: \\u001b\[31m\.\.\/x: is not the folder/);
  expect(await told('moons-1', 'study')).toMatch(
    /^error: sweeps\/study: is a sweep, whose runs sweep\.html compares/,
  );
  expect(await told('moons-1', 'runs/moons-1')).toBe('error: runs/moons-1: is given twice\n');
  expect(await told('moons-1')).toMatch(/^error: found 1 of them, expected 2 to 10 runs/);
  expect(await told('moons-1', 'torn')).toMatch(/spec\.json: damaged/);
});
