/** `tombola evaluate` on runs small enough for tests, against scores worked out by hand. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { decodeSafetensors, encodeSafetensors } from '../../lib/data/safetensors.ts';
import { decodeNetwork } from '../../lib/runs/networks.ts';
import { decodeSamples } from '../../lib/runs/samples.ts';
import { type ReferenceScore, referenceScore } from '../evaluation/forward.ts';
import { SMALL_SPEC } from '../steps/small-run.ts';
import { runMain } from './main.ts';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const BITS = 48;

/** An NPY file of bytes. */
function npy(shape: readonly number[], data: Uint8Array, type = '|u1'): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`);
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([prefix, header, data]);
}

/** Two features in two groups, apart from each other, with a third that tells nothing. */
function flowers(rows: number): string {
  const stream = random(5, 'noise');
  const lines = Array.from({ length: rows }, (_, index) => {
    const name = index % 2 === 0 ? 'iris' : 'rose';
    const centre = index % 2 === 0 ? -2 : 2;
    return [centre + stream.normal() / 4, stream.normal(), name].join(',');
  });
  return `${['petal length,petal width,flower', ...lines].join('\n')}\n`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  await writeFile(at('flowers.csv'), flowers(120));
  const specs = {
    moons: SMALL_SPEC,
    flowers: {
      ...SMALL_SPEC,
      task: { dataset: 'files', train: 'flowers.csv', label: 'flower' },
      network: { hidden: [6] },
    },
  };
  for (const [name, spec] of Object.entries(specs)) {
    await writeFile(at(`${name}.json`), JSON.stringify(spec));
    const { code, stderr } = await runMain(
      'run',
      at(`${name}.json`),
      '--out',
      at(name),
      '--workers',
      '1',
      '--quiet',
    );
    expect([code, stderr]).toEqual([0, '']);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function referenceOf(
  mask: readonly number[],
  part: 'train' | 'test',
): Promise<ReferenceScore & { samples: number }> {
  const network = decodeNetwork(await readFile(at('moons', 'model', 'weights.safetensors')), 'weights');
  const samples = decodeSamples(await readFile(at('moons', 'data', `${part}.safetensors`)), part);
  const { scaling } = JSON.parse(await readFile(at('moons', 'run.json'), 'utf8'));
  return { ...referenceScore(network, mask, samples, scaling), samples: samples.labels.length };
}

const evaluate = (...args: string[]) => runMain('evaluate', ...args);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await evaluate(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

describe('a ticket', () => {
  test('of a run is scored on the data of the run, as its summary says', async () => {
    const { data } = await json(at('moons'));
    const summary = JSON.parse(await readFile(at('moons', 'summary.json'), 'utf8'));
    expect(data.map((one: { data: string }) => one.data)).toEqual(['train', 'test']);
    const [trained, tested] = data;
    expect(trained.accuracy).toBe(summary.trainAccuracy);
    expect(tested).toMatchObject({
      samples: summary.testSamples,
      accuracy: summary.testAccuracy,
      loss: summary.testLoss,
      balancedAccuracy: summary.testBalancedAccuracy,
      macroF1: summary.testMacroF1,
    });
    const [[a, b], [c, d]] = tested.confusion;
    expect((a + d) / (a + b + c + d)).toBe(summary.testAccuracy);
    const [ofTrain, ofTest]: number[][] = [trained, tested].map(({ classes }) =>
      classes.map((one: { samples: number }) => one.samples),
    );
    const largest = ofTrain?.indexOf(Math.max(...ofTrain)) ?? -1;
    expect(summary.largestClassAccuracy).toBe((ofTest?.[largest] ?? 0) / summary.testSamples);
    expect(tested.classes[1]).toMatchObject({ name: '1', recall: d / (c + d), samples: c + d });
  });

  test('is scored on a file that is written as it is said to be', async () => {
    const rows = (await readFile(at('flowers.csv'), 'utf8')).trim().split('\n').slice(1);
    const spanish = rows.map((row) => row.replaceAll(',', '|').replaceAll('.', ','));
    await writeFile(at('spanish.csv'), `${spanish.join('\n')}\n`);
    const form = ['--no-header', '--delimiter', '|', '--decimal', ','];
    const plain = await json(at('flowers/ticket.onnx'), '--data', at('flowers.csv'), '--label', 'flower');
    const written = await json(at('flowers/ticket.onnx'), '--data', at('spanish.csv'), ...form);
    expect(written.data[0].confusion).toEqual(plain.data[0].confusion);
    expect(await evaluate(at('moons'), ...form)).toMatchObject({
      code: 2,
      stderr:
        'error: --header: is for data in a file; add --data FILE, or leave it out: a run knows its own data\n',
    });
  });

  test('and its minimised one give the same on a file, whose columns are found by their names', async () => {
    const rows = (await readFile(at('flowers.csv'), 'utf8')).trim().split('\n');
    const swapped = rows.map((row) => {
      const [length, width, name] = row.split(',');
      return [name, width, length].join(',');
    });
    await writeFile(at('swapped.csv'), `${swapped.join('\n')}\n`);
    const score = (name: string) =>
      json(at('flowers', name), '--data', at('swapped.csv'), '--label', 'flower');
    const whole = await score('ticket.onnx');
    const minimised = await score('ticket.min.onnx');
    expect(whole.data[0].samples).toBe(120);
    expect(minimised.data[0].confusion).toEqual(whole.data[0].confusion);
    expect(whole.data[0].classes.map(({ name }: { name: string }) => name)).toEqual(['iris', 'rose']);
    const text = await evaluate(at('flowers', 'ticket.onnx'), '--data', at('swapped.csv'));
    expect(text.stdout).toMatch(/true \\ predicted +iris +rose\n/);
    expect(text.stdout).toMatch(/class, .*swapped.csv +precision +recall +F1 +samples/);
  });
});

describe('masks', () => {
  const stream = random(3, 'start');
  const masks = [
    new Array<number>(BITS).fill(1),
    new Array<number>(BITS).fill(0),
    Array.from({ length: BITS }, () => Number(stream.uniform() < 0.8)),
  ];

  test('over the weights of a run have the scores of a forward pass in double precision', async () => {
    await writeFile(at('masks.npy'), npy([3, BITS], Uint8Array.from(masks.flat())));
    await writeFile(at('bool.npy'), npy([3, BITS], Uint8Array.from(masks.flat()), '|b1'));
    for (const part of ['train', 'test'] as const) {
      const { scores } = await json(at('moons'), '--masks', at('masks.npy'), '--on', part);
      for (const [index, mask] of masks.entries()) {
        const expected = await referenceOf(mask, part);
        expect(expected.undecided).toBe(0);
        expect(scores[index]).toMatchObject({
          mask: index,
          correct: expected.correct,
          accuracy: expected.correct / expected.samples,
          sparsity: mask.filter((bit) => bit === 0).length / BITS,
        });
        expect(scores[index].loss).toBeCloseTo(expected.loss / expected.samples, 5);
      }
    }
    const unpacked = await json(at('moons'), '--masks', at('masks.npy'));
    expect((await json(at('moons'), '--masks', at('bool.npy'))).scores).toEqual(unpacked.scores);
    const bytes = masks.flatMap((mask) =>
      Array.from({ length: BITS / 8 }, (_, byte) =>
        Number.parseInt(mask.slice(8 * byte, 8 * byte + 8).join(''), 2),
      ),
    );
    await writeFile(at('packed.npy'), npy([3, BITS / 8], Uint8Array.from(bytes)));
    expect((await json(at('moons'), '--masks', at('packed.npy'))).scores).toEqual(unpacked.scores);
    const { stdout } = await evaluate(at('moons'), '--masks', at('packed.npy'), '--csv', at('scores.csv'));
    expect(stdout).toContain('3 masks over the 48 weights of');
    const csv = (await readFile(at('scores.csv'), 'utf8')).split('\n');
    expect(csv[0]).toBe('mask,correct,accuracy,loss,sparsity');
    expect(csv[1]).toBe(
      `0,${unpacked.scores[0].correct},${unpacked.scores[0].accuracy},${unpacked.scores[0].loss},0`,
    );
  });

  test("a ticket's own file gives the ticket's own score", async () => {
    const { scores } = await json(at('moons'), '--masks', at('moons', 'ticket.safetensors'));
    const changed = await readFile(at('moons', 'ticket.safetensors'));
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    await writeFile(at('changed.safetensors'), changed);
    for (const option of ['--masks', '--weights']) {
      const { code, stderr } = await evaluate(at('moons'), option, at('changed.safetensors'));
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('changed.safetensors: damaged: it has changed since it was written'),
      ]);
    }
    const summary = JSON.parse(await readFile(at('moons', 'summary.json'), 'utf8'));
    expect(scores).toMatchObject([{ accuracy: summary.trainAccuracy, sparsity: summary.sparsity }]);
  });
});

test('weights of others stand in for those of the run', async () => {
  const tensors = decodeSafetensors(await readFile(at('moons', 'ticket.safetensors')), 'ticket');
  const turned = Object.fromEntries(
    [...tensors].map(([name, tensor]) => [
      name,
      name.startsWith('layers.1.') && tensor.data instanceof Float32Array
        ? { ...tensor, data: tensor.data.map((value) => -value) }
        : tensor,
    ]),
  );
  await writeFile(at('turned.safetensors'), encodeSafetensors(turned));
  const [before, after] = [
    await json(at('moons')),
    await json(at('moons'), '--weights', at('turned.safetensors')),
  ];
  // Logits of the other sign: where one class was answered, the other one is.
  const [[a, b], [c, d]] = before.data[1].confusion;
  expect(after.data[1].confusion).toEqual([
    [b, a],
    [d, c],
  ]);
});

describe('what does not fit is refused', () => {
  const refused = async (message: RegExp, ...args: string[]) => {
    const { code, stdout, stderr } = await evaluate(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  };

  test('tickets', async () => {
    await refused(/no-such: there is no such file or folder; give the \.onnx file/, at('no-such'));
    await refused(/holds no run \(no spec\.json\)/, folder);
    await mkdir(at('sweep'));
    await writeFile(at('sweep', 'sweep.json'), '{}');
    await refused(
      /sweep: is a sweep; give the folder of one of its runs, which are in its cells\//,
      at('sweep'),
    );
    await refused(/a ticket contains no data; add --data FILE, with 2 features/, at('moons', 'ticket.onnx'));
    await refused(
      /--masks: is for a run, and .* is the file of a ticket/,
      at('moons', 'ticket.onnx'),
      '--masks',
      'x',
    );
    await refused(/are not an ONNX model, or a damaged one/, at('flowers.csv'), '--data', at('flowers.csv'));
  });

  test('data', async () => {
    const ticket = at('flowers', 'ticket.onnx');
    await writeFile(at('tulip.csv'), 'petal length,petal width,flower\n1,2,tulip\n');
    await refused(
      /tulip[\s\S]*the classes of the ticket .* are iris, rose/,
      ticket,
      '--data',
      at('tulip.csv'),
    );
    await writeFile(at('narrow.csv'), 'petal length,flower\n1,rose\n');
    await refused(/narrow\.csv: lacks 'petal width'/, ticket, '--data', at('narrow.csv'));
    await refused(/--label: is for data in a file/, at('moons'), '--label', 'y');
    await refused(/--on: .*leave one of them out/, at('moons'), '--on', 'test', '--data', at('flowers.csv'));
    await refused(/--on: the run has no validation data/, at('moons'), '--on', 'validation');
    await refused(/--csv: writes one row per mask; add --masks/, at('moons'), '--csv', 'x.csv');
    const group = ['--data', at('flowers.csv'), '--group', 'flower'];
    await refused(/--group: is for the gaps of one ticket/, at('moons'), '--masks', 'x.npy', ...group);
  });

  test('masks', async () => {
    const masks = (data: Uint8Array, ...shape: number[]) => writeFile(at('bad.npy'), npy(shape, data));
    const args = [at('moons'), '--masks', at('bad.npy')];
    await masks(new Uint8Array(20), 2, 10);
    await refused(/shape \[2, 10\], expected \[masks, 48\] of 0 and 1.*packed.*\[masks, 6\] uint8/, ...args);
    await masks(new Uint8Array(2 * BITS).fill(7, 50), 2, BITS);
    await refused(/holds 7 at \[1, 2\], expected 0 \(pruned\) or 1 \(kept\)/, ...args);
    await refused(/no such file|cannot be read|there is no/, at('moons'), '--masks', at('none.npy'));
  });

  test('weights, with every problem', async () => {
    const file = at('odd.safetensors');
    await writeFile(
      file,
      encodeSafetensors({
        'layers.0.weight': { shape: [2, 12], data: new Float32Array(24) },
        'layers.0.bias': { shape: [12], data: new Float32Array(12).fill(Number.NaN) },
        'layers.1.weight': { shape: [2, 12], data: new Float32Array(24) },
        extra: { shape: [1], data: new Float32Array(1) },
      }),
    );
    const { code, stderr } = await evaluate(at('moons'), '--weights', file);
    expect(code).toBe(2);
    expect(stderr).toContain("lacks 'layers.1.bias' [2]");
    expect(stderr).toContain("has 'extra', which the network does not have");
    expect(stderr).toContain("'layers.0.weight' has shape [2, 12], expected [12, 2]");
    expect(stderr).toContain("'layers.0.bias' holds NaN at place 0, expected finite numbers");
    expect(stderr).toContain('layers.0.weight [12, 2], layers.0.bias [12]');
  });
});
