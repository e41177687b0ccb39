/** Histories of a sweep, which a store far away has: each is read once, several at a time. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { withHistories } from '../../lib/sweep/histories.ts';
import { summarize } from '../../lib/sweep/results.ts';
import { succeeded } from './summaries.ts';

const rows = Array.from({ length: 9 }, (_, row) => `${row},${100 + row},${0.5 + row / 20},\n`);
const history = `generation,evaluations,bestAccuracy,bestLoss\n${rows.join('')}`;

test('tables and curves take what they need from one reading of each history', async () => {
  const checked = parseSweep({
    grid: { preset: ['moons-a', 'moons-b'] },
    // The reference is not the first.
    reference: 'cold',
    algorithms: [
      { name: 'warm', spec: { search: { mutation: { rate: 0.2 } } } },
      { name: 'cold' },
      { name: 'training', spec: { algorithm: 'backprop' } },
    ],
    seeds: 5,
  });
  const read: string[] = [];
  let [reading, most] = [0, 0];
  const summarized = summarize(checked, new Map(checked.cells.map(({ id }) => [id, succeeded()])));
  const results = await withHistories(checked.sweep, summarized, async ({ id }) => {
    read.push(id);
    most = Math.max(most, ++reading);
    await setImmediate();
    reading--;
    return id.includes('training') ? 'epoch,trainAccuracy\n1,0.9\n2,0.9\n' : history;
  });
  expect(read.toSorted()).toEqual(checked.cells.map(({ id }) => id).toSorted());
  expect(most).toBe(8);
  // In the order of the cells, whichever was read first.
  expect(results.curves.map(({ point, algorithm }) => `${point.id} ${algorithm}`)).toEqual(
    summarized.groups.map(({ point, algorithm }) => `${point.id} ${algorithm}`),
  );
  expect(results.progress).toHaveLength(4);
  expect(results.reach).toHaveLength(6);
});
