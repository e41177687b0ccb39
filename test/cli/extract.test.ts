/** `tombola extract` on a run small enough for tests. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { TicketSession } from '../../lib/evaluation/ticket.ts';
import { readTicketInfo } from '../../lib/network/models/ticket-info.ts';
import { decodeSamples } from '../../lib/runs/samples.ts';
import { SMALL_DIGITS } from '../steps/small-run.ts';
import { runMain } from './main.ts';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tombola-'));
  await writeFile(at('spec.json'), JSON.stringify(SMALL_DIGITS));
  await runMain('run', at('spec.json'), '--out', at('run'), '--workers', '1', '--quiet');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const binary = z.object({ accuracy: z.number(), balancedAccuracy: z.number() });
const printed = z.object({
  classifiers: z.array(
    z.object({
      name: z.string(),
      ticketWeights: z.int(),
      pathWeights: z.int(),
      weights: z.int(),
      file: z.string(),
      scores: z.object({
        train: z.object({ classifier: binary, ticket: binary }),
        test: z.object({ classifier: binary, ticket: binary }),
      }),
    }),
  ),
});

async function extracted(...options: string[]) {
  const { code, stdout } = await runMain('extract', at('run'), ...options, '--json');
  expect(code).toBe(0);
  return printed.parse(JSON.parse(stdout)).classifiers;
}

test('a classifier of each class answers as is said, by fewer weights than the path has', async () => {
  const rows = await extracted('--all', '--csv', at('table.csv'));
  expect(rows.map(({ name }) => name)).toEqual(['0', '1', '2']);
  const samples = decodeSamples(await readFile(at('run/data/test.safetensors')), 'test');
  await using ticket = await TicketSession.open(await readFile(at('run/ticket.onnx')));
  const answers = await ticket.predict(samples.x, samples.features);
  for (const [label, { file, weights, pathWeights, ticketWeights, scores }] of rows.entries()) {
    expect(file).toBe(at(`run/classes/${label}.onnx`));
    // Where a class has no path, its logit is a constant, and so is the answer.
    expect(weights <= pathWeights && pathWeights < ticketWeights).toBe(true);
    const model = await readFile(file);
    expect(readTicketInfo(model, file).classNames).toEqual([`not ${label}`, String(label)]);
    await using session = await TicketSession.open(model);
    const own = await session.predict(samples.x, samples.features);
    const right = (decides: (sample: number) => boolean) =>
      own.filter((_, sample) => decides(sample) === (samples.labels[sample] === label)).length / own.length;
    expect(scores.test.classifier.accuracy).toBe(right((sample) => own[sample] === 1));
    expect(scores.test.ticket.accuracy).toBe(right((sample) => answers[sample] === label));
    // The threshold alone is at least as good as always answering the rest.
    expect(scores.train.classifier.accuracy).toBeGreaterThan(0.66);
  }
  expect((await readFile(at('table.csv'), 'utf8')).split('\n')).toHaveLength(5);
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  expect(sum(({ weights }) => weights)).toBeLessThan(sum(({ pathWeights }) => pathWeights));
  // Again, one of them: the same bytes.
  const before = await readFile(at('run/classes/1.onnx'));
  await extracted('--class', '1', '--out', at('one.onnx'));
  expect(await readFile(at('one.onnx'))).toEqual(before);
});

test('without flips, all weights of the path stay', async () => {
  const [row] = await extracted('--class', '2', '--flips', '0', '--out', at('path.onnx'));
  expect(row?.weights).toBe(row?.pathWeights);
});

test('of several runs there are means, and differences to the tickets by run', async () => {
  await cp(at('run'), at('again'), { recursive: true });
  const { code, stdout } = await runMain('extract', at('run'), at('again'), '--class', '1', '--flips', '0');
  expect(code).toBe(0);
  const [row] = await extracted('--class', '1', '--flips', '0');
  const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
  const place = lines.findIndex(([first]) => first === 'runs');
  const { classifier, ticket } = row?.scores.test ?? { classifier: { accuracy: 0 }, ticket: { accuracy: 0 } };
  const points = 100 * (classifier.accuracy - ticket.accuracy);
  const shown = `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;
  expect(lines[place + 1]).toEqual([
    'all',
    '2',
    String(row?.ticketWeights),
    String(row?.pathWeights),
    String(row?.weights),
    `${(100 * (1 - (row?.weights ?? 0) / (row?.ticketWeights ?? 1))).toFixed(1)} %`,
    `${(100 * classifier.accuracy).toFixed(2)} %`,
    `${(100 * ticket.accuracy).toFixed(2)} %`,
    `${shown} (${shown} to ${shown})`,
    points === 0 ? '1.000' : '0.500',
  ]);
});

test('what cannot be extracted is refused', async () => {
  const refused = async (...options: string[]) => {
    const { code, stderr } = await runMain('extract', at('run'), ...options);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused('--class', '7')).toContain("--class: found '7', which is no class of");
  expect(await refused()).toContain('give --class NAME, or --all');
  expect(await refused('--all', '--class', '1')).toContain('--all');
  expect(await refused('--all', '--out', at('x.onnx'))).toContain('--out');
  expect(await refused('--class', '1', '--out', at('no/such/x.onnx'))).toContain('--out');
  const ticket = await readFile(at('run/ticket.onnx'));
  expect(await refused('--class', '1', '--out', at('run/ticket.onnx'))).toContain(
    'ticket.onnx: is a file of the run',
  );
  expect(await refused('--class', '1', '--csv', at('run/history.csv'))).toContain(
    'history.csv: is a file of the run',
  );
  expect(await readFile(at('run/ticket.onnx'))).toEqual(ticket);
});
