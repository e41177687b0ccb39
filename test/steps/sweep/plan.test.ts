import { expect, test } from 'vitest';
import { z } from 'zod';
import { cellName, isCellName } from '../../../lib/aws/executions.ts';
import { InvalidSpec, UnusableOutput } from '../../../lib/base/errors.ts';
import { specHash } from '../../../lib/runspec/identity.ts';
import { parseSpec } from '../../../lib/runspec/parser.ts';
import { noteFailure } from '../../../lib/steps/sweep/failure.ts';
import { gatherSweep } from '../../../lib/steps/sweep/gather.ts';
import { planSweep } from '../../../lib/steps/sweep/plan.ts';
import { FolderStore } from '../../../lib/store/folder.ts';
import * as keys from '../../../lib/store/keys.ts';
import type { CellSummary } from '../../../lib/sweep/results.ts';
import { type RoundItem, roundItemSchema, type SweepState } from '../../../lib/workflow/sweep-payloads.ts';
import { succeeded } from '../../sweep/summaries.ts';
import { placeOf, SMALL_SPEC, temporaryFolder } from '../small-run.ts';

const SWEEP = { base: SMALL_SPEC, seeds: 3, maxConcurrency: 2 };
const MATCHING = {
  base: SMALL_SPEC,
  algorithms: [
    { name: 'GA' },
    { name: 'random', spec: { algorithm: 'random-search' }, match: { evaluations: 'GA' } },
  ],
  seeds: 2,
};

/** A sweep's folder, and the steps over it as the machine calls them. */
async function place() {
  const sweep = placeOf(await temporaryFolder());
  const store = new FolderStore(sweep);
  const running = new Set<string>();
  const clock = { minutes: 0 };
  const openStore = (uri: string) => new FolderStore(uri);
  return {
    sweep,
    store,
    running,
    clock,
    plan: (input: object | null, execution = 'first', functions?: number | Promise<number>) =>
      planSweep(
        { input, execution, executionArn: `arn:${execution}` },
        {
          openStore,
          sweeps: sweep,
          memory: 2e9,
          now: () => clock.minutes * 60_000,
          concurrency: async () => functions,
          isRunning: async (arn) => running.has(arn),
          nameOf: cellName,
          objectAt: () => ({ bucket: '', key: '' }),
        },
      ),
    fail: (cell: string, execution = 'first', error = { Error: 'States.TaskFailed', Cause: 'why' }) =>
      noteFailure({ sweep, execution, cell, error }, openStore),
    gather: (execution = 'first') => gatherSweep({ sweep, execution }, openStore),
    items: async ({ round }: SweepState): Promise<RoundItem[]> => {
      const bytes = await store.get(keys.roundOf(round));
      return z.array(roundItemSchema).parse(JSON.parse(Buffer.from(bytes).toString()));
    },
    /** What its search would leave. */
    finish: async ({ run, input }: RoundItem, changes: Partial<CellSummary> = {}) => {
      const { run: _, continuedBy: __, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: ___, ...spec } = input;
      const result = succeeded({ specHash: specHash(parseSpec(spec)), ...changes });
      if (result.status !== 'succeeded') throw new Error('not a summary');
      await new FolderStore(run).put(keys.SUMMARY, JSON.stringify(result.summary));
    },
  };
}

test('the first round has every cell, with its spec, its place and a name of its own', async () => {
  const { sweep, plan, items } = await place();
  const state = await plan({ ...SWEEP, sweep });
  expect(state).toMatchObject({
    sweep,
    round: 1,
    cells: 3,
    done: 0,
    failed: 0,
    ready: 3,
    maxConcurrency: 2,
  });
  const found = await items(state);
  expect(found.map(({ cell }) => cell)).toEqual(['sltn-ga_seed-0', 'sltn-ga_seed-1', 'sltn-ga_seed-2']);
  for (const [index, { cell, run, name, input }] of found.entries()) {
    expect(run).toBe(`${sweep}cells/${cell}/`);
    expect(input).toMatchObject({ seed: index, run, continuedBy: 'caller' });
    // Room for the numbers of the executions that go on with it.
    expect(name).toMatch(/^cell-[\w-]{1,75}$/);
    expect([isCellName(name), isCellName(`${name}-12`)]).toEqual([true, true]);
  }
  expect(new Set(found.map(({ name }) => name)).size).toBe(3);
  // A repeated call is the same plan: a start that it leads to is the same start.
  expect(await plan({ ...SWEEP, sweep })).toEqual(state);
  expect(await items(state)).toEqual(found);
});

test('names of runs are not taken for names of cells', () => {
  for (const name of ['moons-a-seed7-20261122-150000', 'cell-7', 'cells-of-mine-1', 'my-cell-0123456789ab']) {
    expect(isCellName(name), name).toBe(false);
  }
});

test('a cell that waits for another comes in the round after it, with what the other found', async () => {
  const { sweep, plan, items, finish } = await place();
  const first = await plan({ ...MATCHING, sweep });
  const genetic = await items(first);
  expect(genetic.map(({ cell }) => cell)).toEqual(['ga_seed-0', 'ga_seed-1']);
  for (const [index, item] of genetic.entries()) await finish(item, { evaluations: 700 + index });
  const second = await plan(first);
  expect(second).toMatchObject({ round: 2, done: 2, ready: 2 });
  const random = await items(second);
  expect(
    random.map(({ input }) => [input.algorithm, z.looseObject({}).parse(input.stop).maxEvaluations]),
  ).toEqual([
    ['random-search', 700],
    ['random-search', 701],
  ]);
  for (const item of random) await finish(item);
  expect(await plan(second)).toMatchObject({ round: 3, cells: 4, done: 4, failed: 0, ready: 0 });
});

test('a sweep started again runs what is left, failed cells too, and nothing twice', async () => {
  const { sweep, store, plan, items, finish, fail, gather } = await place();
  const first = await plan({ ...SWEEP, sweep });
  const [done, failed, open] = await items(first);
  if (!done || !failed || !open) throw new Error('three cells');
  await finish(done);
  await fail(failed.cell);
  // In the same execution the failed one stays failed, and the open one is tried once more.
  expect(await plan(first)).toMatchObject({ round: 2, done: 1, failed: 1, ready: 1 });
  const again = await plan({ sweep }, 'second');
  expect(again).toMatchObject({ round: 1, done: 1, failed: 0, ready: 2 });
  const tried = await items(again);
  expect(tried.map(({ cell }) => cell)).toEqual([failed.cell, open.cell]);
  // Step Functions knows a name only once.
  const names = [...[failed, open].map(({ name }) => name), ...tried.map(({ name }) => name)];
  expect(new Set(names).size).toBe(4);
  // With more seeds or algorithms, and without the folders of its runs, it goes on as well.
  expect(await plan({ ...SWEEP, seeds: 5, sweep }, 'fourth')).toMatchObject({ cells: 5, done: 1, ready: 4 });
  await gather('fourth');
  await store.deletePrefix(keys.CELLS);
  expect(await plan({ ...SWEEP, sweep }, 'third')).toMatchObject({ done: 1, ready: 2 });
  const algorithms = [...MATCHING.algorithms, { name: 'sltn-ga' }];
  expect(await plan({ ...SWEEP, algorithms, sweep }, 'fifth')).toMatchObject({ cells: 9, done: 1 });
});

test('a cell whose searches end without a result is given up, so that the sweep ends', async () => {
  const { sweep, plan, gather } = await place();
  let state = await plan({ ...SWEEP, sweep });
  for (let rounds = 0; state.ready > 0 && rounds < 5; rounds++) state = await plan(state);
  expect(state).toMatchObject({ round: 3, done: 0, failed: 0, ready: 0 });
  expect(await gather()).toMatchObject({ cells: 3, done: 0, failed: 3, costDollars: 0 });
});

test('what failed is told in the results, and counts nowhere', async () => {
  const { sweep, store, plan, items, finish, fail, gather } = await place();
  const first = await plan({ ...MATCHING, sweep });
  const [one, other] = await items(first);
  if (!one || !other) throw new Error('two cells');
  await finish(one, { testAccuracy: 0.875 });
  await fail(other.cell, 'first', { Error: 'States.TaskFailed', Cause: 'no weights' });
  const second = await plan(first);
  // The cell that waits for the failed one fails with it.
  expect(second).toMatchObject({ done: 1, failed: 2, ready: 1 });
  for (const item of await items(second)) await finish(item);
  expect(await plan(second)).toMatchObject({ done: 2, failed: 2, ready: 0 });
  const result = await gather();
  expect(result).toMatchObject({
    status: 'succeeded',
    sweep,
    cells: 4,
    done: 2,
    failed: 2,
    costDollars: 0.02,
  });
  expect(result.report).toBe(`${sweep}sweep.html`);
  const rows = await text(store, keys.SWEEP_CSV);
  expect(rows.trim().split('\n').length).toBe(5);
  expect(rows).toContain('no weights');
  expect(rows).toContain('waits for ga_seed-1, which failed');
  expect(await text(store, keys.SWEEP_TABLE)).toContain('87.5');
  expect(await text(store, keys.SWEEP_REPORT)).toMatch(/^<!doctype html>/);
  // Gathering again is the same.
  expect(await gather()).toEqual(result);
  expect(await text(store, keys.SWEEP_CSV)).toBe(rows);
});

async function text(store: FolderStore, key: string): Promise<string> {
  return Buffer.from(await store.get(key)).toString();
}

test.each<[string, object | null, RegExp]>([
  ['no sweep', {}, /^seeds: /],
  ['null', null, /^sweep: expected a JSON object/],
  ['an unknown field', { ...SWEEP, grid: { 'search.popluation': [1] } }, /search\.popluation: unknown key/],
  ['an empty grid', { ...SWEEP, grid: {} }, /^grid: /],
  ['too many cells', { ...SWEEP, seeds: 100_001 }, /found 100,001 cells/],
  ['a wrong place', { ...SWEEP, sweep: 7 }, /`sweep`, if given, is a URI/],
  ['too much at a time', { ...SWEEP, maxConcurrency: 0 }, /^maxConcurrency: found 0, expected at least 1/],
])('%s is refused before anything runs', async (_, input, message) => {
  const { plan, store } = await place();
  const refused = plan(input);
  await expect(refused).rejects.toThrow(InvalidSpec);
  await expect(refused).rejects.toThrow(message);
  expect(await store.list('')).toEqual([]);
});

test('the place of another sweep, of none, or of one at work is refused', async () => {
  const { sweep, plan, running } = await place();
  await expect(plan({ sweep })).rejects.toThrow(/there is no sweep at/);
  await plan({ ...SWEEP, sweep });
  const other = { ...SWEEP, base: { ...SMALL_SPEC, stop: { maxGenerations: 9 } }, sweep };
  await expect(plan(other)).rejects.toThrow(
    /holds another sweep, with cells that this one does not have; give this one another name/,
  );
  running.add('arn:first');
  await expect(plan({ sweep }, 'second')).rejects.toThrow(UnusableOutput);
  await expect(plan({ sweep }, 'second')).rejects.toThrow(/the execution first is running the sweep/);
  await expect(plan({ ...SWEEP, sweep: sweep.slice(0, -1) })).rejects.toThrow(/ends with a slash/);
});

test('of two executions that start a sweep again together, the later one is refused', async () => {
  const { sweep, plan, running } = await place();
  await plan({ ...SWEEP, sweep });
  for (const name of ['second', 'third']) running.add(`arn:${name}`);
  let goOn: ((functions: number) => void) | undefined;
  const told = new Promise<number>((resolve) => {
    goOn = resolve;
  });
  // It has opened the sweep, and not planned its first round yet.
  const second = plan({ sweep }, 'second', told);
  await new Promise(setImmediate);
  await expect(plan({ sweep }, 'third')).rejects.toThrow(/the execution second is running the sweep/);
  running.delete('arn:third');
  goOn?.(8);
  expect(await second).toMatchObject({ round: 1, ready: 3 });
  // One that was refused, or is over, is in nobody's way.
  running.delete('arn:second');
  expect(await plan({ sweep }, 'fourth')).toMatchObject({ round: 1, ready: 3 });
});

test('in an account that runs few functions, cells and their chunks share them', async () => {
  const { sweep, plan, items } = await place();
  const { evaluation: _, ...base } = SMALL_SPEC;
  const state = await plan({ ...SWEEP, base, sweep, maxConcurrency: 20 }, 'first', 8);
  expect(state.maxConcurrency).toBe(6);
  const widths = (await items(state)).map(
    ({ input }) => parseSpec(withoutPlace(input)).evaluation.maxConcurrency,
  );
  // Three cells.
  expect(widths).toEqual([2, 2, 2]);
});

function withoutPlace({
  run: _,
  continuedBy: __,
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: ___,
  ...spec
}: RoundItem['input']) {
  return spec;
}

test('a budget begins as many cells as it pays for, then gathers; a larger one goes on', async () => {
  const { sweep, plan, items, finish, gather } = await place();
  const cost = (total: number) => ({ cost: { dollars: { total } } });
  const algorithms = [{ name: 'GA' }, { name: 'random', spec: { algorithm: 'random-search' } }];
  const spec = { ...SWEEP, algorithms, seeds: 4, budget: { dollars: 1 } };
  // As many as run together, though all could run.
  const first = await plan({ ...spec, sweep });
  expect(first).toMatchObject({ cells: 8, ready: 2 });
  expect((await items(first)).map(({ cell }) => cell)).toEqual(['ga_seed-0', 'random_seed-0']);
  for (const item of await items(first)) await finish(item, cost(0.3));
  const second = await plan(first);
  expect(second).toMatchObject({ done: 2, ready: 1 });
  for (const item of await items(second)) await finish(item, cost(0.3));
  const third = await plan(second);
  expect(third).toMatchObject({ done: 3, failed: 0, ready: 0 });
  expect(await gather()).toMatchObject({
    stopReason: 'budget',
    cells: 8,
    done: 3,
    failed: 0,
    costDollars: 0.3 * 3,
  });
  const again = await plan({ ...spec, sweep, budget: { dollars: 2 } }, 'again');
  expect(again).toMatchObject({ done: 3, ready: 2 });
});

test('a budget of time begins no round that would probably exceed it', async () => {
  const { sweep, plan, items, finish, gather, clock } = await place();
  const first = await plan({ ...SWEEP, seeds: 6, sweep, budget: { minutes: 25 } });
  for (const item of await items(first)) await finish(item);
  clock.minutes = 10;
  const second = await plan(first);
  expect(second.ready).toBe(2);
  for (const item of await items(second)) await finish(item);
  clock.minutes = 20;
  expect((await plan(second)).ready).toBe(0);
  expect(await gather()).toMatchObject({ stopReason: 'budget', done: 4 });
});
