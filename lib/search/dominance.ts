/** Several objectives at once: which points nothing beats, how crowded they are, and how much they cover. All are maximised. */
import { max } from 'd3-array';
import { at } from '../base/at.ts';

/** A value for each objective. */
export type Point = readonly number[];

/** Whether `a` is nowhere worse than `b`, and better somewhere. */
export function dominates(a: Point, b: Point): boolean {
  return a.every((value, axis) => value >= at(b, axis)) && a.some((value, axis) => value > at(b, axis));
}

/** The positions of those that none of the others dominates. */
export function undominated(points: readonly Point[]): number[] {
  return [...points.keys()].filter((own) => !points.some((other) => dominates(other, at(points, own))));
}

/**
 * Positions by rank: first those that nothing dominates, then those that only the first dominate, and so on (fast
 * non-dominated sorting, Deb et al. 2002, section III.A). In each, positions ascend.
 */
export function ranked(points: readonly Point[]): number[][] {
  const above = new Uint32Array(points.length);
  const below = points.map((point, own) => {
    const worse: number[] = [];
    for (const [other, rival] of points.entries()) {
      if (dominates(point, rival)) worse.push(other);
      else if (other !== own && dominates(rival, point)) above[own] = at(above, own) + 1;
    }
    return worse;
  });
  const fronts: number[][] = [];
  let front = [...points.keys()].filter((own) => above[own] === 0);
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const other of front.flatMap((own) => at(below, own))) {
      above[other] = at(above, other) - 1;
      if (above[other] === 0) next.push(other);
    }
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

/** Crowding distance of each point of one front (Deb et al. 2002, section III.B); infinite at its ends. */
export function crowding(points: readonly Point[]): Float64Array {
  const distances = new Float64Array(points.length);
  for (const axis of (points[0] ?? []).keys()) {
    const value = (position: number) => at(at(points, position), axis);
    const order = [...points.keys()].sort((a, b) => value(a) - value(b) || a - b);
    const [first = 0] = order;
    const last = order.at(-1) ?? 0;
    const range = value(last) - value(first);
    for (const [place, own] of order.entries()) {
      const end = own === first || own === last;
      const gap = end || range === 0 ? 0 : value(at(order, place + 1)) - value(at(order, place - 1));
      distances[own] = end ? Number.POSITIVE_INFINITY : at(distances, own) + (range === 0 ? 0 : gap / range);
    }
  }
  return distances;
}

/** The volume between the points and the origin, exact: by slices along the last objective. Values below 0 cover nothing. */
export function hypervolume(points: readonly Point[]): number {
  const inside = points.filter((point) => point.every((value) => value > 0));
  const [first] = inside;
  if (first === undefined) return 0;
  if (first.length === 1) return max(inside, (point) => at(point, 0)) ?? 0;
  const last = first.length - 1;
  const order = inside.toSorted((a, b) => at(b, last) - at(a, last));
  let volume = 0;
  for (const [place, point] of order.entries()) {
    const depth = at(point, last) - (order[place + 1]?.[last] ?? 0);
    if (depth > 0) volume += depth * hypervolume(order.slice(0, place + 1).map((one) => one.slice(0, last)));
  }
  return volume;
}
