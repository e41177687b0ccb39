/** How accurate searches were after parts of their generations, and how often they still became fitter. */
import { namesOf, recordOf } from '../base/record.ts';
import type { GridPoint } from './cells.ts';
import type { FitnessCurve } from './fitness-curve.ts';
import { type Location, locate } from './statistics.ts';

/** Shares of the generations. */
const PARTS = { eighth: 1 / 8, quarter: 1 / 4, half: 1 / 2, end: 1 } as const;
export const PART_NAMES = namesOf(PARTS);

export const HALVES = ['first', 'second'] as const;

/** Generations from which a search has such parts. */
const FEWEST = 8;

interface Stages<Value> {
  /** Train accuracy of the fittest mask after each part of the generations. */
  readonly trainAccuracy: Readonly<Record<keyof typeof PARTS, Value>>;
  /** Share of the generations of each half in which the best mask became fitter. */
  readonly improving: Readonly<Record<(typeof HALVES)[number], Value>>;
}

/** The searches of an algorithm at a grid point. */
export interface ProgressRow extends Stages<Location> {
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly n: number;
}

/** Undefined of a search of fewer than eight generations, or without accuracies. */
export function searchStages({ points, rows }: FitnessCurve): Stages<number> | undefined {
  const generations = rows - 1;
  const middle = Math.floor(generations / 2);
  if (generations < FEWEST || points.some(({ accuracy }) => Number.isNaN(accuracy))) return undefined;
  const improving = (after: number, last: number) =>
    points.filter(({ row }) => row > after && row <= last).length / (last - after);
  return {
    trainAccuracy: recordOf(PART_NAMES, (part) => {
      const last = Math.floor(PARTS[part] * generations);
      return points.findLast(({ row }) => row <= last)?.accuracy ?? Number.NaN;
    }),
    improving: { first: improving(0, middle), second: improving(middle, generations) },
  };
}

/** None where there are no searches; `stages`: of those that have some. */
export function progressRows(
  { point, algorithm }: Pick<ProgressRow, 'point' | 'algorithm'>,
  stages: readonly Stages<number>[],
): ProgressRow[] {
  return stages.length > 0 ? [{ point, algorithm, n: stages.length, ...locateStages(stages) }] : [];
}

/** Of at least one search. */
function locateStages(stages: readonly Stages<number>[]): Stages<Location> {
  const locateAll = (value: (own: Stages<number>) => number) => {
    const location = locate(stages.map(value), [0, 1]);
    if (!location) throw new Error('no searches to locate');
    return location;
  };
  return {
    trainAccuracy: recordOf(PART_NAMES, (part) => locateAll(({ trainAccuracy }) => trainAccuracy[part])),
    improving: recordOf(HALVES, (half) => locateAll(({ improving }) => improving[half])),
  };
}
