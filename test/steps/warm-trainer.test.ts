/** A trainer stays open from one invocation to the next, and only one of them. */
import { expect, test } from 'vitest';
import { runCache } from '../../lib/runs/run.ts';
import { train } from '../../lib/steps/train.ts';
import { WarmTrainer } from '../../lib/steps/warm-trainer.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import * as keys from '../../lib/store/keys.ts';
import { prepare } from '../lambdas/invoke.ts';
import { contentOf, placeOf, temporaryFolder } from './small-run.ts';

const SPEC = {
  algorithm: 'edge-popup',
  task: { dataset: 'moons', train: 200, test: 80 },
  network: { layers: [2, 6, 2] },
  edgePopup: { keep: [0.5], epochs: 3, batchSize: 64 },
} as const;

/** Counts how often training data are read. */
class Reading extends FolderStore {
  static times = 0;
  override get(key: string) {
    if (key === keys.TRAIN) Reading.times++;
    return super.get(key);
  }
}

async function begun(seed: number, more: object = {}) {
  const folder = await temporaryFolder();
  return { folder, state: await prepare({ ...SPEC, ...more, seed, run: placeOf(folder) }) };
}

test('invocations of a run read its data once, and those of two runs at a time come out the same', async () => {
  const warm = new WarmTrainer();
  const context = {
    run: runCache((uri) => new Reading(uri)),
    warm,
    now: () => 0,
    elapsed: () => 0,
    budget: -1,
  };
  const runs = [await begun(0), await begun(1)];
  const alone = [await begun(0), await begun(1)];
  for (const { state } of alone) {
    let next = state;
    const before = Reading.times;
    while (!next.done) next = await train(next, context);
    expect(next.generation).toBe(3);
    expect(Reading.times - before).toBe(1);
  }
  let inTurn = runs.map(({ state }) => state);
  for (let epoch = 0; epoch < 3; epoch++) {
    // At the same time: neither takes away the trainer that the other is at.
    inTurn = await Promise.all(inTurn.map((state) => train(state, context)));
  }
  expect(inTurn.every(({ done }) => done)).toBe(true);
  const [one, other] = [await Promise.all(runs.map(contentsOf)), await Promise.all(alone.map(contentsOf))];
  expect(one).toEqual(other);
  await warm.release();
});

test('a trainer is closed with its run, also where the budget ends it', async () => {
  const warm = new WarmTrainer();
  const run = runCache((uri) => new FolderStore(uri));
  const context = { run, warm, elapsed: () => 0, budget: -1 };
  for (const [budget, epochs] of [
    [{}, 3],
    [{ budget: { minutes: 30 } }, 2],
  ] as const) {
    const { state } = await begun(0, budget);
    let next = state;
    // Twenty minutes from the end of an epoch to the end of the next.
    while (!next.done) {
      const minutes = 20 * next.generation;
      next = await train(next, { ...context, now: () => minutes * 60_000 });
    }
    expect(next.generation).toBe(epochs);
    const opened = warm.take(await run(next), async () => {
      throw new Error('none was open');
    });
    await expect(opened).rejects.toThrow('none was open');
  }
});

/** Without what tells of the place and the time. */
async function contentsOf({ folder }: { folder: string }) {
  const content = await contentOf(folder);
  return Object.entries(content).filter(([file]) => file.endsWith('memory.safetensors'));
}
