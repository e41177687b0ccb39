import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areaOf, attainmentOf } from '../../lib/sweep/attainment.ts';
import { parseSweep } from '../../lib/sweep/cells.ts';
import { summarize } from '../../lib/sweep/results.ts';
import { succeeded } from './summaries.ts';

const ticket = (sparsity: number, testAccuracy: number, trainAccuracy = testAccuracy) => {
  return { sparsity, testAccuracy, trainAccuracy };
};

test('what a quarter, half and three quarters of four runs attain', () => {
  const fronts = [
    [ticket(0.5, 0.9), ticket(0.8, 0.7)],
    [ticket(0.5, 0.8), ticket(0.9, 0.6)],
    [ticket(0.6, 0.95)],
    [ticket(0.8, 0.75)],
  ];
  expect(attainmentOf(fronts)).toEqual([
    // 0.95, 0.9, 0.8, 0.75
    { sparsity: 0.5, high: 0.95, median: 0.9, low: 0.8 },
    // 0.95, 0.75, 0.7, 0.6
    { sparsity: 0.6, high: 0.95, median: 0.75, low: 0.7 },
    // 0.75, 0.7, 0.6: one run has nothing so sparse.
    { sparsity: 0.8, high: 0.75, median: 0.7, low: 0.6 },
    { sparsity: 0.9, high: 0.6, median: null, low: null },
  ]);
  expect(attainmentOf([])).toEqual([]);
});

test('of many sparsities a choice is told, and where each run ends', () => {
  const long = (from: number) =>
    Array.from({ length: 200 }, (_, index) => ticket((from + index) / 1_000, (300 - index) / 300));
  const points = attainmentOf([long(100), long(501), long(700)]);
  expect(points.length).toBeLessThan(160);
  // Half of the runs are two of the three.
  expect(points.findLast(({ median }) => median !== null)?.sparsity).toBe(0.7);
  expect(points.findLast(({ low }) => low !== null)?.sparsity).toBe(0.299);
});

test('the area under a front is that of its steps, by what a run would give', () => {
  expect(areaOf([ticket(0.5, 0.9), ticket(0.8, 0.7)])).toBeCloseTo(0.5 * 0.9 + 0.3 * 0.7, 12);
  // The sparser one is better on test data, but not on training data.
  expect(areaOf([ticket(0.5, 0.8, 0.99), ticket(0.7, 0.85, 0.9)])).toBeCloseTo(0.5 * 0.8 + 0.2 * 0.85, 12);
  expect(areaOf([])).toBe(0);
});

test('a mean area counts runs whose front is one ticket', () => {
  const checked = parseSweep({ base: { preset: 'moons-a' }, seeds: 2 });
  const fronts = [[ticket(0.5, 0.9), ticket(0.8, 0.7)], [ticket(0.7, 0.9)]];
  const results = new Map(checked.cells.map(({ id }, index) => [id, succeeded({ front: fronts[index] })]));
  const [group] = summarize(checked, results).groups;
  expect(group?.frontArea?.n).toBe(2);
  expect(group?.frontArea?.mean).toBeCloseTo((0.5 * 0.9 + 0.3 * 0.7 + 0.7 * 0.9) / 2, 12);
});

test('a run gives the ticket that is best on training data, not on test data', () => {
  const front = [ticket(0.5, 0.8, 0.99), ticket(0.7, 0.85, 0.9)];
  expect(attainmentOf([front]).map(({ median }) => median)).toEqual([0.8, 0.85]);
});

test('by train accuracy nothing is gained by being sparser, and the surfaces do not cross', () => {
  const front = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 100 }))
      .map(([sparsity, accuracy]) => ticket(sparsity / 1_000, accuracy / 100)),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.array(front, { minLength: 1, maxLength: 8 }), (fronts) => {
      const points = attainmentOf(fronts);
      expect(points.at(-1)?.sparsity).toBe(Math.max(...fronts.flat().map(({ sparsity }) => sparsity)));
      const value = (one: number | null | undefined) => one ?? -1;
      for (const [index, { low, median, high }] of points.entries()) {
        expect(value(low)).toBeLessThanOrEqual(value(median));
        expect(value(median)).toBeLessThanOrEqual(value(high));
        if (index > 0) expect(value(median)).toBeLessThanOrEqual(value(points[index - 1]?.median));
      }
    }),
    { numRuns: 30 },
  );
});
