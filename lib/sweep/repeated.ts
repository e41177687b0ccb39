/** Repeated runs: those of an algorithm at a grid point, with what is needed of their summaries. */
import { group } from 'd3-array';
import type { GridPoint } from './cells.ts';

/** The runs that succeeded with an algorithm at a grid point. */
export interface Repeated<Summary, Point extends Pick<GridPoint, 'index'> = GridPoint> {
  readonly point: Point;
  readonly algorithm: string;
  readonly runs: readonly { readonly seed: number; readonly summary: Summary }[];
}

/** The groups of each grid point, in the order of their first ones. */
export function byPoint<Group extends { readonly point: Pick<GridPoint, 'index'> }>(
  groups: readonly Group[],
): Group[][] {
  return [...group(groups, ({ point }) => point.index).values()];
}

/** Only those of the grid points where a run has what is asked for. */
export function byPointWith<Summary>(
  groups: readonly Repeated<Summary>[],
  has: (summary: Summary) => boolean,
): Repeated<Summary>[][] {
  return byPoint(groups).filter((present) =>
    present.some(({ runs }) => runs.some(({ summary }) => has(summary))),
  );
}
