/** What stands on the command line of `tombola sweep`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../steps/small-run.ts';
import { runMain } from '../main.ts';

async function printed(...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runMain('sweep', ...args, '--print');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

test('a run preset is a sweep over seeds', async () => {
  expect(await printed('moons-a')).toEqual({
    name: 'moons-a',
    base: { preset: 'moons-a' },
    algorithms: [{ name: 'sltn-ga', spec: {} }],
    seeds: { from: 0, count: 20 },
    reference: 'sltn-ga',
  });
  expect(await printed('circles-d', '--runs', '3')).toMatchObject({ seeds: { from: 0, count: 3 } });
});

test('a printed sweep is a sweep; --runs counts from its first seed', async () => {
  const file = join(await temporaryFolder(), 'sweep.json');
  const sweep = {
    base: { preset: 'moons-a' },
    grid: { 'search.population': [10, 20] },
    algorithms: [{ name: 'A' }, { name: 'B', spec: { search: { mutation: { rate: 0.3 } } } }],
    seeds: [5, 9],
    reference: 'B',
  };
  await writeFile(file, JSON.stringify(sweep));
  const document = await printed(file);
  expect(document).toEqual({ ...sweep, algorithms: [{ name: 'A', spec: {} }, sweep.algorithms[1]] });
  await writeFile(file, JSON.stringify(document));
  expect(await printed(file)).toEqual(document);
  expect(await printed(file, '--runs', '4')).toMatchObject({ seeds: { from: 5, count: 4 } });
});

test.each([
  [['moons-z'], /^error: sweep: found "moons-z", which is not a preset; did you mean moons-/],
  [['paper-blob'], /^error: sweep: found "paper-blob", which is not a preset; did you mean paper-blobs\? /],
  [['no-such.json'], /^error: no-such\.json: cannot be read: there is no such file; give a sweep file, /],
  [
    ['moons-a', '--runs', '0'],
    /^error: option '--runs <n>' argument '0' is invalid\. Expected a whole number, at least 1/,
  ],
  [
    ['moons-a', '--runs', '100001'],
    /^error: sweep: found 100,001 cells \(1 algorithm × 100,001 seeds\), expected at most 100,000/,
  ],
  [[], /^error: missing required argument 'sweep'/],
])('%j is refused', async (args, message) => {
  const { code, stdout, stderr } = await runMain('sweep', ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('the spec of one run is named as such', async () => {
  const file = join(await temporaryFolder(), 'run.json');
  await writeFile(file, '{"preset": "moons-a", "seed": 7}');
  const { code, stderr } = await runMain('sweep', file);
  expect([code, stderr]).toEqual([
    2,
    `error: ${file}: found the spec of one run, expected a sweep; make one of it with {"base": SPEC, "seeds": 20}, or run it once with: npx tombola run ${file}\n`,
  ]);
});
