/** Whole searches on the embedded engine: the real machine, the real handlers, worker threads. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors, tensorNamed } from '../../lib/data/safetensors.ts';
import { runSearch } from '../../lib/engine/engine.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';
import type { PruningProgress } from '../../lib/workflow/pruning-progress.ts';
import { filesIn, placeOf, SMALL_DIGITS, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';
import { maskOf, resultsOf, run, summaryOf } from './runs.ts';

/** The small run, undisturbed: what others are compared with. */
let undisturbed: string;
beforeAll(async () => {
  undisturbed = await mkdtemp(join(tmpdir(), 'tombola-'));
  await runSearch({ ...SMALL_SPEC, run: placeOf(undisturbed) }, { workers: 1, name: 'undisturbed' });
});
afterAll(() => rm(undisturbed, { recursive: true }));

/** The positions of the kept weights. */
const keptOf = (mask: string) => [...mask].flatMap((bit, index) => (bit === '1' ? [index] : [])).join(' ');

test('the pruning pass tells how far it is', async () => {
  const folder = await temporaryFolder();
  const told: PruningProgress[] = [];
  const onPruning = (pruning: PruningProgress) => told.push(pruning);
  await runSearch({ ...SMALL_SPEC, run: placeOf(folder) }, { workers: 1, name: 'told', onPruning });
  expect(told.length).toBeGreaterThan(0);
  for (const { done, about } of told) {
    expect(done).toBeGreaterThan(0);
    expect(about).toBeGreaterThanOrEqual(done);
  }
});

describe('golden runs: a change here is a change of what everyone gets', () => {
  test('moons, accuracy', async () => {
    const { folder, outcome } = await run({ ...SMALL_SPEC, stop: { minGenerations: 0, maxGenerations: 12 } });
    const { trainAccuracy, testAccuracy, sparsity, generations, evaluations } = await summaryOf(folder);
    expect(outcome).toMatchObject({ status: 'succeeded', result: { trainAccuracy, testAccuracy } });
    expect({
      mask: await maskOf(folder),
      trainAccuracy,
      testAccuracy,
      sparsity,
      generations,
      evaluations,
    }).toMatchInlineSnapshot(`
      {
        "evaluations": 89,
        "generations": 12,
        "mask": "100000000000010000000000100100101000100000000000",
        "sparsity": 0.8541666666666666,
        "testAccuracy": 0.7875,
        "trainAccuracy": 0.78,
      }
    `);
  });

  // Losses are float32: another processor may round their last bits otherwise, which no ranking here comes near.
  test('digits, cross-entropy', async () => {
    const { folder } = await run({ ...SMALL_DIGITS, stop: { minGenerations: 0, maxGenerations: 8 } });
    const { trainAccuracy, testAccuracy, sparsity, generations, evaluations } = await summaryOf(folder);
    expect({
      kept: keptOf(await maskOf(folder)),
      trainAccuracy,
      testAccuracy,
      sparsity,
      generations,
      evaluations,
    }).toMatchInlineSnapshot(`
      {
        "evaluations": 68,
        "generations": 8,
        "kept": "71 76 78 124 128 138 141 143 148 153 157 159 385 400 401 408 410 428 437 438 456 462 465 491 503 514 516 518 529 535",
        "sparsity": 0.9440298507462687,
        "testAccuracy": 0.5481481481481482,
        "trainAccuracy": 0.5497512437810945,
      }
    `);
  });
});

describe('an execution', () => {
  test('tells about every generation, in order, and carries small payloads only', async () => {
    const states: SearchState[] = [];
    const sizes = new Map<string, number>();
    const options = {
      onState: (state: SearchState) => states.push(state),
      onPayload: (name: string, payload: unknown) => {
        sizes.set(name, Math.max(sizes.get(name) ?? 0, JSON.stringify(payload ?? null).length));
      },
    };
    await run({ ...SMALL_SPEC, search: { population: 300 } }, options);
    expect(states.map(({ generation, done }) => [generation, done])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [3, false],
      [4, false],
      [4, true],
    ]);
    const accuracies = states.map(({ progress }) => progress.bestAccuracy ?? 0);
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => a - b));
    expect([...sizes.keys()]).toContain('Select');
    for (const [name, size] of sizes) expect(size, name).toBeLessThan(4_000);
  });

  test('is continued in fresh ones before its history runs out', async () => {
    const entered: string[] = [];
    const spec = { ...SMALL_SPEC, evaluation: { maxConcurrency: 3, minChunkSeconds: 0, maxEvents: 100 } };
    const { outcome } = await run(spec, { onPayload: (name) => entered.push(name) });
    expect(entered).toContain('Continue as new');
    expect(outcome).toMatchObject({ status: 'succeeded', result: { generations: 4 } });
  });

  test('stops after the generation in flight when told to, and can be resumed', async () => {
    const stop = new AbortController();
    const { folder, outcome } = await run(SMALL_SPEC, {
      signal: stop.signal,
      onState: ({ generation }) => {
        if (generation === 2) stop.abort();
      },
    });
    expect(outcome).toMatchObject({ status: 'stopped', state: { generation: 2 } });
    expect(await filesIn(folder)).not.toContain('summary.json');
    const resumed = await runSearch({ run: placeOf(folder) }, { workers: 2, name: 'resumed' });
    expect(resumed.status).toBe('succeeded');
    expect(await resultsOf(folder)).toEqual(await resultsOf(undisturbed));
  });

  test('of a spec that cannot be run ends FAILED, with our name and message for it', async () => {
    await expect(run({ ...SMALL_SPEC, search: { population: 1 } })).rejects.toMatchObject({
      name: 'InvalidSpec',
      message: 'search.population: found 1, expected at least 2',
    });
  });

  test('whose evaluation fails ends FAILED, and names what failed', async () => {
    const folder = await temporaryFolder();
    const training = join(folder, 'data/train.safetensors');
    const execution = runSearch(
      { ...SMALL_SPEC, run: placeOf(folder) },
      {
        // Several chunks fail, one after another: the first ends the machine, none is left behind.
        workers: 3,
        name: 'damaged',
        onState: ({ generation }) => {
          if (generation === 0) writeFileSync(training, 'not what was written');
        },
      },
    );
    await expect(execution).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: expect.stringContaining(`${placeOf(folder)}data/train.safetensors: damaged`),
    });
    expect(await filesIn(folder)).not.toContain('summary.json');
  });

  test('whose resume finds a damaged artifact ends FAILED, and names it', async () => {
    const stop = new AbortController();
    const { folder } = await run(SMALL_SPEC, {
      signal: stop.signal,
      onState: ({ generation }) => {
        if (generation === 1) stop.abort();
      },
    });
    const path = join(folder, 'generations/000001/offspring.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 40));
    await expect(runSearch({ run: placeOf(folder) }, { workers: 1, name: 'resumed' })).rejects.toMatchObject({
      name: 'DamagedArtifact',
      message: expect.stringContaining('generations/000001/offspring.safetensors: damaged: its 40 bytes'),
    });
  });
});

describe('the ticket', () => {
  test('is a classifier of raw points, as good as the summary says', async () => {
    const folder = undisturbed;
    const samples = decodeSafetensors(await readFile(join(folder, 'data/test.safetensors')), 'test');
    const x = tensorNamed(samples, 'x', 'F32', 'test');
    const y = tensorNamed(samples, 'y', 'U16', 'test');
    const session = await InferenceSession.create(join(folder, 'ticket.onnx'));
    const { label } = await session.run({ x: new Tensor('float32', x.data.slice(), [80, 2]) });
    const correct = [...y.data].filter((expected, index) => Number(label?.data[index]) === expected).length;
    expect(correct / 80).toBe((await summaryOf(folder)).testAccuracy);
    await session.release();
  });

  test('keeps the frozen weights as they were drawn', async () => {
    const folder = undisturbed;
    const read = async (name: string) => decodeSafetensors(await readFile(join(folder, name)), name);
    const [ticket, frozen] = [await read('ticket.safetensors'), await read('model/weights.safetensors')];
    for (const [name, tensor] of frozen) expect(ticket.get(name)).toEqual(tensor);
    const mask = await maskOf(folder);
    const { keptWeights, prunableWeights } = await summaryOf(folder);
    expect([mask.length, mask.replaceAll('0', '').length]).toEqual([prunableWeights, keptWeights]);
  });
});
