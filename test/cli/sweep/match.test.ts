/** Cells that take over what another one found. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { sealedJson } from '../../../lib/base/seal.ts';
import { parseSweep, resolveMatch } from '../../../lib/sweep/cells.ts';
import { SMALL_SPEC, temporaryFolder } from '../../steps/small-run.ts';
import { runMain, runMainIn } from '../main.ts';

const { evaluation: _evaluation, ...base } = SMALL_SPEC;

/** A sweep of the GA and an algorithm that takes something over from it. */
async function sweepOf(algorithm: object): Promise<Record<string, string>[]> {
  const folder = await temporaryFolder();
  const out = join(folder, 'out');
  const sweep = { base, algorithms: [{ name: 'GA' }, { name: 'other', ...algorithm }], seeds: 2 };
  await writeFile(join(folder, 'sweep.json'), JSON.stringify(sweep));
  const ended = await runMain('sweep', join(folder, 'sweep.json'), '--out', out, '--quiet');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  // A second time, with all of them done: what was taken over is known again.
  expect(await runMain('sweep', join(folder, 'sweep.json'), '--out', out)).toMatchObject({
    code: 0,
    stderr: '4 of 4 cells done  0 running\n',
  });
  const csv = await readFile(join(out, 'sweep.csv'), 'utf8');
  return Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
}

describe('evaluations', () => {
  const algorithm = { spec: { algorithm: 'random-search' }, match: { evaluations: 'GA' } };

  test('a search that makes as many evaluations, and stops for no other reason', () => {
    const { cells } = parseSweep({
      base,
      algorithms: [{ name: 'GA' }, { name: 'other', ...algorithm }],
      seeds: 1,
    });
    const [ga, other] = cells;
    if (!ga || !other) throw new Error('two cells');
    expect(other.match).toEqual({ quantity: 'evaluations', cell: ga.id });
    const found = { evaluations: 1234, sparsity: 0.7, ticket: 'ticket.safetensors' };
    const { stop } = resolveMatch(other, found);
    expect(stop).toMatchObject({
      minGenerations: 0,
      stagnation: null,
      targetAccuracy: null,
      maxEvaluations: 1234,
    });
    expect(resolveMatch(ga, found)).toEqual(ga.spec);
  });

  test('on this computer', async () => {
    const [one, two, ...others] = await sweepOf(algorithm);
    expect(others.map(({ evaluations }) => evaluations)).toEqual([one?.evaluations, two?.evaluations]);
  });
});

describe('a ticket that keeps no weights', () => {
  /** The sweep goes on after the first ticket turned out to keep nothing. */
  async function goesOnWith(spec: object) {
    const cwd = await temporaryFolder();
    const algorithms = [{ name: 'GA' }, { name: 'other', spec, match: { sparsity: 'GA' } }];
    await writeFile(join(cwd, 'sweep.json'), JSON.stringify({ base, algorithms, seeds: 2 }));
    const args = ['sweep', 'sweep.json', '--out', 'out'];
    expect(await runMainIn(cwd, ...args)).toMatchObject({ code: 0 });
    const file = join(cwd, 'out/cells/ga_seed-0/summary.json');
    await writeFile(file, sealedJson({ ...JSON.parse(await readFile(file, 'utf8')), sparsity: 1 }));
    await rm(join(cwd, 'out/cells/other_seed-0'), { recursive: true });
    return { ...(await runMainIn(cwd, ...args)), csv: await readFile(join(cwd, 'out/sweep.csv'), 'utf8') };
  }

  test('is matched by edge-popup', async () => {
    const { csv, ...ended } = await goesOnWith({ algorithm: 'edge-popup', edgePopup: { epochs: 2 } });
    expect(ended).toMatchObject({ code: 0 });
    const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
    expect(data.find(({ cell }) => cell === 'other_seed-0')).toMatchObject({ sparsity: '1' });
  });

  test('fails the cell of an algorithm that cannot match it, and no other', async () => {
    const spec = { algorithm: 'magnitude-pruning', magnitudePruning: { epochs: 20 } };
    const ended = await goesOnWith(spec);
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('3 of 4 done') });
    expect(ended.stderr).toMatch(
      /^other_seed-0: failed: InvalidSpec: match: the ticket of the run to match keeps no weights/m,
    );
  });
});

test('a ticket, whose weights are trained', async () => {
  const rows = await sweepOf({
    spec: { algorithm: 'fine-tuning', fineTuning: { epochs: 20, learningRate: 0.01, batchSize: 16 } },
    match: { ticket: 'GA' },
  });
  const [one, two, ...others] = rows;
  expect(others.map(({ sparsity }) => sparsity)).toEqual([one?.sparsity, two?.sparsity]);
  for (const [index, ticket] of [one, two].entries())
    expect(Number(others[index]?.trainLoss)).toBeLessThan(Number(ticket?.trainLoss));
});

test('sparsity', async () => {
  const rows = await sweepOf({
    spec: { algorithm: 'edge-popup', edgePopup: { epochs: 2 } },
    match: { sparsity: 'GA' },
  });
  const [one, two, ...others] = rows.map(({ sparsity }) => Number(sparsity));
  // A layer keeps a whole number of weights.
  for (const [index, expected] of [one, two].entries()) {
    expect(Math.abs((others[index] ?? 0) - (expected ?? 0))).toBeLessThan(0.05);
  }
});
