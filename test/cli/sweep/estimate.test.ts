import { expect, test } from 'vitest';
import { estimateSweep } from '../../../lib/cli/sweep/estimate.ts';
import { estimateCost } from '../../../lib/cost/estimate.ts';
import { complete } from '../../runspec/complete.ts';
import { completeSweep } from '../../sweep/complete.ts';

test('a sweep costs what its cells cost, and a few transitions for each of them', () => {
  const sweep = { grid: { preset: ['moons-a', 'moons-b'] }, seeds: 10, maxConcurrency: 5 };
  const { cells, low, high } = estimateSweep(completeSweep(sweep), {});
  expect(cells).toBe(20);
  const each = ['moons-a', 'moons-b'].map((preset) => estimateCost(complete({ preset })));
  for (const [guess, bound] of [[low, 'low'] as const, [high, 'high'] as const]) {
    const alone = each.reduce((sum, estimate) => sum + 10 * estimate[bound].dollars.total, 0);
    expect(guess.dollars).toBeGreaterThan(alone);
    expect(guess.dollars - alone).toBeCloseTo(0.000025 * (20 * 4 + 6), 10);
    expect(guess.minutes).toBeCloseTo(each.reduce((sum, one) => sum + 10 * one[bound].minutes, 0) / 5, 10);
  }
});

test('it takes no less time than its longest cell and what that waits for', () => {
  const spec = (algorithm: string) => ({ algorithm, pruning: { enabled: false } });
  const sweep = {
    base: { preset: 'digits-10' },
    algorithms: [
      { name: 'GA', spec: spec('sltn-ga') },
      { name: 'random search', spec: spec('random-search'), match: { evaluations: 'GA' } },
    ],
    seeds: 1,
  };
  const { low } = estimateSweep(completeSweep(sweep), {});
  const alone = estimateCost(complete({ preset: 'digits-10', ...spec('sltn-ga') })).low.minutes;
  const { low: first } = estimateSweep(
    completeSweep({ ...sweep, algorithms: sweep.algorithms.slice(0, 1) }),
    {},
  );
  expect(first.minutes).toBe(alone);
  expect(low.minutes).toBeGreaterThan(1.5 * alone);
});
