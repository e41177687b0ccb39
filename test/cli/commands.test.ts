import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { PRESETS } from '../../lib/runspec/presets.ts';
import { VERSION } from '../../lib/version.ts';
import { filesIn, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { tombola } from './command.ts';
import { type Answered, runMain, runMainIn } from './main.ts';

/** What a terminal would understand as a command. */
const ESCAPE = '\u001b';

async function specFile(spec: object = SMALL_SPEC): Promise<{ cwd: string }> {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'spec.json'), JSON.stringify(spec));
  return { cwd };
}

describe('tombola run', () => {
  test('--json: one document on standard output, and nothing else', async () => {
    const { cwd } = await specFile();
    const args = [
      'run',
      'spec.json',
      '--json',
      '--seed',
      '0',
      '--generations',
      '3',
      '--population',
      '8',
      '--out',
      'out',
    ];
    const { code, stdout, stderr } = await tombola(args, { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('generation');
    const document: Record<string, unknown> & { artifacts: Record<string, string> } = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(
      expect.arrayContaining([
        ...[
          'runId',
          'preset',
          'seed',
          'status',
          'generations',
          'evaluations',
          'trainAccuracy',
          'testAccuracy',
        ],
        ...['trainLoss', 'testLoss', 'sparsity', 'keptWeights', 'prunableWeights', 'seconds'],
        ...['evaluationsPerSecond', 'out', 'artifacts'],
      ]),
    );
    expect(document).toMatchObject({
      runId: 'out',
      preset: null,
      seed: 0,
      status: 'succeeded',
      generations: 3,
    });
    expect(document.out).toBe(join(cwd, 'out'));
    const files = ['ticket', 'minimised', 'mask', 'history', 'summary', 'report'];
    expect(Object.keys(document.artifacts)).toEqual(files);
    for (const path of Object.values(document.artifacts)) {
      expect(isAbsolute(path)).toBe(true);
      expect(existsSync(path), path).toBe(true);
    }
  });

  /** For people: progress, then a summary with the paths; nothing that only a terminal understands. */
  function expectSummary({ code, stdout, stderr }: Answered): void {
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(ESCAPE);
    expect(stderr).toMatch(
      /^generation 4\/4 {2}best \d+\.\d\d % {2}mean \d+\.\d\d % {2}sparsity \d+\.\d % {2}[\d,]+ evaluations\/s {2}done$/m,
    );
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe('out, network [2,12,2], seed 0');
    const names = [
      'train accuracy',
      'test accuracy',
      'sparsity',
      'generations',
      'evaluations',
      'evaluations/s',
      'time',
      'ticket',
      'mask and weights',
      'history',
      'summary',
      'report',
    ];
    for (const name of names)
      expect(
        lines.some((line) => line.startsWith(`${name}  `)),
        name,
      ).toBe(true);
    const files = ['ticket.onnx', 'ticket.min.onnx', 'ticket.safetensors'];
    for (const file of [...files, 'history.csv', 'summary.json', 'report.html']) {
      expect(stdout).toContain(`out/${file}`);
    }
  }

  test('--quiet: the path of the ticket, and nothing else; without --out in a new folder, named by what it holds', async () => {
    const { cwd } = await specFile();
    const { code, stdout, stderr } = await runMainIn(cwd, 'run', 'spec.json', '--quiet', '--seed', '12');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^runs\/moons-seed12-\d{8}-\d{6}\/ticket\.onnx\n$/);
  });

  test('a spec from standard input, as tombola spec printed it', async () => {
    const cwd = await temporaryFolder();
    const { stdout } = await runMain('spec', 'circles-a');
    const printed: object = JSON.parse(stdout);
    expect(printed).toEqual(parseSpec({ preset: 'circles-a' }));
    const edited = {
      ...printed,
      task: { dataset: 'circles', train: 100, test: 50 },
      search: SMALL_SPEC.search,
      stop: SMALL_SPEC.stop,
    };
    const ended = await tombola(['run', '-', '--out', 'out', '--json', '--quiet'], {
      cwd,
      input: JSON.stringify(edited),
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      preset: 'circles-a',
      layers: [2, 20, 2],
      trainSamples: 100,
    });
  });

  test('says what it did; the same spec into the same folder goes on with what is there; another is refused', async () => {
    const { cwd } = await specFile();
    const run = (...more: string[]) => runMainIn(cwd, 'run', 'spec.json', '--out', 'out', ...more);
    expectSummary(await run());
    expect(await run('--quiet', '--workers', '1')).toMatchObject({ code: 0, stdout: 'out/ticket.onnx\n' });
    const before = await filesIn(cwd);
    const { code, stdout, stderr } = await run('--quiet', '--seed', '1');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      "error: out: holds another run; choose another folder with --out, or continue that run with 'tombola resume'\n",
    );
    expect(await filesIn(cwd)).toEqual(before);
  });
});

describe('other commands', () => {
  test('tombola presets: a table, and --json', async () => {
    const [table, json] = [await runMain('presets'), await runMain('presets', '--json')];
    expect([table.code, json.code]).toEqual([0, 0]);
    expect(table.stdout).not.toContain(ESCAPE);
    const listed: { name: string; layers: number[]; prunableWeights: number }[] = JSON.parse(json.stdout);
    expect(listed.map(({ name }) => name)).toEqual([...PRESETS.keys()]);
    expect(listed[0]).toMatchObject({ name: 'moons-a', layers: [2, 20, 2], prunableWeights: 80 });
    for (const name of PRESETS.keys()) expect(table.stdout).toMatch(new RegExp(`^${name} `, 'm'));
  });

  test('tombola schema: a JSON Schema', async () => {
    const { code, stdout, stderr } = await runMain('schema');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      properties: { seed: { type: 'integer', minimum: 0 } },
    });
  });

  test('tombola spec: the default preset, complete', async () => {
    const { code, stdout } = await runMain('spec');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(parseSpec({}));
  });

  test('tombola --version', async () => {
    expect(await tombola(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

test('a baseline, as sparse as the ticket of a finished run', async () => {
  const { cwd } = await specFile();
  const training = { ...SMALL_SPEC, algorithm: 'edge-popup', edgePopup: { epochs: 2 } };
  await writeFile(join(cwd, 'training.json'), JSON.stringify(training));
  await runMainIn(cwd, 'run', 'spec.json', '--out', 'search', '--quiet');
  const args = ['run', 'training.json', '--match', 'search', '--out', 'match', '--json'];
  const { code, stdout, stderr } = await runMainIn(cwd, ...args);
  expect(code).toBe(0);
  expect(stderr).toContain('epoch 2/2');
  const read = async (run: string) => JSON.parse(await readFile(join(cwd, run, 'summary.json'), 'utf8'));
  const [searched, trained] = await Promise.all([read('search'), read('match')]);
  expect(JSON.parse(stdout)).toMatchObject({ algorithm: 'edge-popup', stopReason: 'max-epochs' });
  // Per layer, rounded to whole weights.
  expect(Math.abs(trained.keptWeights - searched.keptWeights)).toBeLessThanOrEqual(2);

  const random = [
    'run',
    'spec.json',
    '--algorithm',
    'random-search',
    '--match',
    'search',
    '--out',
    'random',
    '--json',
  ];
  const { evaluations, stopReason } = JSON.parse((await runMainIn(cwd, ...random)).stdout);
  expect([evaluations, stopReason]).toEqual([searched.evaluations, 'max-evaluations']);
});

test('a start with an accuracy bound, keeping what the spec says of it', async () => {
  const start = { strategy: 'adaptive-bound', bound: 0.6, tries: { reasonable: 3, given: 4 } };
  const { cwd } = await specFile({ ...SMALL_SPEC, search: { ...SMALL_SPEC.search, start } });
  const started = async (strategy: string) => {
    await runMainIn(cwd, 'run', 'spec.json', '--start', strategy, '--out', strategy, '--quiet');
    return JSON.parse(await readFile(join(cwd, strategy, 'spec.json'), 'utf8')).search.start;
  };
  expect(await started('adaptive-bound')).toEqual(start);
  expect(await started('random')).toEqual({ strategy: 'random' });
});

test.each([
  [
    ['--match', '.'],
    'error: summary.json: cannot be read: there is no such file; give the folder of a finished run\n',
  ],
  [
    ['--algorithm', 'edge-popup', '--population', '9'],
    'error: --population: edge-popup has none; leave it out',
  ],
  [['--algorithm', 'backprop', '--generations', '9'], 'error: --generations: backprop has none; --epochs'],
  [
    ['--algorithm', 'annealing', '--epochs', '9'],
    'error: --epochs: annealing counts no epochs; leave it out',
  ],
  [
    ['--algorithm', 'random-search', '--start', 'static-bound'],
    'error: --start: random-search accepts every mask; leave it out',
  ],
])('%j is refused', async (args, message) => {
  const { cwd } = await specFile();
  const { code, stderr } = await runMainIn(cwd, 'run', 'spec.json', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
