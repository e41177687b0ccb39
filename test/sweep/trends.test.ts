/** Figures along fields of the grid: which fields are axes, and what is drawn where. */
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { summarize } from '../../lib/sweep/results.ts';
import { tableCsv } from '../../lib/sweep/tables.ts';
import { trendFigures } from '../../lib/sweep/trend-figures.ts';
import { trendFields } from '../../lib/sweep/trends.ts';
import { succeeded } from './summaries.ts';

test.each([
  ['search.population', [50, 10, 200], 'search.population', [50, 10, 200]],
  ['edgePopup.keep', [[0.1], [0.5]], 'edgePopup.keep', [0.1, 0.5]],
  [
    'network.layers',
    [
      [64, 25, 10],
      [64, 50, 10],
    ],
    'units of a hidden layer',
    [25, 50],
  ],
  [
    'network.hidden',
    [
      [5, 5],
      [9, 9],
    ],
    'units of a hidden layer',
    [5, 9],
  ],
  [
    'network.layers',
    [
      [2, 9, 2],
      [2, 9, 9, 2],
    ],
    'hidden layers',
    [1, 2],
  ],
  ['network.hidden', [[9], [9, 9, 9]], 'hidden layers', [1, 3]],
  ['nested.shares', [[0.5], [0.5, 0.2]], 'nested.shares, entries', [1, 2]],
])('%s of %j is an axis', (field, values, title, places) => {
  const [axis] = trendFields({ grid: [{ field, values }] });
  expect(axis?.title).toBe(title);
  expect([...(axis?.places.values() ?? [])]).toEqual(places);
});

test.each([
  ['preset', ['moons-a', 'moons-b']],
  ['search.population', [50]],
  ['annealing.flips', [null, 1_000]],
  ['network.hidden', [[20], [75], [50, 50]]],
  [
    'network.hidden',
    [
      [20, 5],
      [5, 20],
    ],
  ],
])('%s of %j is none', (field, values) => {
  expect(trendFields({ grid: [{ field, values }] })).toEqual([]);
});

const checked = parseSweep({
  base: { preset: 'moons-a' },
  grid: {
    'network.initializer': ['uniform', 'xavier'],
    'network.layers': [
      [2, 200, 2],
      [2, 8, 2],
      [2, 20, 2],
    ],
  },
  algorithms: [
    { name: 'trained', spec: { algorithm: 'backprop' } },
    { name: 'annealing', spec: { algorithm: 'annealing' } },
    { name: 'random', spec: { algorithm: 'random-search' } },
  ],
  seeds: 3,
});

const ACCURACIES: Readonly<Record<string, readonly number[]>> = {
  trained: [0.9, 0.9, 0.9],
  annealing: [0.95, 0.8, 0.92],
  random: [0.6, 0.6, 0.6],
};

const results = summarize(
  checked,
  new Map(
    checked.cells.map(({ id, algorithm, seed, point }) => {
      const testAccuracy = (ACCURACIES[algorithm]?.[point.index % 3] ?? 0) + seed / 1_000;
      return [id, succeeded({ testAccuracy, keptWeights: 40 + 20 * seed })] as const;
    }),
  ),
);

test('each measure has a figure for each choice of the other fields', async () => {
  const figures = await trendFigures(checked.sweep, results);
  expect(figures.map(({ id, title }) => [id, title])).toEqual([
    ['trend-0', 'network.initializer uniform: Test accuracy by units of a hidden layer'],
    ['trend-1', 'network.initializer xavier: Test accuracy by units of a hidden layer'],
    ['trend-weights-0', 'network.initializer uniform: Kept weights by units of a hidden layer'],
    ['trend-weights-1', 'network.initializer xavier: Kept weights by units of a hidden layer'],
  ]);
  const [accuracy, , weights] = figures;
  // From the narrowest network to the widest, whatever the order of the grid.
  expect(accuracy?.caption.replace(/\u00a0/g, ' ')).toContain(
    'trained 90.1 % to 90.1 %, annealing 80.1 % to 95.1 %, random 60.1 % to 60.1 %.',
  );
  expect(accuracy?.caption).toMatch(
    /Level with trained or ahead of it, .* first: annealing at 20, random nowhere\.$/,
  );
  expect(weights?.caption).toContain('annealing 60 to 60');
  // Random search is far below the best curve at its lowest: it would press the others together.
  expect(accuracy?.legend.map(({ label }) => label)).toEqual(['trained', 'annealing']);
  expect(accuracy?.caption).toContain('A curve far below the others leaves the figure.');
  expect(weights?.legend).toHaveLength(3);
  // From 8 to 200 is more than a decade; the three widths are named.
  expect(accuracy?.drawing.content.markup).toContain('units of a hidden layer, logarithmic scale');
  for (const width of [8, 20, 200]) expect(accuracy?.drawing.content.markup).toContain(`>${width}</text>`);
});

test('a caption names small places as they are', async () => {
  const rates = parseSweep({
    base: { preset: 'moons-a' },
    grid: { 'search.mutation.rate': [0.001, 0.02] },
    algorithms: [{ name: 'GA' }, { name: 'other' }],
    seeds: 2,
  });
  const found = summarize(rates, new Map(rates.cells.map(({ id }) => [id, succeeded()])));
  const [figure] = await trendFigures(rates.sweep, found);
  expect(figure?.caption).toMatch(/first: other at 0\.001\.$/);
});

test('nothing is drawn of algorithms without runs', async () => {
  const empty = summarize(checked, new Map());
  expect(await trendFigures(checked.sweep, empty)).toEqual([]);
});

test('the table has the mean of kept weights', () => {
  const table = tableCsv(checked.sweep, results);
  const [row] = Papa.parse<Record<string, string>>(table, { header: true }).data;
  expect(row?.keptWeightsMean).toBe('60');
});
