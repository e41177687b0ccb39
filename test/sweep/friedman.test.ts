/** Against Demšar (2006) and SciPy 1.17.1; each expectation says where it is from. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tailOfF } from '../../lib/sweep/f-distribution.ts';
import {
  criticalDifference,
  rankAlgorithms,
  tasksNeeded,
  withinDifference,
} from '../../lib/sweep/friedman.ts';
import { quantileOfRange } from '../../lib/sweep/studentized-range.ts';

/**
 * Demšar (2006), Table 6: AUC of C4.5, with m, with cf, and with both, on fourteen data sets. The paper ranks the third before the
 * fourth on the last data set but one, where it prints the same figures.
 */
const C45 = [
  [0.763, 0.768, 0.771, 0.798],
  [0.599, 0.591, 0.59, 0.569],
  [0.954, 0.971, 0.968, 0.967],
  [0.628, 0.661, 0.654, 0.657],
  [0.882, 0.888, 0.886, 0.898],
  [0.936, 0.931, 0.916, 0.931],
  [0.661, 0.668, 0.609, 0.685],
  [0.583, 0.583, 0.563, 0.625],
  [0.775, 0.838, 0.866, 0.875],
  [1, 1, 1, 1],
  [0.94, 0.962, 0.965, 0.962],
  [0.619, 0.666, 0.614, 0.669],
  [0.972, 0.981, 0.9751, 0.975],
  [0.957, 0.978, 0.946, 0.97],
];

describe("Friedman's test", () => {
  test('of the published example', () => {
    const { averageRanks, criticalDifference: difference, degrees, ...found } = rankAlgorithms(C45);
    expect(averageRanks.map((rank) => rank.toFixed(3))).toEqual(['3.143', '2.000', '2.893', '1.964']);
    expect(degrees).toEqual([3, 39]);
    expect(difference).toBeCloseTo(1.25, 2);
    // The paper: p is below 0.05, and still Nemenyi's test tells none of them apart.
    expect(found.groups).toEqual([[3, 1, 2, 0]]);
    // c = scipy.stats.friedmanchisquare(*C45.T).statistic; F = 13 c / (42 - c); scipy.stats.f.sf(F, 3, 39)
    expect(found.statistic).toBeCloseTo(4.1851301115241695, 9);
    expect(found.pValue).toBeCloseTo(0.011620659515310975, 9);
    // The paper's own F, 3.69, is without the correction for ties.
    expect(found.statistic).toBeGreaterThan(3.69);
    // Its Figure 1, at 0.10: CD 1.12.
    expect(withinDifference(averageRanks, 1.12)).toEqual([
      [3, 1, 2],
      [2, 0],
    ]);
  });

  test('without ties is Friedman’s chi squared, converted', () => {
    const values = [
      [0.1, 0.5, 0.3],
      [0.2, 0.6, 0.9],
      [0.3, 0.4, 0.8],
      [0.5, 0.2, 0.7],
      [0.1, 0.3, 0.4],
    ];
    // scipy.stats.friedmanchisquare(*values.T) gives 6.4; 4 c / (10 - c)
    expect(rankAlgorithms(values).statistic).toBeCloseTo(7.1111111111111285, 9);
  });

  test('says nothing where all are equal, and never less than chance can where all tasks agree', () => {
    const equal = rankAlgorithms([
      [1, 1, 1],
      [0.5, 0.5, 0.5 + 1e-15],
    ]);
    expect(equal).toMatchObject({ averageRanks: [2, 2, 2], statistic: 0, pValue: 1, groups: [[0, 1, 2]] });
    const agreed = rankAlgorithms(Array.from({ length: 3 }, () => [1, 2, 3]));
    // Of 6³ orders of three tasks, six are the same one for all of them.
    expect(agreed).toMatchObject({ statistic: null, pValue: 1 / 36, averageRanks: [3, 2, 1] });
    expect(agreed.groups).toEqual([
      [2, 1],
      [1, 0],
    ]);
    // Two that always tie leave three orders: of 3³, three agree.
    expect(rankAlgorithms(Array.from({ length: 3 }, () => [1, 2, 2])).pValue).toBe(1 / 9);
    const many = Array.from({ length: 3 }, (_, task) => Array.from({ length: 200 }, (__, one) => one * task));
    expect(rankAlgorithms(many).pValue).toBeLessThan(1e-9);
  });

  test('does not depend on the order of algorithms', () => {
    const rows = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(rows, (values) => {
        const one = rankAlgorithms(values);
        const other = rankAlgorithms(values.map((row) => row.toReversed()));
        expect(other.averageRanks).toEqual(one.averageRanks.toReversed());
        expect(other.pValue).toBeCloseTo(one.pValue, 12);
        expect(one.averageRanks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(10, 12);
        expect(one.pValue).toBeGreaterThan(0);
        expect(one.pValue).toBeLessThanOrEqual(1);
      }),
      { numRuns: 15 },
    );
  });
});

test("Nemenyi's constants", () => {
  // Demšar (2006), Table 5 (a), at 0.05 for two to ten classifiers, which is cut after three digits, not rounded.
  const table = [1.96, 2.343, 2.569, 2.728, 2.85, 2.949, 3.031, 3.102, 3.164];
  for (const [index, published] of table.entries()) {
    expect(Math.abs(quantileOfRange(0.95, index + 2) / Math.SQRT2 - published)).toBeLessThan(0.001);
  }
  // scipy.stats.studentized_range.ppf(0.95, k, numpy.inf) / numpy.sqrt(2)
  for (const [k, expected] of [
    [4, 2.569031772546482],
    [10, 3.163683577053373],
    [50, 3.9923432900094076],
  ] as const) {
    expect(quantileOfRange(0.95, k) / Math.SQRT2).toBeCloseTo(expected, 7);
  }
  for (const algorithms of [3, 4, 5, 10, 40]) {
    const tasks = tasksNeeded(algorithms);
    expect(criticalDifference(algorithms, tasks)).toBeLessThan(algorithms - 1);
    expect(criticalDifference(algorithms, tasks - 1)).toBeGreaterThanOrEqual(algorithms - 1);
  }
});

test('tails of F', () => {
  // scipy.stats.f.sf(value, above, below)
  for (const [value, above, below, expected] of [
    [3.69, 3, 39, 0.01974409968948888],
    [1, 1, 1, 0.5],
    [10, 2, 7, 0.008872989457173155],
    [4.2, 5, 8, 0.03599518206597121],
    [0.3, 4, 6, 0.8680555555555556],
    [25, 9, 90, 6.504733179164696e-21],
    [2, 7, 7, 0.19035659083843182],
    [1.5, 1, 4, 0.28786413472669053],
  ] as const) {
    expect(tailOfF(value, above, below)).toBeCloseTo(expected, 12);
  }
  expect([0, Number.POSITIVE_INFINITY].map((value) => tailOfF(value, 3, 4))).toEqual([1, 0]);
});
