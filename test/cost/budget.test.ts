import { expect, test } from 'vitest';
import { isSpent, type Used } from '../../lib/cost/budget.ts';
import { NO_USAGE } from '../../lib/cost/usage.ts';

const METERED = { basis: 'metered', architecture: 'x86_64' } as const;

/** State transitions are 40,000 to the dollar. */
const used = (dollars: number, minutes: number): Used => ({
  usage: { ...NO_USAGE, transitions: dollars * 40_000 },
  active: minutes * 60_000,
});

test.each([
  ['there is room for another piece of work', { dollars: 1, minutes: 10 }, used(0.5, 5), used(0.4, 4), false],
  ['the next piece would just fit', { dollars: 1 }, used(0.75, 0), used(0.5, 0), false],
  ['it costs more already', { dollars: 1 }, used(1.5, 0), used(1.5, 0), true],
  ['it would cost more after the next piece', { dollars: 1 }, used(0.75, 0), used(0.25, 0), true],
  ['it takes longer already', { minutes: 10 }, used(0, 11), used(0, 11), true],
  ['it would take longer after the next piece', { minutes: 10 }, used(0, 6), used(0, 1), true],
  ['time is not what the budget limits', { dollars: 1 }, used(0, 600), used(0, 300), false],
  ['money is not what the budget limits', { minutes: 10 }, used(100, 1), used(50, 1), false],
])('%s', (_, budget, now, before, spent) => {
  expect(isSpent(budget, now, before, METERED)).toBe(spent);
});

test('what a run on one computer would have cost spends nothing', () => {
  const now = used(100, 1);
  expect(isSpent({ dollars: 1 }, now, now, { ...METERED, basis: 'as-if' })).toBe(false);
  expect(isSpent({ dollars: 1, minutes: 0.5 }, now, now, { ...METERED, basis: 'as-if' })).toBe(true);
});

test('the price is that of the architecture', () => {
  const evaluate = { requests: 0, milliseconds: 0, gbSeconds: 60_000 };
  const usage = { ...NO_USAGE, functions: { ...NO_USAGE.functions, evaluate } };
  const now = { usage, active: 0 };
  expect(isSpent({ dollars: 0.9 }, now, now, METERED)).toBe(true);
  expect(isSpent({ dollars: 0.9 }, now, now, { ...METERED, architecture: 'arm64' })).toBe(false);
});
