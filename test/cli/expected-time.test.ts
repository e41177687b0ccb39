import { expect, test } from 'vitest';
import { longSearchNotice } from '../../lib/cli/expected-time.ts';
import { complete } from '../runspec/complete.ts';

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
