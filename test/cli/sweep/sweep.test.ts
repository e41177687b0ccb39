/** Sweeps on this computer. Those that are killed or stopped are processes of their own. */
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesIn, SMALL_SPEC, temporaryFolder } from '../../steps/small-run.ts';
import { appears, start } from '../command.ts';
import { runMain, runMainIn } from '../main.ts';

const { evaluation: _evaluation, ...base } = SMALL_SPEC;
const SWEEP = {
  base: { ...base, stop: { minGenerations: 0, maxGenerations: 10, stagnation: null, targetAccuracy: null } },
  grid: { 'search.population': [12, 20] },
  algorithms: [{ name: 'GA' }, { name: 'no migrants', spec: { search: { migration: { rate: 0 } } } }],
  seeds: 2,
};

let folder: string;
let file: string;
let undisturbed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  file = join(folder, 'study.json');
  undisturbed = join(folder, 'undisturbed');
  await writeFile(file, JSON.stringify(SWEEP));
});
afterAll(() => rm(folder, { recursive: true }));

async function rowsIn(out: string) {
  const csv = await readFile(join(out, 'sweep.csv'), 'utf8');
  return Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
}

/** What a sweep found, without the times that were measured on the way. */
async function foundIn(out: string): Promise<unknown> {
  const rows = await rowsIn(out);
  const runs = rows.map(async ({ seconds: _seconds, costDollars: _cost, ...row }) => {
    const cell = join(out, 'cells', row.cell ?? '');
    const artifacts = ['ticket.onnx', 'ticket.safetensors', 'history.csv'].map((name) =>
      readFile(join(cell, name)),
    );
    return [row, ...(await Promise.all(artifacts))];
  });
  return [await Promise.all(runs), await readFile(join(out, 'table.csv'), 'utf8')];
}

/** The cells that ended with a folder of their own. */
async function runsIn(out: string): Promise<string[]> {
  return (await filesIn(out)).flatMap((name) => /^cells\/(.*)\/summary\.json$/.exec(name)?.[1] ?? []);
}

const summaryOf = (out: string, cell: string) => join(out, 'cells', cell, 'summary.json');

test('runs every cell, and keeps of each what people want', async () => {
  const ended = await runMain('sweep', file, '--out', undisturbed, '--workers', '2', '--json');
  expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('8 of 8 cells done')]);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    out: undisturbed,
    cells: { total: 8, succeeded: 8, failed: 0, missing: 0 },
    failures: [],
    groups: [{ grid: { 'search.population': 12 }, algorithm: 'GA', n: 2 }, {}, {}, {}],
    comparisons: [{ algorithm: 'no migrants', reference: 'GA' }, {}],
  });
  const files = await filesIn(undisturbed);
  expect(files.filter((name) => !name.startsWith('cells/'))).toEqual([
    'algorithms.csv',
    'fronts.csv',
    'progress.csv',
    'reach.csv',
    'runs.jsonl',
    'sizes.csv',
    'sweep.csv',
    'sweep.html',
    'sweep.json',
    'table.csv',
    'table.md',
  ]);
  const cell = 'cells/population-12_ga_seed-0/';
  const kept = files.filter((name) => name.startsWith(cell)).map((name) => name.slice(cell.length));
  expect(kept).toEqual(
    expect.arrayContaining([
      'spec.json',
      'ticket.onnx',
      'report.html',
      'generations/000010/survivors.safetensors',
    ]),
  );
  expect(kept.filter((name) => /^(data|model|generations\/000009)\//.test(name))).toEqual([]);
});

test('a cell is the run that `tombola run` makes, and can be reported on', async () => {
  const cell = join(undisturbed, 'cells', 'population-20_no-migrants_seed-1');
  const alone = join(await temporaryFolder(), 'run');
  const { preset: _preset, ...spec } = JSON.parse(await readFile(join(cell, 'spec.json'), 'utf8'));
  const written = join(await temporaryFolder(), 'spec.json');
  await writeFile(written, JSON.stringify(spec));
  expect(await runMain('run', written, '--out', alone, '--quiet')).toMatchObject({ code: 0 });
  for (const name of ['ticket.onnx', 'ticket.safetensors', 'history.csv']) {
    expect(await readFile(join(cell, name))).toEqual(await readFile(join(alone, name)));
  }
  // Data and weights are made again; the summary is what it was.
  const summary = await readFile(join(cell, 'summary.json'), 'utf8');
  await rm(join(cell, 'report.html'));
  expect(await runMain('report', cell, '--quiet')).toMatchObject({ code: 0, stderr: '' });
  expect(await filesIn(cell)).toContain('report.html');
  expect(await readFile(join(cell, 'summary.json'), 'utf8')).toBe(summary);
});

test('killed and started again: nothing is run twice, and the results are the same', async () => {
  const out = join(await temporaryFolder(), 'killed');
  const args = ['sweep', file, '--out', out, '--workers', '2', '--quiet'];
  const killed = start(args);
  await appears(summaryOf(out, 'population-20_ga_seed-0'), killed);
  killed.child.kill('SIGKILL');
  expect(await killed.ended).toMatchObject({ signal: 'SIGKILL' });
  expect(await filesIn(out)).not.toContain('sweep.csv');
  const before = await stat(summaryOf(out, 'population-20_ga_seed-0'));

  expect(await runMain(...args)).toMatchObject({ code: 0, stderr: '' });
  expect((await stat(summaryOf(out, 'population-20_ga_seed-0'))).mtimeMs).toBe(before.mtimeMs);
  expect(await foundIn(out)).toEqual(await foundIn(undisturbed));
});

test('goes on from the results of runs whose folders are gone', async () => {
  const out = join(await temporaryFolder(), 'copied');
  await mkdir(out);
  for (const name of ['sweep.json', 'runs.jsonl']) await copyFile(join(undisturbed, name), join(out, name));
  const args = ['sweep', file, '--out', out, '--quiet', '--runs'];
  expect(await runMain(...args, '2')).toMatchObject({ code: 0, stderr: '' });
  expect(await filesIn(out)).not.toContainEqual(expect.stringMatching(/^cells/));
  for (const name of ['sweep.csv', 'table.csv', 'runs.jsonl']) {
    expect(await readFile(join(out, name), 'utf8')).toBe(await readFile(join(undisturbed, name), 'utf8'));
  }
  expect(await runMain(...args, '3')).toMatchObject({ code: 0, stderr: '' });
  expect(await runsIn(out)).toEqual(
    (await rowsIn(out)).flatMap(({ seed, cell }) => (seed === '2' ? [cell] : [])),
  );

  const lines = await readFile(join(out, 'runs.jsonl'), 'utf8');
  await writeFile(join(out, 'runs.jsonl'), lines.replace('"testAccuracy":0', '"testAccuracy":1'));
  expect(await runMain(...args, '3')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: .*runs\.jsonl: damaged: .*; restore it, or delete it\n$/),
  });
});

test('goes on with the results of a sweep that had fewer values and algorithms', async () => {
  const out = join(await temporaryFolder(), 'grown');
  await mkdir(out);
  for (const name of ['sweep.json', 'runs.jsonl']) await copyFile(join(undisturbed, name), join(out, name));
  const grown = join(await temporaryFolder(), 'grown.json');
  const algorithms = [{ name: 'random', spec: { algorithm: 'random-search' } }, ...SWEEP.algorithms];
  await writeFile(
    grown,
    JSON.stringify({ ...SWEEP, grid: { 'search.population': [12, 14, 20] }, algorithms }),
  );
  expect(await runMain('sweep', grown, '--out', out, '--quiet', '--runs', '1')).toMatchObject({ code: 0 });
  const added = ['12_random', '14_ga', '14_no-migrants', '14_random', '20_random'];
  expect(await runsIn(out)).toEqual(added.map((one) => `population-${one}_seed-0`));
  expect(await rowsIn(out)).toHaveLength(9);
  // The runs of the seed that was not asked for stay, and the smaller sweep would lose algorithms.
  expect((await readFile(join(out, 'runs.jsonl'), 'utf8')).trimEnd().split('\n')).toHaveLength(13);
  expect(await runMain('sweep', file, '--out', out)).toMatchObject({ code: 2 });
});

test('Ctrl-C: the results so far, exit code 130, and how to go on', async () => {
  const out = join(await temporaryFolder(), 'stopped');
  const args = ['sweep', file, '--out', out, '--workers', '1'];
  const stopped = start(args);
  await appears(summaryOf(out, 'population-20_ga_seed-0'), stopped);
  stopped.child.kill('SIGINT');
  const { code, stderr } = await stopped.ended;
  expect(code).toBe(130);
  expect(stderr).toContain(`To continue: npx tombola sweep ${file} --out ${out}`);
  const rows = await rowsIn(out);
  const missing = rows.filter(({ status }) => status === 'missing').length;
  expect(missing).toBeGreaterThan(0);
  expect(missing).toBeLessThan(8);

  expect(await runMain(...args, '--quiet')).toMatchObject({ code: 0 });
  expect(await foundIn(out)).toEqual(await foundIn(undisturbed));
});

test('a cell that fails is reported and not counted; the others run; the next try mends it', async () => {
  const cwd = await temporaryFolder();
  const inTheWay = join(cwd, 'sweeps/study/cells/population-12_ga_seed-1');
  await runMainIn(cwd, 'sweep', file, '--runs', '1', '--quiet');
  await writeFile(inTheWay, '');
  const failing = await runMainIn(cwd, 'sweep', file);
  expect(failing.code).toBe(1);
  expect(failing.stderr).toMatch(
    /^population-12_ga_seed-1: failed: UnusableOutput: .*is a file, not a folder/m,
  );
  expect(failing.stderr).toContain(`1 cell failed. To try again: npx tombola sweep ${file}\n`);
  expect(failing.stdout).toContain('7 of 8 done');
  expect(await readFile(join(cwd, 'sweeps/study/sweep.html'), 'utf8')).toContain('Failed runs');

  await rm(inTheWay);
  expect(await runMainIn(cwd, 'sweep', file, '--quiet')).toMatchObject({
    code: 0,
    stdout: 'sweeps/study/sweep.html\n',
  });
  expect(await foundIn(join(cwd, 'sweeps/study'))).toEqual(await foundIn(undisturbed));
});

test('what a kill kept a done cell from dropping is dropped later; generations that are kept stay', async () => {
  const cwd = await temporaryFolder();
  const kept = { name: '../../Kept!', base: { ...SWEEP.base, keepGenerations: true }, seeds: 1 };
  await writeFile(join(cwd, 'sweep.json'), JSON.stringify(kept));
  // A name that is a path does not lead out of the folder of sweeps.
  const quiet = { code: 0, stdout: 'sweeps/kept/sweep.html\n', stderr: '' };
  expect(await runMainIn(cwd, 'sweep', 'sweep.json', '--quiet')).toEqual(quiet);
  const cell = join(cwd, 'sweeps/kept/cells/sltn-ga_seed-0');
  const files = await filesIn(cell);
  expect(files).toEqual(expect.arrayContaining(['generations/000001/survivors.safetensors']));
  expect(files).not.toContain('model/weights.safetensors');

  await runMain('report', cell, '--quiet');
  expect(await filesIn(cell)).toContain('model/weights.safetensors');
  expect(await runMainIn(cwd, 'sweep', 'sweep.json', '--quiet')).toMatchObject(quiet);
  expect(await filesIn(cell)).toEqual(files);
});

test('a folder of something else is left alone', async () => {
  const other = join(folder, 'other.json');
  await writeFile(other, JSON.stringify({ ...SWEEP, grid: { 'search.population': [12] } }));
  const before = await readFile(join(undisturbed, 'sweep.json'), 'utf8');
  const refused = await runMain('sweep', other, '--out', undisturbed);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(
    /^error: .*undisturbed: holds another sweep, with cells that this one does not have; choose another folder with --out/,
  );
  expect(await readFile(join(undisturbed, 'sweep.json'), 'utf8')).toBe(before);

  await writeFile(join(undisturbed, 'sweep.json'), before.replace('"population": ', '"population": 1'));
  for (const given of [file, join(undisturbed, 'sweep.json')]) {
    const damaged = await runMain('sweep', given, '--out', undisturbed);
    expect(damaged).toMatchObject({ code: 2, stdout: '' });
    expect(damaged.stderr).toMatch(
      /^error: .*sweep\.json: damaged: it has changed since it was written; .*\n$/,
    );
  }
  await writeFile(join(undisturbed, 'sweep.json'), before);

  const full = await temporaryFolder();
  await mkdir(join(full, 'photos'));
  expect((await runMain('sweep', other, '--out', full)).stderr).toMatch(
    /^error: .*: is not empty \(it holds photos\) and not a sweep; choose a new folder with --out\n$/,
  );
  expect((await runMain('sweep', other, '--out', other)).stderr).toMatch(
    /^error: .*other\.json: is a file, not a folder; choose another folder with --out\n$/,
  );
});
