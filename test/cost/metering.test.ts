/** A search on the embedded engine tells what it used, and the estimate counts requests as the search makes them. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { estimateCost } from '../../lib/cost/estimate.ts';
import { trainingRequestsOf } from '../../lib/cost/estimate-training.ts';
import { requestsOf } from '../../lib/cost/requests.ts';
import { priceOf, type Usage } from '../../lib/cost/usage.ts';
import { complete } from '../runspec/complete.ts';
import { runSmall, type SmallRun } from './run.ts';

const SPEC = {
  preset: 'moons-a',
  task: { train: 200, test: 100 },
  search: { population: 20 },
  stop: { minGenerations: 3, maxGenerations: 3 },
  pruning: { enabled: false },
};
const GENERATIONS = 3;
/** Requests with which an environment opens a run and its evaluator. */
const OPENED = 4;

/** Names of the states that were entered, in order. */
function entered(payloads: SmallRun['payloads']): string[] {
  return payloads.flatMap(({ state, enters }) => (enters ? [state] : []));
}

describe.each(['inline', 'distributed'] as const)('%s', (fanOut) => {
  test('every state that is entered is a transition, every invocation a request', async () => {
    const evaluation = { fanOut, maxConcurrency: 2, minChunkSeconds: 0 };
    const { summary, costDollars, payloads } = await runSmall({ ...SPEC, evaluation }, 2);

    const { usage, dollars, basis } = summary.cost;
    const entries = (name: string) => entered(payloads).filter((state) => state === name).length;
    const chunks = entries('Evaluate chunk') + entries('Evaluate one of many chunks');
    expect(chunks).toBeGreaterThan(GENERATIONS);
    expect(usage.transitions).toBe(entered(payloads).length);
    expect(usage.express.executions).toBe(fanOut === 'distributed' ? chunks : 0);
    expect(usage.functions.prepare.requests).toBe(1);
    expect(usage.functions.evaluate.requests).toBe(chunks);
    expect(usage.functions.select.requests).toBe(GENERATIONS + 1);
    expect(usage.functions.finalize.requests).toBe(1);
    const { train, leap, ...used } = usage.functions;
    expect([train.requests, leap.requests]).toEqual([0, 0]);
    for (const { milliseconds, gbSeconds } of Object.values(used)) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(gbSeconds).toBeCloseTo((milliseconds / 1000) * (1769 / 1024), 9);
    }
    expect(basis).toBe('as-if');
    expect(dollars).toEqual(priceOf(usage, 'x86_64'));
    expect(costDollars).toBe(dollars.total);
  });
});

test('a run that goes on in fresh executions pays for the states between them', async () => {
  const stop = { minGenerations: 12, maxGenerations: 12 };
  const evaluation = { maxConcurrency: 2, minChunkSeconds: 0, maxEvents: 120 };
  const { summary, payloads } = await runSmall({ ...SPEC, stop, evaluation });
  const states = entered(payloads);
  expect(states.filter((state) => state === 'Continue as new').length).toBeGreaterThan(1);
  expect(summary.cost.usage.transitions).toBe(states.length);
});

test('the estimate counts the S3 requests that a search makes', async () => {
  const evaluation = { maxConcurrency: 3, minChunkSeconds: 0 };
  const { summary, payloads } = await runSmall({ ...SPEC, evaluation });
  const { usage } = summary.cost;

  const states = entered(payloads);
  const chunks = states.filter((state) => state === 'Evaluate chunk').length;
  const course = { generations: GENERATIONS, chunks, keepGenerations: false, pruning: false };
  const requests = requestsOf(course, 1);
  const sum = (kind: 'puts' | 'lists' | 'gets') =>
    Object.values(requests).reduce((total, one) => total + one[kind], 0);
  // The one worker has the run open already when it finalizes; on AWS that is another function.
  const shared = 2;
  expect(usage.s3).toEqual({ puts: sum('puts'), lists: sum('lists'), gets: sum('gets') - shared });

  // The whole estimate says the same, but for what chunks share: each of its three has an environment of its own.
  const { high } = estimateCost(complete({ ...SPEC, evaluation }));
  expect(high.usage.transitions).toBe(usage.transitions);
  expect(high.usage.s3).toEqual({ ...usage.s3, gets: usage.s3.gets + shared + 2 * OPENED });
  const counts = (of: Usage) => Object.entries(of.functions).map(([name, { requests }]) => [name, requests]);
  expect(counts(high.usage)).toEqual(counts(usage));
});

test('a run that leaps pays for its leaps, and makes the requests that its estimate counts', async () => {
  const spec = {
    ...SPEC,
    task: { train: 20, test: 10 },
    search: { population: 4 },
    stop: { minGenerations: 150, maxGenerations: 150, stagnation: null, targetAccuracy: null },
    // Some leaps, however fast this computer is.
    evaluation: { maxConcurrency: 1, leapSeconds: 0.02 },
  };
  const { summary, payloads } = await runSmall(spec);
  const { usage } = summary.cost;
  const states = entered(payloads);
  const leaps = states.filter((state) => state === 'Leap').length;
  expect(leaps).toBeGreaterThan(1);
  expect(usage.transitions).toBe(states.length);
  expect(states.length).toBe(2 * leaps + 3);
  expect(usage.functions.leap.requests).toBe(leaps);
  expect(usage.functions.leap.gbSeconds).toBeGreaterThan(0);
  expect([usage.functions.evaluate.requests, usage.functions.select.requests]).toEqual([0, 0]);
  const place = z.object({ generation: z.int(), done: z.boolean() });
  const firsts = payloads.flatMap(({ state, enters, payload }) =>
    state === 'Leap' && enters ? [place.parse(payload).generation] : [],
  );
  const ranges = firsts.map((first, index) => [first, (firsts[index + 1] ?? 151) - 1] as const);
  const course = { generations: 150, chunks: 0, leaps: ranges, keepGenerations: false, pruning: false };
  const requests = requestsOf(course, 1);
  const sum = (kind: 'puts' | 'lists' | 'gets') =>
    Object.values(requests).reduce((total, one) => total + one[kind], 0);
  // The one worker has the run open already when it finalizes; the engine opened it beside that.
  expect(usage.s3).toEqual({ puts: sum('puts'), lists: sum('lists'), gets: sum('gets') });
});

test('a run that trains pays for its states, and makes the requests that its estimate counts', async () => {
  const { summary, payloads } = await runSmall({
    preset: 'moons-a',
    algorithm: 'edge-popup',
    task: { train: 200, test: 100 },
    edgePopup: { epochs: 3 },
  });
  const { usage } = summary.cost;
  const states = entered(payloads);
  const invocations = states.filter((state) => state === 'Train').length;
  expect(states.slice(0, 3)).toEqual(['Prepare', 'What next?', 'Train']);
  expect(usage.transitions).toBe(states.length);
  expect(usage.functions.train.requests).toBe(invocations);
  expect(usage.functions.train.gbSeconds).toBeGreaterThan(0);
  expect(usage.functions.evaluate.requests).toBe(0);
  const { prepare, train, finalize } = trainingRequestsOf(invocations, false);
  const sum = (kind: 'puts' | 'lists' | 'gets') => prepare[kind] + train[kind] + finalize[kind];
  // The one worker has the run open already when it finalizes; on AWS that is another function.
  expect(usage.s3).toEqual({ puts: sum('puts'), lists: sum('lists'), gets: sum('gets') - 2 });
});
