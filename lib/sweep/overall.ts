/** Algorithms side by side over all grid points: their ranks, and how often each is near the best. */
import { group, max, mean } from 'd3-array';
import { at } from '../base/at.ts';
import type { GridPoint } from './cells.ts';
import { FEWEST_ALGORITHMS, type Ranking, rankAlgorithms, tasksNeeded } from './friedman.ts';
import { byPoint, type Repeated } from './repeated.ts';

type Point = Pick<GridPoint, 'index'>;

/** A cell, as far as needed; without a result it is still to be run. */
interface Ended {
  readonly cell: {
    readonly point: Point;
    readonly algorithm: string;
    readonly seed: number;
  };
  readonly result:
    | { readonly status: 'succeeded'; readonly summary: Tested }
    | { readonly status: 'failed' }
    | undefined;
}

interface Tested {
  readonly testAccuracy: number;
}

/** Differences from the best test accuracy at which the tables give the performance profile. */
export const NEAR = [0, 0.005, 0.01, 0.02, 0.05] as const;

export interface Profile {
  readonly algorithm: string;
  /** How far each contest's run is below the best run of it, smallest first; infinite where it failed. */
  readonly shortfalls: readonly number[];
}

export interface Overall {
  /** Algorithms with a run that succeeded, in the sweep's order. */
  readonly algorithms: readonly string[];
  /** Grid points at which all of them succeeded with a common seed, and those at which they have not. */
  readonly tasks: number;
  readonly tasksLeftOut: number;
  /** By mean test accuracy over the common seeds. Null where algorithms or grid points are too few. */
  readonly ranking: Ranking | null;
  /** Fewest grid points for a ranking; null where there are too few algorithms. */
  readonly tasksNeeded: number | null;
  /** Grid points with a seed at which all of the algorithms ended, and one or more succeeded. */
  readonly contests: number;
  /** The performance profiles, an algorithm each; none where there is nothing to compare. */
  readonly profiles: readonly Profile[];
}

/** `groups` and `runs` of the same cells. */
export function overallOf(groups: readonly Repeated<Tested, Point>[], runs: readonly Ended[]): Overall {
  const algorithms = [
    ...new Set(groups.flatMap(({ algorithm, runs: own }) => (own.length > 0 ? [algorithm] : []))),
  ];
  const points = byPoint(groups);
  const values = points.flatMap((own) => taskOf(own, algorithms));
  const tasks = values.length;
  const needed = algorithms.length < FEWEST_ALGORITHMS ? null : tasksNeeded(algorithms.length);
  const contests = algorithms.length < 2 ? [] : contestsOf(runs, algorithms);
  return {
    algorithms,
    tasks,
    tasksLeftOut: points.length - tasks,
    ranking: needed === null || tasks < needed ? null : rankAlgorithms(values),
    tasksNeeded: needed,
    contests: contests.length,
    profiles:
      contests.length === 0
        ? []
        : algorithms.map((algorithm, index) => ({
            algorithm,
            shortfalls: contests.map((contest) => at(contest, index)).toSorted((a, b) => a - b),
          })),
  };
}

/** Share of the contests in which the algorithm's run is at most so far below the best. */
export function shareWithin({ shortfalls }: Profile, distance: number): number {
  return shortfalls.filter((shortfall) => shortfall <= distance + 1e-12).length / shortfalls.length;
}

/** Mean test accuracy of each algorithm over the seeds that succeeded with all of them; none where there is no such seed. */
function taskOf(groups: readonly Repeated<Tested, Point>[], algorithms: readonly string[]): number[][] {
  const columns = algorithms.map((algorithm) => {
    const runs = groups.find((one) => one.algorithm === algorithm)?.runs ?? [];
    return new Map(runs.map(({ seed, summary }) => [seed, summary.testAccuracy]));
  });
  const seeds = [...(columns[0]?.keys() ?? [])].filter((seed) => columns.every((column) => column.has(seed)));
  return seeds.length === 0 ? [] : [columns.map((column) => mean(seeds, (seed) => column.get(seed)) ?? 0)];
}

/** A row per contest: how far each algorithm is below the best of it. */
function contestsOf(runs: readonly Ended[], algorithms: readonly string[]): number[][] {
  const contests = group(runs, ({ cell }) => `${cell.point.index} ${cell.seed}`);
  return [...contests.values()].flatMap((contest) => {
    const results = new Map(contest.map(({ cell, result }) => [cell.algorithm, result]));
    const found = algorithms.map((algorithm) => results.get(algorithm));
    if (found.includes(undefined)) return [];
    const accuracies = found.map((result) =>
      result?.status === 'succeeded' ? result.summary.testAccuracy : Number.NEGATIVE_INFINITY,
    );
    const best = max(accuracies) ?? Number.NEGATIVE_INFINITY;
    return best === Number.NEGATIVE_INFINITY ? [] : [accuracies.map((accuracy) => best - accuracy)];
  });
}
