/** `tombola predict`: classes and probabilities, against a forward pass in double precision. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import { decodeSafetensors } from '../../lib/data/safetensors.ts';
import { decodeNetwork } from '../../lib/runs/networks.ts';
import { decodeSamples } from '../../lib/runs/samples.ts';
import { npy } from '../data/memory.ts';
import { argmax, crossEntropy, forward, scaledSample } from '../evaluation/forward.ts';
import { SMALL_SPEC } from '../steps/small-run.ts';
import { runMain } from './main.ts';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

const predict = (...args: string[]) => runMain('predict', ...args);

/** The rows of the CSV that it prints, by column. */
async function rows(...args: string[]): Promise<Record<string, string>[]> {
  const { code, stdout, stderr } = await predict(...args);
  expect([code, stderr]).toEqual([0, '']);
  const parsed = Papa.parse<Record<string, string>>(stdout, { header: true, skipEmptyLines: true });
  expect(parsed.errors).toEqual([]);
  return parsed.data;
}

const stream = random(5, 'noise');
/** Two classes apart from each other. */
const FLOWERS = Array.from({ length: 120 }, (_, index) => {
  const centre = index % 2 === 0 ? -2 : 2;
  return {
    length: centre + stream.normal() / 4,
    width: stream.normal(),
    flower: ['iris', 'rose'][index % 2],
  };
});
const table = (columns: readonly (keyof (typeof FLOWERS)[number])[], header = true) =>
  `${Papa.unparse({ fields: [...columns], data: FLOWERS }, { header, newline: '\n' })}\n`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  await writeFile(at('flowers.csv'), table(['length', 'width', 'flower']));
  const task = { dataset: 'files', train: 'flowers.csv', label: 'flower' };
  const specs = { moons: SMALL_SPEC, flowers: { ...SMALL_SPEC, task, network: { hidden: [6] } } };
  for (const [name, spec] of Object.entries(specs)) {
    await writeFile(at(`${name}.json`), JSON.stringify(spec));
    const out = ['--out', at(name), '--workers', '1', '--quiet'];
    expect(await runMain('run', at(`${name}.json`), ...out)).toMatchObject({ code: 0 });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('gives the classes and the probabilities of the forward pass, beside the true classes of a run', async () => {
  const network = decodeNetwork(await readFile(at('moons', 'model', 'weights.safetensors')), 'weights');
  const samples = decodeSamples(await readFile(at('moons', 'data', 'test.safetensors')), 'test');
  const { scaling } = JSON.parse(await readFile(at('moons', 'run.json'), 'utf8'));
  const tensors = decodeSafetensors(await readFile(at('moons', 'ticket.safetensors')), 'ticket');
  const mask = [...tensors].flatMap(([name, { data }]) => (name.endsWith('.mask') ? [...data] : []));
  const found = await rows(at('moons'), '--probabilities');
  expect(found).toHaveLength(samples.labels.length);
  for (const [index, row] of found.entries()) {
    const logits = forward(network, mask.map(Number), scaledSample(samples, scaling, index));
    const [first, second] = [0, 1].map((label) => Math.exp(-crossEntropy(logits, label)));
    expect(row).toMatchObject({ sample: String(index), label: String(samples.labels[index]) });
    expect(Number(row.probability_0)).toBeCloseTo(first ?? -1, 5);
    expect(Number(row.probability_1)).toBeCloseTo(second ?? -1, 5);
    expect(row.confidence).toBe(row[`probability_${row.prediction}`]);
    if (Math.abs((first ?? 0) - 0.5) > 1e-5) expect(row.prediction).toBe(String(argmax(logits)));
  }
  const own = new Float32Array(samples.x);
  const bytes = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
  await writeFile(at('x.npy'), npy(bytes, '<f4', `${own.length / 2}, 2`));
  const unlabelled = await rows(at('moons', 'ticket.onnx'), '--data', at('x.npy'));
  expect(unlabelled).toEqual(
    found.map(({ sample, prediction, confidence }) => ({ sample, prediction, confidence })),
  );
});

test('takes data without labels, by names or in order, and leaves labels that are there alone', async () => {
  const ticket = at('flowers', 'ticket.onnx');
  const files = {
    'bare.csv': table(['length', 'width']),
    'turned.csv': table(['flower', 'width', 'length']),
    'rows.csv': table(['length', 'width'], false),
    'labelled.csv': table(['length', 'width', 'flower'], false),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
  const bare = await rows(ticket, '--data', at('bare.csv'));
  expect(bare).toHaveLength(120);
  expect(new Set(bare.map(({ prediction }) => prediction))).toEqual(new Set(['iris', 'rose']));
  expect(await rows(ticket, '--data', at('turned.csv'))).toEqual(bare);
  expect(await rows(ticket, '--data', at('rows.csv'))).toEqual(bare);
  expect(await rows(at('flowers'), '--data', at('labelled.csv'), '--ignore', '2')).toEqual(bare);
  const beside = bare.map((row, index) => ({ ...row, label: FLOWERS[index]?.flower }));
  expect(await rows(ticket, '--data', at('turned.csv'), '--label', 'flower')).toEqual(beside);
  expect(await rows(ticket, '--data', at('labelled.csv'), '--label', '-1')).toEqual(beside);
});

test('writes a file and says how many each class has, or one JSON document', async () => {
  const args = [at('flowers'), '--data', at('flowers.csv')];
  const { stdout } = await predict(...args);
  const told = await predict(...args, '--out', at('predictions.csv'));
  expect(await readFile(at('predictions.csv'), 'utf8')).toBe(stdout);
  const found = await rows(...args);
  const roses = found.filter(({ prediction }) => prediction === 'rose').length;
  expect(told.stdout).toMatch(
    new RegExp(`flowers: 120 samples \\(.*flowers\\.csv\\)[\\s\\S]*\\nrose +${roses} `),
  );
  const { predictions, ...document } = JSON.parse((await predict(...args, '--json')).stdout);
  expect(document).toMatchObject({ samples: 120, classes: ['iris', 'rose'] });
  expect(predictions).toEqual(
    found.map(({ prediction, confidence }) => ({ prediction, confidence: Number(confidence) })),
  );
});

describe('what does not fit is refused', () => {
  const refused = async (message: RegExp, ...args: string[]) => {
    expect(await predict(...args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  };

  test('data', async () => {
    const ticket = at('flowers', 'ticket.onnx');
    await writeFile(at('narrow.csv'), 'length\n1\n');
    await refused(/narrow\.csv: lacks 'width', which the ticket .* has/, ticket, '--data', at('narrow.csv'));
    await writeFile(at('three.csv'), '1,2,3\n4,5,6\n');
    await refused(
      /has 3 features, the ticket .* has 2; both must have the same: leave columns that are no features.*--ignore/,
      ticket,
      '--data',
      at('three.csv'),
    );
    await writeFile(at('gap.csv'), 'length,width\n1,2\n3,\n');
    await refused(
      /gap\.csv: 1 cell is empty .*line 3, column 2 \('width'\)/,
      ticket,
      '--data',
      at('gap.csv'),
    );
    await writeFile(at('none.csv'), 'length,width\n');
    await refused(/none\.csv: .*no rows/, ticket, '--data', at('none.csv'));
  });

  test('options', async () => {
    await refused(/a ticket contains no data; add --data FILE, with 2 features/, at('moons', 'ticket.onnx'));
    await refused(/--label: is for data in a file/, at('moons'), '--label', 'y');
    await refused(/--on: .*leave one of them out/, at('moons'), '--on', 'test', '--data', at('x.npy'));
    await refused(/--on: .* has no validation data/, at('moons'), '--on', 'validation');
    const same = ['--data', at('flowers.csv'), '--out', at('flowers.csv')];
    await refused(/--out: .*flowers\.csv is the file of --data, which would be lost/, at('flowers'), ...same);
    await refused(/is the ticket of one mask; leave --kept/, at('moons', 'ticket.onnx'), '--kept', '0.1');
    await refused(
      /ticket\.onnx: is a file of the run .*moons, which would lose it/,
      at('moons'),
      '--out',
      at('moons', 'ticket.onnx'),
    );
  });
});
