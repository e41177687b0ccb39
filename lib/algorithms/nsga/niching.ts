/** Survival of NSGA-III (Deb and Jain 2014): points spread along directions that are set beforehand. All objectives are maximised. */
import { max, min } from 'd3-array';
import { at } from '../../base/at.ts';
import type { Point } from '../../search/dominance.ts';

/** Directions with coordinates that are multiples of 1/`divisions` and sum to 1 (Das and Dennis 1998). */
export function directions(axes: number, divisions: number): number[][] {
  const parts = (count: number, left: number): number[][] =>
    count === 1
      ? [[left]]
      : Array.from({ length: left + 1 }, (_, first) =>
          parts(count - 1, left - first).map((rest) => [first, ...rest]),
        ).flat();
  return parts(axes, divisions).map((direction) => direction.map((part) => part / divisions));
}

/** As many directions as come near to `count`, and no more, but for one for each axis. */
export function directionsFor(axes: number, count: number): number[][] {
  let divisions = 1;
  while (directions(axes, divisions + 1).length <= count) divisions++;
  return directions(axes, divisions);
}

/**
 * Takes `wanted` positions of the last front, which does not fit as a whole. `certain`: positions of the fronts before
 * it. A direction with the fewest points so far comes first, and of its points the nearest; ties by position, so that
 * nothing is drawn.
 */
export function niched(
  points: readonly Point[],
  certain: readonly number[],
  last: readonly number[],
  wanted: number,
  toward: readonly Point[],
): number[] {
  const all = [...certain, ...last];
  const normalise = normalised(all.map((position) => at(points, position)));
  const nearest = new Map(
    all.map((position) => [position, nearestDirection(normalise(at(points, position)), toward)] as const),
  );
  const crowd = new Uint32Array(toward.length);
  const directionOf = (position: number) => nearest.get(position)?.direction ?? 0;
  for (const position of certain) crowd[directionOf(position)] = at(crowd, directionOf(position)) + 1;
  const left = last.toSorted(
    (a, b) => (nearest.get(a)?.distance ?? 0) - (nearest.get(b)?.distance ?? 0) || a - b,
  );
  const taken: number[] = [];
  while (taken.length < wanted && left.length > 0) {
    const least = min(left, (position) => at(crowd, directionOf(position))) ?? 0;
    const place = left.findIndex((position) => crowd[directionOf(position)] === least);
    const [position = 0] = left.splice(place, 1);
    crowd[directionOf(position)] = least + 1;
    taken.push(position);
  }
  return taken;
}

/** Distances to the best value of every objective, as shares of the range that is there. */
function normalised(points: readonly Point[]): (point: Point) => number[] {
  const axes = [...(points[0] ?? []).keys()];
  const best = axes.map((axis) => max(points, (point) => at(point, axis)) ?? 0);
  const worst = axes.map((axis) => min(points, (point) => at(point, axis)) ?? 0);
  return (point) =>
    axes.map((axis) => (at(best, axis) - at(point, axis)) / (at(best, axis) - at(worst, axis) || 1));
}

function nearestDirection(point: Point, toward: readonly Point[]) {
  let found = { direction: 0, distance: Number.POSITIVE_INFINITY };
  for (const [direction, axes] of toward.entries()) {
    const length = Math.hypot(...axes);
    const along = axes.reduce((sum, value, axis) => sum + value * at(point, axis), 0) / length;
    const distance = Math.hypot(...axes.map((value, axis) => at(point, axis) - (along * value) / length));
    if (distance < found.distance) found = { direction, distance };
  }
  return found;
}
