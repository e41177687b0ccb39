/** A search on the embedded engine tells what it used, and the estimate counts requests as the search makes them. */
import { describe, expect, test } from 'vitest';
import { requestsOf } from '../../lib/cost/estimate.ts';
import { priceOf, totalOfFunctions } from '../../lib/cost/usage.ts';
import { runSmall } from './run.ts';

const SPEC = {
  preset: 'moons-a',
  task: { train: 200, test: 100 },
  search: { population: 20 },
  stop: { minGenerations: 3, maxGenerations: 3 },
  pruning: { enabled: false },
};
const GENERATIONS = 3;

describe.each(['inline', 'distributed'] as const)('%s', (fanOut) => {
  test('every state that is entered is a transition, every invocation a request', async () => {
    const evaluation = { fanOut, maxConcurrency: 2, minChunkSeconds: 0 };
    const { summary, costDollars, entered } = await runSmall({ ...SPEC, evaluation }, 2);

    const { usage, dollars, basis } = summary.cost;
    const entries = (name: string) => entered.filter(({ state }) => state === name).length;
    const chunks = entries('Evaluate chunk') + entries('Evaluate one of many chunks');
    expect(chunks).toBeGreaterThan(GENERATIONS);
    expect(usage.transitions).toBe(entered.length);
    expect(usage.express.executions).toBe(fanOut === 'distributed' ? chunks : 0);
    expect(usage.functions.prepare.requests).toBe(1);
    expect(usage.functions.evaluate.requests).toBe(chunks);
    expect(usage.functions.select.requests).toBe(GENERATIONS + 1);
    expect(usage.functions.finalize.requests).toBe(1);
    for (const { milliseconds, gbSeconds } of Object.values(usage.functions)) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(gbSeconds).toBeCloseTo((milliseconds / 1000) * (1769 / 1024), 9);
    }
    expect(basis).toBe('as-if');
    expect(dollars).toEqual(priceOf(usage, 'x86_64'));
    expect(costDollars).toBe(dollars.total);
  });
});

test('the estimate counts the S3 requests that a search makes', async () => {
  const evaluation = { maxConcurrency: 3, minChunkSeconds: 0 };
  const { summary, entered } = await runSmall({ ...SPEC, evaluation });
  const { usage } = summary.cost;

  const chunks = (generation: number) =>
    entered.filter(
      ({ state, payload }) =>
        state === 'Evaluate chunk' && JSON.stringify(payload).includes(`"generation":${generation},`),
    ).length;
  const requests = requestsOf(
    { generations: GENERATIONS, chunks, keepGenerations: false, pruning: false },
    1,
  );
  const sum = (kind: 'puts' | 'lists' | 'gets') =>
    Object.values(requests).reduce((total, one) => total + one[kind], 0);
  // The one worker has the run open already when it finalizes; on AWS that is another function.
  const shared = 2;
  expect(usage.s3).toEqual({ puts: sum('puts'), lists: sum('lists'), gets: sum('gets') - shared });
  expect(totalOfFunctions(usage).requests).toBe(
    entered.filter(({ state }) => ['Prepare', 'Evaluate chunk', 'Select', 'Finalize'].includes(state)).length,
  );
});
