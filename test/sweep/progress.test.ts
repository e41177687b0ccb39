/** How searches progressed: train accuracy after parts of their generations, and generations that improved. */
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { fitnessCurve } from '../../lib/sweep/fitness-curve.ts';
import { withHistories } from '../../lib/sweep/histories.ts';
import { parseHistory } from '../../lib/sweep/parsed-history.ts';
import { searchStages } from '../../lib/sweep/progress.ts';
import { progressCsv } from '../../lib/sweep/progress-tables.ts';
import { tableMarkdown } from '../../lib/sweep/readable-tables.ts';
import { summarize } from '../../lib/sweep/results.ts';
import { succeeded } from './summaries.ts';

/** The start and sixteen generations: ever fitter by loss, and twice by accuracy. */
const losses = Array.from({ length: 17 }, (_, row) => 1 - row / 20);
const accuracies = losses.map((_, row) => (row < 2 ? 0.5 : row < 12 ? 0.6 : 0.7));
const history = (rows = losses.length) =>
  `generation,evaluations,bestAccuracy,bestLoss\n${losses
    .slice(0, rows)
    .map((loss, row) => `${row},${100 * row},${accuracies[row]},${loss}\n`)
    .join('')}`;

function stages(text: string, objective: 'accuracy' | 'cross-entropy') {
  const curve = fitnessCurve(parseHistory(text), { objective });
  return curve && searchStages(curve);
}

test('by the fitness of the search: accuracy stands still where the loss still falls', () => {
  const trainAccuracy = { eighth: 0.6, quarter: 0.6, half: 0.6, end: 0.7 };
  expect(stages(history(), 'accuracy')).toEqual({
    trainAccuracy,
    improving: { first: 1 / 8, second: 1 / 8 },
  });
  expect(stages(history(), 'cross-entropy')).toEqual({ trainAccuracy, improving: { first: 1, second: 1 } });
});

test('a search of eight generations has parts, a shorter one has none', () => {
  expect(stages(history(9), 'accuracy')?.trainAccuracy).toEqual({
    eighth: 0.5,
    quarter: 0.6,
    half: 0.6,
    end: 0.6,
  });
  expect(stages(history(8), 'accuracy')).toBeUndefined();
});

test('means over the runs of an algorithm that have a history, in table.md and progress.csv', async () => {
  const checked = parseSweep({
    grid: { preset: ['moons-a'] },
    algorithms: [
      { name: 'accuracy', spec: { search: { objective: 'accuracy' } } },
      { name: 'cross-entropy', spec: { search: { objective: 'cross-entropy' } } },
      { name: 'training', spec: { algorithm: 'backprop' } },
    ],
    seeds: 3,
  });
  const summarized = summarize(checked, new Map(checked.cells.map(({ id }) => [id, succeeded()])));
  const results = await withHistories(checked.sweep, summarized, async ({ id }) =>
    id.endsWith('seed-2') ? undefined : id.includes('training') ? 'epoch,trainAccuracy\n0,0.9\n' : history(),
  );
  const csv = progressCsv(checked.sweep, results.progress);
  const rows = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
  expect(rows).toMatchObject([
    { preset: 'moons-a', algorithm: 'accuracy', n: '2', endTrainAccuracyMean: '0.7' },
    { algorithm: 'cross-entropy', halfTrainAccuracyHigh: '0.6', secondHalfImprovingLow: '1' },
  ]);
  expect(tableMarkdown(checked.sweep, results)).toContain('| moons-a | accuracy | 2 | 60.00 ± 0.00 % |');
});
