import { expect, test } from 'vitest';
import { affordableCells } from '../../lib/sweep/budget.ts';
import { continuesSweep } from '../../lib/sweep/continuation.ts';
import { parseSweepFields, sweepDocument } from '../../lib/sweep/schema.ts';

const used = (done: number, dollars: number, rounds: number, minutes: number) => ({
  done,
  dollars,
  rounds,
  minutes,
});

test.each([
  ['nothing is known of the first round', { dollars: 1, minutes: 10 }, used(0, 0, 0, 0), 20],
  ['there is money for all that run together', { dollars: 10 }, used(20, 1, 1, 5), 20],
  ['there is money for some', { dollars: 1.25 }, used(20, 1, 1, 5), 5],
  ['there is money for none', { dollars: 1.01 }, used(20, 1, 1, 5), 0],
  ['the money is spent', { dollars: 1 }, used(20, 1.5, 1, 5), 0],
  ['there is time for another round', { minutes: 10 }, used(20, 1, 2, 6), 20],
  ['another round would take too long', { minutes: 10 }, used(20, 1, 2, 7), 0],
  ['none is done yet, as where all failed', { dollars: 1 }, used(0, 0, 1, 5), 20],
])('%s', (_, budget, before, cells) => {
  expect(affordableCells(budget, before, 20, 1_000)).toBe(cells);
});

test('the rounds of the largest sweep fit into the history of an execution', () => {
  const [cells, together] = [100_000, 8];
  let [begun, rounds] = [0, 0];
  while (begun < cells) {
    begun += affordableCells({ dollars: 1e6 }, used(begun, begun * 1e-3, rounds, 0), together, cells);
    rounds++;
  }
  const eventsOfRound = 5 + 2 + 6;
  expect(rounds * eventsOfRound).toBeLessThan(25_000);
});

test('a budget is kept with the sweep, and is no part of what makes it the same one', () => {
  const written = { base: { preset: 'moons-a' }, seeds: 3 };
  const [free, bounded] = [
    parseSweepFields(written),
    parseSweepFields({ ...written, budget: { dollars: 2 } }),
  ];
  expect(sweepDocument(bounded).budget).toEqual({ dollars: 2 });
  expect(Object.keys(sweepDocument(free))).not.toContain('budget');
  expect([continuesSweep(free, bounded), continuesSweep(bounded, free)]).toEqual([true, true]);
  expect(() => parseSweepFields({ ...written, budget: { dollars: 0 } })).toThrow(
    'budget.dollars: found 0, expected more than 0',
  );
});
