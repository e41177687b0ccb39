/** Against SciPy 1.17.1; each expectation says which call gave it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  holm,
  locate,
  lowestP,
  medianInterval,
  pairsNeeded,
  signedRank,
} from '../../lib/sweep/statistics.ts';

const A = [0.9205, 0.8875, 0.9321, 0.9102, 0.899, 0.9444, 0.9187, 0.8921, 0.9513, 0.9066];
const B = [0.905, 0.8902, 0.913, 0.9011, 0.9005, 0.9201, 0.91, 0.8875, 0.9302, 0.9099];
const differences = (a: readonly number[], b: readonly number[]) =>
  a.map((value, index) => value - (b[index] ?? 0));

const ANY = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

describe('location', () => {
  test('with its confidence interval', () => {
    // scipy.stats.t.interval(0.95, 9, loc=mean(A), scale=scipy.stats.sem(A))
    const { n, mean, median, interval } = locate(A, ANY) ?? { n: 0, mean: 0, median: 0, interval: null };
    expect(n).toBe(10);
    expect(mean).toBeCloseTo(0.91624, 12);
    expect(median).toBeCloseTo(0.91445, 12);
    expect(interval?.[0]).toBeCloseTo(0.9009097533307846, 9);
    expect(interval?.[1]).toBeCloseTo(0.9315702466692151, 9);
  });

  test('of two values: 12.706 standard errors', () => {
    // scipy.stats.t.ppf(0.975, 1)
    expect(locate([0, 2], ANY)?.interval?.[1]).toBeCloseTo(1 + 12.706204736174694, 6);
  });

  test('of a median, also where values are infinite', () => {
    // scipy.stats.quantile_test(range(1, 26)).confidence_interval(0.95) is (8, 18); of ten values (2, 9)
    const count = (n: number) => Array.from({ length: n }, (_, index) => n - index);
    expect(medianInterval(count(25))).toEqual([8, 18]);
    expect(medianInterval(count(10))).toEqual([2, 9]);
    const never = Number.POSITIVE_INFINITY;
    expect(medianInterval([never, 1, 2, never, 3, 4])).toEqual([1, never]);
    expect(medianInterval(count(5))).toBeNull();
    // scipy.stats.binom.cdf(711, 1_500, 0.5) is 0.0234; 2⁻¹⁵⁰⁰ is no double.
    expect(medianInterval(count(1_500))).toEqual([712, 789]);
  });

  test('of one value and of none', () => {
    expect(locate([0.5], ANY)).toEqual({ n: 1, mean: 0.5, median: 0.5, interval: null });
    expect(locate([], ANY)).toBeNull();
  });

  test('of equal values: an interval of no length', () => {
    expect(locate([0.5, 0.5, 0.5], ANY)?.interval).toEqual([0.5, 0.5]);
  });

  test('of shares: an interval within 0 and 1', () => {
    const [low, high] = locate([0.98, 1, 0.99], [0, 1])?.interval ?? [];
    expect(low).toBeCloseTo(0.99 - 4.302652729911275 * (0.01 / Math.sqrt(3)), 9);
    expect(high).toBe(1);
    expect(locate([0, 1], [0, 1])?.interval).toEqual([0, 1]);
  });
});

describe("Wilcoxon's signed-rank test", () => {
  test('of ten pairs', () => {
    // scipy.stats.wilcoxon(A - B, method='exact')
    const { positive, negative, pValue, rankBiserial } = signedRank(differences(A, B));
    expect([positive, negative]).toEqual([49, 6]);
    expect(pValue).toBeCloseTo(0.02734375, 12);
    expect(rankBiserial).toBeCloseTo(43 / 55, 12);
  });

  test('of thirty pairs', () => {
    // rng = numpy.random.default_rng(5); scipy.stats.wilcoxon(rng.normal(0.4, 1, 30).round(4), method='exact')
    const found = signedRank([
      -0.4019, -0.9244, 0.1516, 0.8204, 1.536, 0.5097, -0.1526, -0.3848, 1.1487, 2.0348, 0.6728, -0.8333,
      -0.5583, 2.0, 0.6029, -1.3321, 0.3163, -0.7632, -0.2293, -0.088, -0.3133, 0.9534, 0.3369, -0.1894,
      0.8096, 1.2299, -1.243, 0.1433, -0.5807, 0.2268,
    ]);
    expect(found.negative).toBe(191);
    expect(found.pValue).toBeCloseTo(0.40449450351297855, 12);
  });

  test('with ties and a zero, as accuracies on 450 samples have them', () => {
    // scipy.stats.wilcoxon(x[x != 0], method=scipy.stats.PermutationMethod(n_resamples=numpy.inf))
    const found = signedRank(
      [2, 2, -1, 3, 3, 3, -2, 0, 5, 1, -1, 4].map((one) => (200 + one) / 450 - 200 / 450),
    );
    expect(found).toMatchObject({ n: 11, positive: 57, negative: 9 });
    expect(found.pValue).toBeCloseTo(0.03125, 12);
  });

  test('of more pairs than are enumerated', () => {
    // x = numpy.sin(numpy.arange(300) * 12.9898) + 0.1; scipy.stats.wilcoxon(x, method='approx', correction=True)
    const x = Array.from({ length: 300 }, (_, index) => Math.sin(index * 12.9898) + 0.1);
    expect(signedRank(x).pValue).toBeCloseTo(0.003236788382864233, 12);
  });

  test('says nothing where there is no difference', () => {
    expect(signedRank([0, 0, 1e-15])).toMatchObject({ n: 0, pValue: 1, rankBiserial: 0 });
  });

  test('has a lowest p, which takes pairs enough to be below 0.05', () => {
    for (const pairs of [1, 2, 5, 6, 8]) {
      const same = Array.from({ length: pairs }, (_, index) => index + 1);
      expect(signedRank(same).pValue).toBeCloseTo(lowestP(pairs), 12);
    }
    expect(signedRank(new Array<number>(300).fill(1)).pValue).toBe(2 ** -299);
    expect([lowestP(5), lowestP(6)]).toEqual([0.0625, 0.03125]);
    expect([1, 2, 4, 100].map(pairsNeeded)).toEqual([6, 7, 8, 12]);
  });

  test('is the same from both sides, and p is a probability', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 40 }), (values) => {
        const one = signedRank(values);
        const other = signedRank(values.map((value) => -value));
        expect(other.pValue).toBeCloseTo(one.pValue, 12);
        expect(other.rankBiserial).toBeCloseTo(-one.rankBiserial, 12);
        expect(one.pValue).toBeGreaterThan(0);
        expect(one.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test("Holm's correction", () => {
  // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
  expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.6, 0.9])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
