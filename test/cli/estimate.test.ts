import { expect, test } from 'vitest';
import { budgetText, compareMemories, figurePage } from '../../lib/cli/estimate.ts';
import { estimateByMemory, estimateCost } from '../../lib/cost/estimate.ts';
import { complete } from '../runspec/complete.ts';

test('four sizes of functions side by side, with bars, and which is the cheapest and which the fastest', () => {
  const text = compareMemories(estimateByMemory(complete({ preset: 'digits-10' })));
  const [head, ...lines] = text.split('\n');
  expect(head).toMatch(/^memory +vCPUs +cost +time/);
  const rows = lines.slice(0, 4);
  expect(rows.map((row) => row.slice(0, 16).trim())).toEqual([
    '1,769 MB   1',
    '3,538 MB   2',
    '7,076 MB   4',
    '10,240 MB  6',
  ]);
  const bars = rows.map((row) => [...row.matchAll(/█+/g)].map(([bar]) => bar.length));
  expect(bars[0]?.[1]).toBe(24);
  expect(bars[3]?.[0]).toBe(24);
  for (const [cost, time] of bars.slice(1, 3)) {
    expect(cost).toBeGreaterThan(bars[0]?.[0] ?? 24);
    expect(time).toBeLessThan(24);
  }
  expect(text).toContain('1,769 MB is the cheapest, 10,240 MB the fastest');
});

test('where a budget would end the run is said for both guesses', () => {
  const stop = { stagnation: null, targetAccuracy: null };
  const spec = complete({ preset: 'digits-10', stop, budget: { dollars: 0.008, minutes: 60 } });
  const [line, ...others] = budgetText(spec, estimateCost(spec));
  expect(others).toEqual([]);
  expect(line).toMatch(
    /^The budget of \$0\.008 and 1 h( 0 min)?: by the low guess it is not reached; by the high one it ends the run after [56],\d{3} of 11,000 generations\.$/,
  );
  expect(budgetText(complete({}), estimateCost(complete({})))).toEqual([]);
});

test('the figure draws cost and time, and says where each is least', async () => {
  const page = await figurePage('digits & more', estimateByMemory(complete({ preset: 'digits-10' })));
  expect(page).toContain('<title>Estimate of digits &amp; more · Tombola</title>');
  expect(page.match(/<svg class="drawing"/g)).toHaveLength(2);
  expect(page).toContain('Least at 1,769 MB (1 vCPU), by the high guess.');
  expect(page).toContain('Least at 10,240 MB (6 vCPUs), by the high guess.');
});
