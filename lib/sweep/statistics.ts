/** Statistics of repeated runs: location with confidence, and paired comparisons. */
import { ascending, median } from 'd3-array';
import { at } from '../base/at.ts';
import { erf } from '../network/special-functions.ts';
import { twoSidedT } from './student-t.ts';

export interface Location {
  readonly n: number;
  readonly mean: number;
  readonly median: number;
  /** 95 % confidence interval of the mean (Student's t); null with fewer than two values. */
  readonly interval: readonly [low: number, high: number] | null;
}

const CONFIDENCE = 0.95;

/** The range of values: [0, 1] of shares. The interval of a mean does not leave it. */
type Range = readonly [least: number, most: number];

/** Mean, median and interval of at least one value; null of none. */
export function locate(values: readonly number[], [least, most]: Range): Location | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const location = { n, mean, median: median(values) ?? mean };
  if (n === 1) return { ...location, interval: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const room = twoSidedT(CONFIDENCE, n - 1) * Math.sqrt(variance / n);
  return { ...location, interval: [Math.max(least, mean - room), Math.min(most, mean + room)] };
}

/**
 * 95 % confidence interval of the median, or a little more, whatever the distribution: the values at places that a binomial
 * of fair coins leaves at both ends (Conover, Practical nonparametric statistics, 3.2). Null of fewer than six values.
 */
export function medianInterval(values: readonly number[]): readonly [low: number, high: number] | null {
  const n = values.length;
  // The logarithm of a binomial's term: of a thousand values, the first ones are too small for a number.
  let [left, term] = [0, -n * Math.LN2];
  // So many values may lie outside on either side.
  let outside = 0;
  while (left + Math.exp(term) <= (1 - CONFIDENCE) / 2) {
    left += Math.exp(term);
    term += Math.log((n - outside) / (outside + 1));
    outside++;
  }
  if (outside === 0) return null;
  const order = values.toSorted(ascending);
  return [at(order, outside - 1), at(order, n - outside)];
}

export interface SignedRank {
  /** Differences that are not zero: zeros say nothing about the direction and are left out (Wilcoxon 1945). */
  readonly n: number;
  /** Sums of the ranks of positive and of negative differences. */
  readonly positive: number;
  readonly negative: number;
  /** Two-sided; 1 if all differences are zero. */
  readonly pValue: number;
  /**
   * Effect size: matched-pairs rank-biserial correlation, (positive − negative) / (positive + negative), −1 to 1
   * (Kerby 2014); 0 if all differences are zero.
   */
  readonly rankBiserial: number;
}

/** The lowest p that the test can give of so many pairs: all of them point the same way. */
export function lowestP(pairs: number): number {
  return Math.min(1, 2 ** (1 - pairs));
}

/** Pairs from which p can be below 0.05, with Holm's correction over so many comparisons. */
export function pairsNeeded(comparisons: number): number {
  let pairs = 1;
  while (comparisons * lowestP(pairs) >= SIGNIFICANT) pairs++;
  return pairs;
}

export const SIGNIFICANT = 0.05;

/** Pairs up to which the null distribution is enumerated; beyond, the normal approximation is as good. */
export const EXACT_PAIRS = 200;

const RESOLUTION = 1e-12;

/** Values that are equal but for rounding are ties. */
export function rounded(values: readonly number[]): number[] {
  return values.map((value) => Math.round(value / RESOLUTION) * RESOLUTION);
}

/**
 * Wilcoxon's signed-rank test of paired differences. Accuracies of a few dozen runs are skewed, bounded and now and
 * then far off, which a paired t test takes badly; ranks do not mind. Ties get their mean rank, and the null
 * distribution is that of these very ranks, so p is exact with ties as well.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const moved = rounded(differences).filter((value) => value !== 0);
  const n = moved.length;
  if (n === 0) return { n, positive: 0, negative: 0, pValue: 1, rankBiserial: 0 };
  // Twice the mean ranks, which are whole numbers.
  const doubled = doubledRanks(moved.map(Math.abs));
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const positive = doubled.reduce((sum, rank, index) => sum + (at(moved, index) > 0 ? rank : 0), 0);
  const smaller = Math.min(positive, total - positive);
  const tail = n <= EXACT_PAIRS ? exactTail(doubled, smaller) : normalTail(doubled, smaller);
  return {
    n,
    positive: positive / 2,
    negative: (total - positive) / 2,
    // Far out, the normal approximation rounds to 0.
    pValue: Math.min(1, Math.max(lowestP(n), 2 * tail)),
    rankBiserial: (2 * positive - total) / total,
  };
}

/** Bounds of differences of shares. */
export const DIFFERENCES = [-1, 1] as const;

/** Paired differences of shares. */
export interface Difference {
  readonly difference: Location;
  readonly test: SignedRank;
}

/** With Holm's correction over all differences of a table. */
export interface Corrected extends Difference {
  readonly correctedP: number;
}

/** Null of no differences. */
export function pairedDifference(differences: readonly number[]): Difference | null {
  const difference = locate(differences, DIFFERENCES);
  return difference && { difference, test: signedRank(differences) };
}

/** Twice the rank of each value; equal values share the mean of their ranks. */
export function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => at(values, a) - at(values, b));
  const ranks: number[] = values.map(() => 0);
  for (let start = 0; start < order.length; ) {
    const value = at(values, at(order, start));
    let end = start;
    while (end + 1 < order.length && at(values, at(order, end + 1)) === value) end++;
    // Ranks start + 1 … end + 1: twice their mean.
    for (const index of order.slice(start, end + 1)) ranks[index] = start + end + 2;
    start = end + 1;
  }
  return ranks;
}

/** Probability that the positive ranks sum up to at most `limit` if every sign is a fair coin. */
function exactTail(ranks: readonly number[], limit: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  for (const rank of ranks) {
    for (let sum = total; sum >= 0; sum--) {
      const with_ = sum >= rank ? (probability[sum - rank] ?? 0) : 0;
      probability[sum] = ((probability[sum] ?? 0) + with_) / 2;
    }
  }
  return probability.subarray(0, limit + 1).reduce((sum, one) => sum + one, 0);
}

/** The same by the normal distribution, with continuity correction: half a rank, 1 of doubled ranks. */
function normalTail(ranks: readonly number[], limit: number): number {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + rank ** 2, 0)) / 2;
  return (1 + erf(Math.min(0, (limit + 1 - mean) / deviation) * Math.SQRT1_2)) / 2;
}

/** Holm's step-down correction: p values such that at most 5 % of such tables have a false one below 0.05. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => at(pValues, a) - at(pValues, b));
  const corrected: number[] = pValues.map(() => 1);
  let highest = 0;
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * at(pValues, index)));
    corrected[index] = highest;
  }
  return corrected;
}

/** The p of each of the tests, with Holm's correction over all of them. */
export function correctedOver(tests: readonly SignedRank[]): (test: SignedRank) => number {
  const corrected = holm(tests.map(({ pValue }) => pValue));
  const places = new Map(tests.map((test, index) => [test, index]));
  return (test) => at(corrected, places.get(test) ?? -1);
}
