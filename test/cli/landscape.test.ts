/** `tombola landscape` on runs small enough for tests. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { landscapeSchema } from '../../lib/landscape/schema.ts';
import { checksum } from '../../lib/store/store.ts';
import { filesIn, SMALL_SPEC } from '../steps/small-run.ts';
import { runMain } from './main.ts';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

async function run(name: string, spec: object): Promise<void> {
  const file = at(`${name}.json`);
  await writeFile(file, JSON.stringify(spec));
  expect(await runMain('run', file, '--out', at(name), '--workers', '1', '--quiet')).toMatchObject({
    code: 0,
  });
}

/** What a sweep leaves of a cell. */
async function dropLargeArtifacts(name: string, without: readonly string[]): Promise<void> {
  for (const path of without) await rm(at(name, path), { recursive: true });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  await run('one', SMALL_SPEC);
  await run('two', { ...SMALL_SPEC, seed: 1, network: { ...SMALL_SPEC.network, seed: 0 } });
  await run('reseeded', { ...SMALL_SPEC, seed: 2 });
  await run('wider', { ...SMALL_SPEC, network: { layers: [2, 13, 2] } });
  await run('task', {
    ...SMALL_SPEC,
    seed: 3,
    network: { ...SMALL_SPEC.network, seed: 0 },
    task: { ...SMALL_SPEC.task, noise: 0.1 },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const parse = (text: string) => landscapeSchema.parse(JSON.parse(text));

describe('of one run', () => {
  test('becomes a section of its report, which later reports keep; the ticket stands in the middle', async () => {
    await cp(at('one'), at('measured'), { recursive: true });
    const { code, stdout, stderr } = await runMain(
      'landscape',
      at('measured'),
      '--json',
      '--resolution',
      '7',
    );
    expect([code, stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout);
    expect(document.files).toEqual(
      ['landscape.json', 'landscape-paths.csv', 'landscape-slice.csv', 'report.html'].map((key) =>
        at('measured', key),
      ),
    );
    const landscape = parse(await readFile(at('measured', 'landscape.json'), 'utf8'));
    const summary = JSON.parse(await readFile(at('measured', 'summary.json'), 'utf8'));
    const { slice, paths, kept } = landscape;
    expect(slice?.accuracy).toHaveLength(49);
    expect(slice?.accuracy[24]).toBe(summary.trainAccuracy);
    // The ticket's own graph sums in another order.
    expect(slice?.loss[24]).toBeCloseTo(summary.trainLoss, 5);
    for (const { at: places, distance, random, greedyByAccuracy, greedyByLoss } of paths) {
      expect(places.at(-1)).toBe(distance);
      for (const { accuracy } of [greedyByAccuracy, greedyByLoss]) {
        expect(accuracy[0]).toBe(summary.trainAccuracy);
        expect(accuracy.at(-1)).toBe(random.accuracy.median.at(-1));
      }
    }
    expect(paths.at(-1)?.to).toBe('a random mask');
    expect(kept?.masks).toBe(12);
    const paths_ = await readFile(at('measured', 'landscape-paths.csv'), 'utf8');
    expect(paths_.trim().split('\n')).toHaveLength(
      1 + paths.reduce((sum, { at: places }) => sum + places.length, 0),
    );

    const report = await readFile(at('measured', 'report.html'), 'utf8');
    expect(report.includes('<figure id="slice-loss">')).toBe(true);
    expect(await runMain('report', at('measured'), '--quiet')).toMatchObject({ code: 0 });
    expect((await readFile(at('measured', 'report.html'), 'utf8')) === report).toBe(true);
  });

  test('that edge-popup found becomes a section of its report, too', async () => {
    await run('trained', {
      ...SMALL_SPEC,
      algorithm: 'edge-popup',
      edgePopup: { keep: [0.5], epochs: 3 },
    });
    const { code, stdout, stderr } = await runMain('landscape', at('trained'), '--json', '--resolution', '5');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).files.at(-1)).toBe(at('trained', 'report.html'));
    const report = await readFile(at('trained', 'report.html'), 'utf8');
    expect(report.includes('<figure id="slice-loss">')).toBe(true);
  });

  test('is a function of the run, the seed and the resolution alone', async () => {
    const measure = async (...options: string[]) => {
      const { stdout } = await runMain('landscape', at('one'), '--json', '--resolution', '5', ...options);
      const { files: _files, out: _out, ...landscape } = JSON.parse(stdout);
      return landscape;
    };
    const [first, again, other] = [await measure(), await measure(), await measure('--seed', '1')];
    expect((await measure('--resolution', '7')).paths).not.toEqual(first.paths);
    expect(again).toEqual(first);
    expect(other.paths).not.toEqual(first.paths);
    expect(other.slice).not.toEqual(first.slice);
  });

  test('and its local optima, which no flip improves; runs of a group are one row', async () => {
    const optima = ['--optima', '3', '--resolution', '3', '--json'];
    const { code, stdout, stderr } = await runMain('landscape', at('one'), ...optima);
    expect([code, stderr]).toEqual([0, '']);
    const { statistics } = parse(stdout);
    expect(statistics.map(({ figure }) => figure)).toEqual(['accuracy', 'cross-entropy']);
    for (const { optima: found, bits, neutral, correlation } of statistics) {
      expect(found).toHaveLength(3);
      expect(neutral).toBeGreaterThan(0);
      expect(correlation).toBeGreaterThan(0);
      // Whole passes, of which the last improves nothing.
      expect(found.map(({ flips }) => flips % bits)).toEqual([0, 0, 0]);
      expect(Math.min(...found.map(({ flips }) => flips))).toBeGreaterThanOrEqual(bits);
      expect(Math.min(...found.map(({ kept }) => kept))).toBeGreaterThan(0);
    }
    const rows = (await readFile(at('one', 'landscape-statistics.csv'), 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(3);
    const report = await readFile(at('one', 'report.html'), 'utf8');
    expect(report.includes('href="landscape-statistics.csv"')).toBe(true);
    expect(report.includes('3 climbs from random masks')).toBe(true);

    const both = await runMain(
      'landscape',
      at('one'),
      at('two'),
      '--no-paths',
      '--optima',
      '1',
      '--out',
      at('climbs'),
    );
    expect(both.code).toBe(0);
    expect(both.stdout).toMatch(/^one, accuracy .*\n^one, cross-entropy .*\n^two, accuracy /m);
  });

  test('whose large artifacts are gone is made from the spec, and has a page of its own', async () => {
    const whole = await runMain('landscape', at('two'), '--json', '--resolution', '5');
    await cp(at('two'), at('cells', 'cell-1'), { recursive: true });
    await dropLargeArtifacts('cells/cell-1', ['data', 'model', 'history', 'report.html', 'ticket.onnx']);
    const left = await runMain('landscape', at('cells', 'cell-1'), '--json', '--resolution', '5');
    expect(left).toMatchObject({ code: 0, stderr: '' });
    const measured = JSON.parse(left.stdout);
    expect(measured.paths).toEqual(JSON.parse(whole.stdout).paths);
    expect(measured.slice).toEqual(JSON.parse(whole.stdout).slice);
    expect(measured.files.at(-1)).toBe(at('cells', 'cell-1', 'landscape.html'));

    await dropLargeArtifacts('cells/cell-1', ['run.json', 'generations']);
    const little = await runMain('landscape', at('cells', 'cell-1'), '--json', '--resolution', '5');
    expect(little).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(little.stdout)).toMatchObject({ slice: measured.slice, kept: null });
  });

  test('that is damaged is named', async () => {
    await cp(at('one'), at('damaged'), { recursive: true });
    await writeFile(at('damaged', 'landscape.json'), '{}');
    const { code, stderr } = await runMain('report', at('damaged'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/landscape\.json: damaged: not what 'tombola landscape' of this version writes; /);
    expect(await runMain('landscape', at('damaged'), '--quiet')).toMatchObject({ code: 0 });

    const ticket = await readFile(at('damaged', 'ticket.safetensors'));
    const file = Buffer.from(ticket);
    const weights = file.indexOf('"layers.0.weight"');
    expect(weights).toBeGreaterThan(0);
    // Tensors stand behind the header, the first weights among them.
    const header = Number(file.readBigUInt64LE());
    for (let byte = 8 + header; byte < file.length; byte++) file[byte] = (file[byte] ?? 0) ^ 1;
    await writeFile(at('damaged', 'ticket.safetensors'), file);
    const altered = await runMain('landscape', at('damaged'));
    expect(altered.code).toBe(2);
    expect(altered.stderr).toMatch(/ticket\.safetensors: damaged: it has changed since it was written/);
  });

  test('of another ticket does not get into the report', async () => {
    await cp(at('one'), at('foreign'), { recursive: true });
    const { stdout } = await runMain('landscape', at('two'), '--json', '--resolution', '3');
    const { files: _files, out: _out, ...landscape } = JSON.parse(stdout);
    await writeFile(at('foreign', 'landscape.json'), JSON.stringify(landscape));
    expect(await runMain('report', at('foreign'), '--quiet')).toMatchObject({ code: 0 });
    expect((await readFile(at('foreign', 'report.html'), 'utf8')).includes('id="landscape"')).toBe(false);
  });
});

describe('of several runs', () => {
  test('leads from ticket to ticket, in a folder of its own', async () => {
    const before = checksum(await readFile(at('one', 'report.html')));
    const out = at('between');
    const { code, stdout, stderr } = await runMain('landscape', at('one'), at('two'), '--out', out, '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(await filesIn(out)).toEqual(['landscape-paths.csv', 'landscape.html', 'landscape.json']);
    const landscape = parse(stdout);
    expect(landscape.paths.map(({ from, to }) => [from, to])).toEqual([['one', 'two']]);
    const [first, second] = await Promise.all(
      ['one', 'two'].map(async (name) => JSON.parse(await readFile(at(name, 'summary.json'), 'utf8'))),
    );
    expect(landscape.paths[0]?.random.accuracy.median.at(0)).toBe(first.trainAccuracy);
    expect(landscape.paths[0]?.random.accuracy.median.at(-1)).toBe(second.trainAccuracy);
    expect(landscape.groups).toMatchObject([{ name: '[2,12,2]', masks: 2 }]);
    expect(checksum(await readFile(at('one', 'report.html')))).toBe(before);
  });

  test("on other weights: how often weights are kept, also of a sweep's cells", async () => {
    for (const name of ['one', 'reseeded'])
      await cp(at(name), at('sweep', 'cells', name), { recursive: true });
    const { code, stdout } = await runMain(
      'landscape',
      at('sweep'),
      '--no-paths',
      '--out',
      at('kept'),
      '--json',
    );
    expect(code).toBe(0);
    const { runs, paths, groups, evaluations } = parse(stdout);
    expect(runs.map(({ name, sameWeights }) => [name, sameWeights])).toEqual([
      ['one', true],
      ['reseeded', false],
    ]);
    expect([paths, groups.map(({ masks }) => masks), evaluations]).toEqual([[], [2], 0]);
  });
});

describe('mistakes are one line, with exit code 2', () => {
  test.each([
    [['nowhere'], /^error: .*nowhere: there is no such folder; give the folder of a run \(its --out\)\n$/],
    [['wider/data'], /^error: .*data: holds no finished run \(no spec\.json with a summary\.json\); .*\n$/],
    [
      ['one', 'reseeded'],
      /^error: reseeded: has other weights \(uniform, seed 2\) than one \(uniform, seed 0\), .*--no-paths.*\n$/,
    ],
    [
      ['one', 'wider'],
      /^error: wider: its network is \[2,13,2\], the network of one is \[2,12,2\]; .*--no-paths.*\n$/,
    ],
    [['one', 'task'], /^error: task: has another task than one; .*\n$/],
    [['one', 'one'], /^error: .*one: is given twice\n$/],
  ])('%j', async (names, message) => {
    const { code, stdout, stderr } = await runMain('landscape', ...names.map((name) => at(name)));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('an unfinished run, the same ticket twice, --out for one run', async () => {
    await cp(at('one'), at('not done'), { recursive: true });
    await rm(at('not done', 'summary.json'));
    expect(await runMain('landscape', at('not done'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: .*not done: the run is not finished; finish it with: npx tombola resume '.*not done'\n$/,
      ),
    });
    await cp(at('one'), at('copy'), { recursive: true });
    expect(await runMain('landscape', at('one'), at('copy'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: one, copy: their tickets are the same mask, so there is no path between them; .* --no-paths .*\n$/,
      ),
    });
    expect(await runMain('landscape', at('one'), '--out', at('x'))).toMatchObject({ code: 2 });
  });
});
