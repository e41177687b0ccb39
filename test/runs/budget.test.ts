/** Runs that end because their budget is spent: with the ticket that they have by then. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOTHING_SPENT, type Spent } from '../../lib/cost/usage.ts';
import { type RunSummary, summarySchema } from '../../lib/report/summary.ts';
import { runCache } from '../../lib/runs/run.ts';
import { type SelectContext, select } from '../../lib/steps/select.ts';
import { train } from '../../lib/steps/train.ts';
import { WarmTrainer } from '../../lib/steps/warm-trainer.ts';
import { FolderStore } from '../../lib/store/folder.ts';
import type { SearchState } from '../../lib/workflow/payloads.ts';
import { evaluate, finalize, prepare } from '../lambdas/invoke.ts';
import { placeOf, SMALL_BOUND, SMALL_SPEC, temporaryFolder } from '../steps/small-run.ts';

const run = runCache((uri) => new FolderStore(uri));
const METERED = { basis: 'metered', architecture: 'x86_64' } as const;
const MINUTE = 60_000;

/** From the beginning to the end, by hand. `context`: clock and meter of each selection. */
async function searched(spec: object, context: Partial<SelectContext> = {}) {
  const folder = await temporaryFolder();
  const states = [await prepare({ ...spec, run: placeOf(folder) })];
  for (;;) {
    const state: SearchState | undefined = states.at(-1);
    if (!state || state.done) break;
    await evaluate(state);
    states.push(await select(state, { run, now: Date.now, ...context }));
  }
  const end = states.at(-1) as SearchState;
  const result = await finalize(end);
  const summary = summarySchema.parse(JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')));
  return { states, result, summary, folder };
}

/** What the ticket is known by: of another mask, the losses differ in some digit. */
const figuresOf = ({ evaluations, keptWeights, trainLoss, testLoss }: RunSummary) => ({
  ...{ evaluations, keptWeights, trainLoss, testLoss },
});

/** A clock by which every selection comes so many minutes after what was before it. */
function clock(minutes: number): () => number {
  let now = Date.now();
  return () => {
    now += minutes * MINUTE;
    return now;
  };
}

test('minutes: the run ends with the ticket of the generations that it had time for, and says so', async () => {
  const budget = { minutes: 26 };
  const { result, summary, folder } = await searched({ ...SMALL_SPEC, budget }, { now: clock(10) });
  // Generation 0 and 1 took ten minutes each: there is no time for a third.
  expect(result).toMatchObject({ status: 'succeeded', stopReason: 'budget', generations: 1 });
  expect(summary).toMatchObject({ status: 'succeeded', stopReason: 'budget', generations: 1 });
  const report = await readFile(join(folder, 'report.html'), 'utf8');
  expect(report).toMatch(/stopped by[\s\S]{0,80}budget/);
  const shorter = await searched({ ...SMALL_SPEC, stop: { minGenerations: 0, maxGenerations: 1 } });
  expect(figuresOf(summary)).toEqual(figuresOf(shorter.summary));
});

test('a run that stays within its budget is the run without one, by another name', async () => {
  const [bounded, free] = [
    await searched({ ...SMALL_SPEC, budget: { minutes: 600 } }),
    await searched(SMALL_SPEC),
  ];
  expect(bounded.summary).toMatchObject({ stopReason: 'max-generations', generations: 4 });
  expect(figuresOf(bounded.summary)).toEqual(figuresOf(free.summary));
  expect(bounded.summary.specHash).not.toBe(free.summary.specHash);
});

test('dollars: counted where the run is metered, and not on one computer', async () => {
  // Ten cents a generation.
  const spent = (puts: number): Spent => ({ ...NOTHING_SPENT, puts: puts === 0 ? 20_000 : 0 });
  const spec = { ...SMALL_SPEC, budget: { dollars: 0.25 } };
  const { summary } = await searched(spec, { spent, platform: METERED });
  expect(summary).toMatchObject({ stopReason: 'budget', generations: 1 });
  const here = await searched(spec, { spent });
  expect(here.summary).toMatchObject({ stopReason: 'max-generations', generations: 4 });
});

test('the first generation is completed whatever it takes, and one in its rounds is left', async () => {
  const late = await searched({ ...SMALL_BOUND, budget: { minutes: 0.001 } }, { now: clock(1) });
  expect(late.states.filter(({ generation }) => generation === 0).length).toBeGreaterThan(3);
  expect(late.summary).toMatchObject({ stopReason: 'budget', generations: 0 });
  const rounds = late.states.length - 1;

  // A generation of several rounds: the population is that of the last complete one.
  const whole = await searched(SMALL_BOUND);
  const cut = whole.states.findIndex(({ generation, round }) => generation > 0 && round > 0);
  expect(cut).toBeGreaterThan(rounds - 1);
  const budget = { minutes: cut + 0.5 };
  const left = await searched({ ...SMALL_BOUND, budget }, { now: clock(1) });
  const generation = (whole.states[cut]?.generation ?? 0) - 1;
  expect(left.summary).toMatchObject({ stopReason: 'budget', generations: generation });
});

test('a training ends with its best epoch so far', async () => {
  const folder = await temporaryFolder();
  const spec = {
    ...{ task: { dataset: 'moons', train: 200, test: 80 }, network: { layers: [2, 12, 2] } },
    ...{ algorithm: 'backprop', backprop: { epochs: 30, batchSize: 50 }, budget: { minutes: 3.5 } },
  };
  let state = await prepare({ ...spec, run: placeOf(folder) });
  const now = clock(1);
  // One epoch an invocation.
  while (!state.done)
    state = await train(state, { run, warm: new WarmTrainer(), now, elapsed: () => 0, budget: -1 });
  expect(await finalize(state)).toMatchObject({ stopReason: 'budget', generations: 3 });
});

test('a search by flips ends with its best masks so far', async () => {
  const { stop: _, ...small } = SMALL_SPEC;
  const spec = { ...small, algorithm: 'local-search', budget: { minutes: 2.5 } };
  const { summary } = await searched(spec, { now: clock(1) });
  expect(summary).toMatchObject({ stopReason: 'budget', generations: 1 });
  expect(summary.trainAccuracy).toBeGreaterThan(0.5);
});

test('an order of the weights is there however early a run ends, and its last step can be repeated', async () => {
  const { stop: _, ...small } = SMALL_SPEC;
  const nested = { flips: 100, shares: [0.5, 0.3] };
  const spec = { ...small, algorithm: 'nested', nested, pruning: { enabled: false } };
  const early = await searched({ ...spec, budget: { minutes: 1.5 } }, { now: clock(1) });
  expect(early.summary).toMatchObject({ stopReason: 'budget', generations: 0 });
  const whole = await searched(spec);
  expect(whole.summary).toMatchObject({ stopReason: 'max-flips' });
  for (const { summary } of [early, whole])
    expect(summary.nested?.map(({ keptShare }) => keptShare)).toEqual(expect.arrayContaining([0.5, 0.3]));
  for (const { states } of [early, whole]) {
    const [last, end] = states.slice(-2) as [SearchState, SearchState];
    expect(await select(last, { run, now: () => Date.now() + 60 * MINUTE })).toMatchObject({
      generation: end.generation,
      done: true,
    });
  }
});
