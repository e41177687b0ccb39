/** Files on the command line: in specs, in sweeps and as options. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { convnetModel, treesCsv } from '../engine/own-data.ts';
import { temporaryFolder } from '../steps/small-run.ts';
import { tombola } from './command.ts';
import { runMainIn } from './main.ts';

const QUICK = ['--generations', '2', '--population', '8'];

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'trees of 2026.csv'), treesCsv());
  await writeFile(join(folder, 'data', 'images.csv'), treesCsv({ features: 16 }));
  await writeFile(join(folder, 'net.onnx'), convnetModel());
});

const json = async (...path: string[]) => JSON.parse(await readFile(join(folder, ...path), 'utf8'));
const specOf = async (args: readonly string[], cwd = folder) => {
  const { stdout, stderr, code } = await runMainIn(cwd, 'spec', ...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

test('--data alone is a run', async () => {
  const args = ['run', '--data', 'data/trees of 2026.csv', ...QUICK, '--json'];
  const { code, stdout, stderr } = await runMainIn(folder, ...args);
  expect(stderr).not.toMatch(/error/);
  expect(code).toBe(0);
  const { out, layers, runId } = JSON.parse(stdout);
  expect(layers).toEqual([4, 100, 3]);
  expect(runId).toMatch(/^trees-of-2026-seed0-\d{8}-\d{6}$/);
  expect(JSON.parse(await readFile(join(out, 'spec.json'), 'utf8')).task).toMatchObject({
    dataset: 'files',
    train: join(folder, 'data', 'trees of 2026.csv'),
    found: { features: 4, classes: 3 },
  });
});

test('options say what the label is, and which network', async () => {
  const data = ['--data', 'data/images.csv'];
  expect((await specOf([...data, '--label', '-1', '--test-data', 's3://b/t.csv'])).task).toMatchObject({
    label: -1,
    test: 's3://b/t.csv',
  });
  expect((await specOf([...data, '--label', 'tree'])).task.label).toBe('tree');
  expect((await specOf([...data, '--network', '50,20'])).network.hidden).toEqual([50, 20]);
  expect((await specOf([...data, '--network', 'net.onnx'])).network).toEqual({
    model: join(folder, 'net.onnx'),
    weights: 'given',
  });
  expect((await specOf(['digits-10', '--network', 'conv-small'])).network.architecture).toBe('conv-small');
});

test('paths are relative to the file that they are written in', async () => {
  const spec = { task: { train: 'data/images.csv', test: 's3://b/x.csv' }, network: { model: 'net.onnx' } };
  await writeFile(join(folder, 'spec.json'), JSON.stringify(spec));
  const read = await specOf([join(folder, 'spec.json')], '/');
  expect(read.task).toMatchObject({ train: join(folder, 'data/images.csv'), test: 's3://b/x.csv' });
  expect(read.network.model).toBe(join(folder, 'net.onnx'));
  const ended = await tombola(['spec', '-'], { cwd: join(folder, 'data'), input: JSON.stringify(spec) });
  expect(JSON.parse(ended.stdout).network.model).toBe(join(folder, 'data', 'net.onnx'));
});

test('a sweep over files runs, is done once, and notices that a file changed', async () => {
  const sweep = {
    base: { search: { population: 8 }, stop: { minGenerations: 0, maxGenerations: 1 } },
    grid: { 'task.train': ['data/trees of 2026.csv', 'data/images.csv'] },
    seeds: 1,
  };
  await writeFile(join(folder, 'sweep.json'), JSON.stringify(sweep));
  const args = [
    'sweep',
    join(folder, 'sweep.json'),
    '--out',
    join(folder, 'out'),
    '--workers',
    '1',
    '--json',
  ];
  const first = await runMainIn(folder, ...args);
  expect(first.stderr).not.toMatch(/error/);
  expect(JSON.parse(first.stdout).cells).toMatchObject({ total: 2, succeeded: 2 });
  const cell = ['out', 'cells', 'train-images.csv_sltn-ga_seed-0'];
  const before = await json(...cell, 'summary.json');
  await runMainIn(folder, ...args);
  expect(await json(...cell, 'summary.json')).toEqual(before);

  await writeFile(join(folder, 'data', 'images.csv'), treesCsv({ features: 16, seed: 5 }));
  const changed = JSON.parse((await runMainIn(folder, ...args)).stdout);
  expect(changed.failures).toEqual([
    { cell: 'train-images.csv_sltn-ga_seed-0', error: expect.stringContaining('holds another run') },
  ]);
});

test('data that a run would refuse end the command that describes them with 2', async () => {
  await writeFile(join(folder, 'data', 'gap.csv'), 'p,q,label\n1,2,a\n3,,b\n5,6,a\n7,8,b\n');
  for (const flag of [['--label', 'label'], ['--json']]) {
    const { code, stdout, stderr } = await runMainIn(folder, 'data', 'data/gap.csv', ...flag);
    expect([code, stderr]).toEqual([2, '']);
    expect(stdout).toContain('1 cell is empty (a missing value)');
  }
  expect(await runMainIn(folder, 'data', 'data/images.csv')).toMatchObject({ code: 0, stderr: '' });
});

test('an estimate reads the files', async () => {
  const args = ['estimate', '--data', 'data/images.csv', '--network', 'net.onnx', '--json'];
  const { stdout, code } = await runMainIn(folder, ...args);
  expect(code).toBe(0);
  const { spec, low } = JSON.parse(stdout);
  expect(spec.network.found).toMatchObject({ features: 16, classes: 3 });
  expect(low.dollars.total).toBeGreaterThan(0);
});

test.each([
  [['run', '--label', 'x'], '--label: is for data in files, and the spec names none; add --data FILE'],
  [['run', '--data', 'none.csv'], /none\.csv: cannot be read: there is no such file/],
  [
    ['spec', '--network', 'conv-3'],
    '--network: found "conv-3"; did you mean conv-2 or conv-4 or conv-6? expected one of conv-small, lenet-5, lenet-5-caffe, conv-2, conv-4, conv-6, a file that ends with .onnx, or widths of hidden layers such as 100,50',
  ],
  [
    ['run', '--data', 'data/images.csv', '--algorithm', 'backprop', '--network', 'net.onnx'],
    /^error: algorithm: found "backprop", which trains multilayer perceptrons and the convolutional networks that have names/,
  ],
])('%j is a mistake of the user', async (args, message) => {
  const { code, stderr } = await runMainIn(folder, ...args);
  expect(code).toBe(2);
  if (typeof message === 'string') expect(stderr).toBe(`error: ${message}\n`);
  else expect(stderr).toMatch(message);
});
