/** The papers' studies. */
import { describe, expect, test } from 'vitest';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { SWEEP_PRESETS } from '../../lib/sweep/presets.ts';
import { parseSweepFields } from '../../lib/sweep/schema.ts';

const sweepOf = (name: string) => SWEEP_PRESETS.get(name)?.sweep;

test.each([
  ['paper-binary', 8, 50, 'GA (adaptive AB)', 7],
  ['paper-blobs', 5, 25, 'GA', 6],
  ['paper-digits', 5, 25, 'GA (adaptive AB)', 7],
])('%s: %d tasks, the GA and its baselines, %d runs of each', (name, points, runs, compared, count) => {
  const { grid, algorithms, seeds, reference } = parseSweepFields(sweepOf(name));
  expect(grid.map(({ values }) => values.length)).toEqual([points]);
  expect(algorithms).toHaveLength(count);
  expect(seeds).toHaveLength(runs);
  expect(reference).toBe(compared);
});

describe('every cell is valid', () => {
  test.each([...SWEEP_PRESETS.keys()])('%s', (name) => {
    const { sweep, cells } = parseSweep(sweepOf(name));
    const points = sweep.grid.reduce((product, { values }) => product * values.length, 1);
    expect(cells).toHaveLength(points * sweep.algorithms.length * sweep.seeds.length);
  });
});

test('paper-blobs: a search ends 200 generations after its best loss changed, as the authors have it', () => {
  for (const { spec } of parseSweep(sweepOf('paper-blobs')).cells)
    if (spec.algorithm === 'sltn-ga')
      expect(spec.stop).toMatchObject({ stagnation: 200, maxGenerations: 11_000 });
});

test('paper-landscape: different searches on the same weights, by two fitnesses', () => {
  const { cells } = parseSweep(sweepOf('paper-landscape'));
  expect(cells).toHaveLength(100);
  for (const { spec } of cells) expect(spec.network).toMatchObject({ seed: 0 });
  expect(new Set(cells.map(({ spec }) => spec.search.objective))).toEqual(
    new Set(['accuracy', 'cross-entropy']),
  );
});
