import { expect, test } from 'vitest';
import { longSearchNotice } from '../../lib/cli/expected-time.ts';
import { secondsOf } from '../../lib/cli/sweep/expectation.ts';
import { estimateCost } from '../../lib/cost/estimate.ts';
import { complete } from '../runspec/complete.ts';

/** Evaluations a second on one thread that docs/explanation/performance.md reports. */
test.each([
  ['moons-a', 7_989],
  ['moons-d', 222],
  ['digits-10-c', 3_402],
])('evaluations of %s are expected to take as long as measured, within a factor of three', (preset, rate) => {
  const spec = complete({ preset });
  const guess = { ...estimateCost(spec).high, generations: 0, evaluations: rate };
  const seconds = secondsOf(spec, guess, 'longest');
  expect(seconds).toBeGreaterThan(1 / 3);
  expect(seconds).toBeLessThan(3);
});

test('a long search is announced, with the limits that its algorithm heeds', () => {
  const long = { stop: { maxGenerations: 10_000_000, minGenerations: 10_000_000 } };
  expect(longSearchNotice(complete({ preset: 'digits-10', ...long }), 1)).toMatch(
    /^This takes about .* continues it; --generations and --budget end it sooner\.$/,
  );
  const annealing = complete({
    preset: 'digits-10',
    algorithm: 'annealing',
    annealing: { flips: 1_000_000_000 },
  });
  expect(longSearchNotice(annealing, 1)).toMatch(/ continues it; --budget ends it sooner\.$/);
  expect(longSearchNotice({ ...annealing, budget: { minutes: 5 } }, 1)).toBeUndefined();
  expect(longSearchNotice(complete({ preset: 'moons-a' }), 1)).toBeUndefined();
});
