/** nested, whole, on the embedded engine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evaluateTicket } from '../../lib/cli/evaluate/evaluate.ts';
import { openTarget } from '../../lib/cli/evaluate/target.ts';
import { runSearch } from '../../lib/engine/engine.ts';
import { sourceOpener } from '../../lib/places/sources.ts';
import { placeOf, SMALL_DIGITS } from '../steps/small-run.ts';
import { resultsOf, run, summaryOf } from './runs.ts';

const { stop: _, ...DIGITS } = SMALL_DIGITS;
const section = { flips: 1_000, shares: [0.3, 0.2, 0.1] };
const NESTED = { ...DIGITS, algorithm: 'nested', nested: section, pruning: { enabled: false } };

const filesOf = async (folder: string) => ({
  ...(await resultsOf(folder)),
  checksums: (await summaryOf(folder)).checksums,
});

test('finds the same whatever the chunks, the workers, and where it was stopped; every beginning is a ticket', async () => {
  const { folder: whole, outcome } = await run({
    ...NESTED,
    evaluation: { minChunkSeconds: 600, maxConcurrency: 1 },
  });
  expect(outcome.status).toBe('succeeded');
  const files = await filesOf(whole);
  const { folder: cut } = await run(NESTED, { workers: 2 });
  expect(await filesOf(cut)).toEqual(files);

  const untilGeneration = (last: number) => {
    const stop = new AbortController();
    const onState = ({ generation }: { readonly generation: number }) => {
      if (generation >= last) stop.abort();
    };
    return { signal: stop.signal, onState };
  };
  // While masks are annealed, and while weights leave.
  const { folder: resumed, outcome: stopped } = await run(NESTED, untilGeneration(7));
  expect(stopped).toMatchObject({ status: 'stopped', state: { generation: 7 } });
  const place = { run: placeOf(resumed) };
  const again = await runSearch(place, { workers: 0, name: 'resumed', ...untilGeneration(30) });
  expect(again).toMatchObject({ status: 'stopped', state: { generation: 30 } });
  await runSearch(place, { workers: 0, name: 'resumed' });
  expect(await filesOf(resumed)).toEqual(files);

  const { nested = [], prunableWeights, checksums = {} } = await summaryOf(whole);
  expect(Object.keys(checksums)).toEqual(expect.arrayContaining(['ticket.nested.onnx', 'nested.csv']));
  const at = (share: number) => nested.find(({ keptShare }) => keptShare === share);
  for (const share of [0.2, 0.1]) {
    expect(at(share)?.keptWeights).toBeLessThanOrEqual(Math.round(share * prunableWeights));
    expect(at(share)?.keptWeights).toBeGreaterThan(0.75 * share * prunableWeights);
    expect(at(share)?.trainAccuracy).toBeGreaterThan(0.9);
  }
  // Not only at the shares that were asked for.
  expect(at(0.15)?.trainAccuracy).toBeGreaterThan(0.9);
  expect(nested.map(({ keptWeights }) => keptWeights)).toEqual(
    nested.map(({ keptWeights }) => keptWeights).toSorted((a, b) => b - a),
  );
  const [header, ...rows] = (await readFile(join(whole, 'nested.csv'), 'utf8')).trim().split('\n');
  expect(header).toBe(
    'keptShare,keptWeights,sparsity,trainAccuracy,validationAccuracy,testAccuracy,trainLoss,testLoss',
  );
  expect(rows).toHaveLength(nested.length);
  const report = await readFile(join(whole, 'report.html'), 'utf8');
  expect(report).toContain('One file for all sparsities');
  expect(report).toContain('href="ticket.nested.onnx"');

  const evaluated = async (options: { readonly kept?: number; readonly sparsity?: number }) => {
    const target = await openTarget(whole, sourceOpener());
    const { parts } = await evaluateTicket(target, { ...options, on: 'test', json: true }, sourceOpener());
    return parts.map(({ score }) => score.accuracy);
  };
  expect(await evaluated({ kept: 0.1 })).toEqual([at(0.1)?.testAccuracy]);
  expect(await evaluated({ sparsity: 0.8 })).toEqual([at(0.2)?.testAccuracy]);
  const file = await openTarget(join(whole, 'ticket.nested.onnx'), sourceOpener());
  await expect(evaluateTicket(file, { data: 'x.csv', json: true }, sourceOpener())).rejects.toThrow(
    /is a nested ticket, which takes the share of the weights to keep; add --kept SHARE/,
  );
  const plain = await openTarget(join(whole, 'ticket.onnx'), sourceOpener());
  await expect(
    evaluateTicket(plain, { data: 'x.csv', kept: 0.1, json: true }, sourceOpener()),
  ).rejects.toThrow(/is the ticket of one mask; leave --kept and --sparsity out/);
}, 180_000);

test('weights that lcs trains are nested tickets, too: its ticket is that of its share', async () => {
  const { folder } = await run({ ...DIGITS, algorithm: 'lcs', lcs: { epochs: 12, warmUp: 0, keep: 0.25 } });
  const { nested = [], trainAccuracy, testAccuracy, sparsity } = await summaryOf(folder);
  expect(nested).toHaveLength(24);
  expect(nested.find(({ keptShare }) => keptShare === 0.25)).toMatchObject({
    ...{ trainAccuracy, testAccuracy, sparsity },
  });
  expect(nested[0]).toMatchObject({ keptShare: 1, sparsity: 0 });
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('One file for all sparsities');
}, 60_000);

test.each([
  [{ shares: [0.2, 0.2] }, /^nested\.shares: .*falling shares/],
  [{ shares: [] }, /^nested\.shares: /],
  [{ shares: [1.5] }, /^nested\.shares\[0\]: found 1\.5, expected at most 1$/],
  [{ firstSamples: 500 }, /^nested\.firstSamples: found 500, expected at most 40\d, the samples/],
  [{ front: [1] }, /^nested\.front: /],
])('refuses %j in one line', async (wrong, message) => {
  await expect(run({ ...NESTED, nested: { ...section, ...wrong } })).rejects.toMatchObject({
    name: 'InvalidSpec',
    message: expect.stringMatching(message),
  });
});
