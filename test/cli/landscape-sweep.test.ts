/** `tombola landscape` on a sweep: cells of two sizes, with masks and without, some of them not finished. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealedJson } from '../../lib/base/seal.ts';
import { landscapeSchema } from '../../lib/landscape/schema.ts';
import { filesIn, SMALL_SPEC } from '../steps/small-run.ts';
import { runMain } from './main.ts';

const { evaluation: _evaluation, network: _network, ...base } = SMALL_SPEC;
const SWEEP = {
  base,
  grid: {
    'network.layers': [
      [2, 12, 2],
      [2, 5, 2],
    ],
  },
  algorithms: [
    { name: 'GA' },
    { name: 'edge-popup', spec: { algorithm: 'edge-popup', edgePopup: { keep: [0.5], epochs: 3 } } },
    { name: 'backprop', spec: { algorithm: 'backprop', backprop: { epochs: 2 } } },
  ],
  seeds: 2,
};

let folder: string;
let sweep: string;
const cell = (...parts: string[]) => join(sweep, 'cells', ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  sweep = join(folder, 'sweep');
  const file = join(folder, 'sweep.json');
  await writeFile(file, JSON.stringify(SWEEP));
  const { code, stderr } = await runMain('sweep', file, '--out', sweep, '--workers', '1', '--quiet');
  expect([code, stderr]).toEqual([0, '']);
  await rm(cell('layers-2-12-2_ga_seed-1', 'summary.json'));
  const stopped = cell('layers-2-5-2_ga_seed-0', 'summary.json');
  const summary = JSON.parse(await readFile(stopped, 'utf8'));
  await writeFile(stopped, sealedJson({ ...summary, status: 'stopped' }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('kept weights by grid point and algorithm; cells without a ticket are left out, and counted', async () => {
  const out = join(folder, 'kept');
  const ended = await runMain('landscape', sweep, '--no-paths', '--out', out);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toBe('left out 6 runs: 4 without a mask (trained weights), 2 unfinished or failed\n');
  expect(ended.stdout).toMatch(/kept weights: of 6 tickets in 4 groups\n/);
  const { runs, groups } = landscapeSchema.parse(
    JSON.parse(await readFile(join(out, 'landscape.json'), 'utf8')),
  );
  expect(groups.map(({ name, masks, layers }) => [name, masks, layers[0]?.outputs])).toEqual([
    ['layers-2-5-2_edge-popup [2,5,2]', 2, 5],
    ['layers-2-5-2_ga [2,5,2]', 1, 5],
    ['layers-2-12-2_edge-popup [2,12,2]', 2, 12],
    ['layers-2-12-2_ga [2,12,2]', 1, 12],
  ]);
  // Another seed, other weights; the first of each group has its own.
  expect(runs.map(({ sameWeights }) => sameWeights)).toEqual([true, false, true, true, false, true]);
  const page = await readFile(join(out, 'landscape.html'), 'utf8');
  expect([...page.matchAll(/<figure id="([^"]+)">/g)].map(([, id]) => id)).toEqual(
    groups.map((_, index) => `kept-${index + 1}`),
  );
  expect(page).toContain('layers-2-5-2_ga [2,5,2]: kept weights');
});

test.each([
  ['2-5-2_edge', ['layers-2-5-2_edge-popup_seed-0', 'layers-2-5-2_edge-popup_seed-1']],
  ['layers-?-5-2_*_seed-1', ['layers-2-5-2_edge-popup_seed-1', 'layers-2-5-2_ga_seed-1']],
])('--cells %s', async (pattern, names) => {
  const out = join(folder, 'some');
  const { code, stdout } = await runMain(
    'landscape',
    sweep,
    '--no-paths',
    '--cells',
    pattern,
    '--out',
    out,
    '--json',
  );
  expect(code).toBe(0);
  expect(landscapeSchema.parse(JSON.parse(stdout)).runs.map(({ name }) => name)).toEqual(names);
});

test.each(['layers-2-12-2_ga_seed-0', 'layers-2-12-2_edge-popup_seed-0'])(
  'of one cell becomes a section of its report, though its data were dropped: %s',
  async (id) => {
    expect((await filesIn(cell(id))).filter((name) => /^(data|model)\//.test(name))).toEqual([]);
    const { code, stdout, stderr } = await runMain(
      'landscape',
      sweep,
      '--cells',
      id,
      '--resolution',
      '5',
      '--json',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).files.at(-1)).toBe(cell(id, 'report.html'));
    expect(await readFile(cell(id, 'report.html'), 'utf8')).toContain('<figure id="slice-loss">');
    expect(await filesIn(cell(id))).not.toContain('landscape.html');
  },
);

test.each([
  [
    ['--cells', 'moons'],
    '--cells: found "moons", which matches none of 12 cells; .* one is layers-2-5-2_backprop',
  ],
  [['--cells', '*backprop*'], 'holds no finished run with a mask; left out 4 runs: 4 without a mask'],
])('mistakes are one line: %j', async (options, message) => {
  const { code, stdout, stderr } = await runMain('landscape', sweep, '--json', ...options);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.trim().split('\n').at(-1)).toMatch(new RegExp(`^error: .*${message}`));
});

test('--cells is for sweeps', async () => {
  expect(await runMain('landscape', cell('layers-2-5-2_ga_seed-1'), '--cells', 'x')).toMatchObject({
    code: 2,
    stderr: 'error: --cells: is for the folder of a sweep, and none was given\n',
  });
});
