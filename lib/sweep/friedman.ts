/**
 * Several algorithms over several tasks: Friedman's test of their ranks, and Nemenyi's critical difference of average ranks
 * (Demšar 2006, Statistical comparisons of classifiers over multiple data sets, JMLR 7:1–30, section 3.2).
 */
import { rollup, sum } from 'd3-array';
import { at } from '../base/at.ts';
import { tailOfF } from './f-distribution.ts';
import { doubledRanks, rounded, SIGNIFICANT } from './statistics.ts';
import { quantileOfRange } from './studentized-range.ts';

export interface Ranking {
  readonly tasks: number;
  /** The mean rank of each algorithm, in the order of the columns: 1 is best; equal values share the mean of their ranks. */
  readonly averageRanks: readonly number[];
  /** Iman and Davenport's statistic of Friedman's test, corrected for ties: F with these degrees of freedom. Null: all tasks agree. */
  readonly statistic: number | null;
  readonly degrees: readonly [above: number, below: number];
  readonly pValue: number;
  /** Nemenyi's, at 0.05: average ranks that are at least so far apart can be told apart, if p is below 0.05. */
  readonly criticalDifference: number;
  /** Algorithms, by column, that cannot be told apart: the best first, each group as large as can be, and of two or more. */
  readonly groups: readonly (readonly number[])[];
}

/** Fewest algorithms that are ranked; two are compared in pairs. */
export const FEWEST_ALGORITHMS = 3;

/**
 * Nemenyi's critical difference at 0.05: q √(k (k + 1) / 6N), where q is the studentized range of k values for infinite degrees
 * of freedom, over √2 (Demšar's Table 5).
 */
export function criticalDifference(algorithms: number, tasks: number): number {
  const quantile = quantileOfRange(1 - SIGNIFICANT, algorithms) / Math.SQRT2;
  return quantile * Math.sqrt((algorithms * (algorithms + 1)) / (6 * tasks));
}

/** Tasks from which the critical difference is below the largest possible difference of average ranks. */
export function tasksNeeded(algorithms: number): number {
  return Math.floor((criticalDifference(algorithms, 1) / (algorithms - 1)) ** 2) + 1;
}

/** `values`: a row per task, in it a value per algorithm, larger is better. Three algorithms or more. */
export function rankAlgorithms(values: readonly (readonly number[])[]): Ranking {
  const tasks = values.length;
  const algorithms = at(values, 0).length;
  const ranks = values.map((row) =>
    doubledRanks(rounded(row.map((value) => -value))).map((rank) => rank / 2),
  );
  const averageRanks = at(ranks, 0).map((_, column) => sum(ranks, (row) => at(row, column)) / tasks);
  const middle = (algorithms + 1) / 2;
  // Sums of squares of the ranks: an analysis of variance, which is Iman and Davenport's F, with ties as well.
  const between = tasks * sum(averageRanks, (rank) => (rank - middle) ** 2);
  const within = sum(ranks.flat(), (rank) => (rank - middle) ** 2) - between;
  const degrees = [algorithms - 1, (algorithms - 1) * (tasks - 1)] as const;
  // Sums of quarters are exact, averages are not.
  const agree = within < 1e-9;
  const statistic = between < 1e-9 ? 0 : agree ? null : between / degrees[0] / (within / degrees[1]);
  const tail = statistic === null ? 0 : tailOfF(statistic, ...degrees);
  const pValue = Math.max(tail, lowestP(ranks));
  const difference = criticalDifference(algorithms, tasks);
  const groups = withinDifference(averageRanks, pValue < SIGNIFICANT ? difference : Number.POSITIVE_INFINITY);
  return { tasks, averageRanks, statistic, degrees, pValue, criticalDifference: difference, groups };
}

/**
 * Probability that the tasks rank the algorithms as they do, whichever is which, if each task shuffles its own ranks: F gives less
 * where there are few tasks. Without ties k!^(1 − N); algorithms that tie are the same in every order.
 */
function lowestP(ranks: readonly (readonly number[])[]): number {
  const [first = 1, ...others] = ranks.map(ordersOf);
  const columns = at(ranks, 0).map((_, column) => ranks.map((row) => at(row, column)).join());
  const p = others.reduce((product, orders) => product / orders, ordersOf(columns) / first);
  // Of more algorithms than a double counts the orders of.
  return Number.isFinite(p) ? p : 0;
}

/** In how many orders values can stand that are all different, or partly the same. */
function ordersOf(values: readonly (number | string)[]): number {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const repeats = rollup(
    values,
    ({ length }) => factorial(length),
    (value) => value,
  );
  return [...repeats.values()].reduce((orders, one) => orders / one, factorial(values.length));
}

/** The largest groups of average ranks that all lie less than `difference` apart: columns, the best first. */
export function withinDifference(averageRanks: readonly number[], difference: number): number[][] {
  const order = averageRanks
    .map((_, column) => column)
    .sort((a, b) => at(averageRanks, a) - at(averageRanks, b));
  let reached = 0;
  return order.flatMap((first, start) => {
    const group = order
      .slice(start)
      .filter((column) => at(averageRanks, column) - at(averageRanks, first) < difference);
    const isPart = start + group.length <= reached;
    reached = Math.max(reached, start + group.length);
    return isPart || group.length < 2 ? [] : [group];
  });
}
