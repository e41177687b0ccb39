/**
 * Fronts of repeated runs: the accuracy that half of the runs, a quarter and three quarters attain at least, by sparsity: their
 * empirical attainment surfaces (Fonseca and Fleming 1996; López-Ibáñez, Paquete and Stützle 2010).
 */
import { max } from 'd3-array';
import { at } from '../base/at.ts';
import { byPointWith, type Repeated } from './repeated.ts';

export interface FrontTicket {
  readonly sparsity: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
}

/** What the runs attain with tickets that are at least so sparse. Null: fewer runs have any. */
export interface AttainmentPoint {
  readonly sparsity: number;
  /** Test accuracy that three quarters of the runs, half of them, and a quarter attain or exceed. */
  readonly low: number | null;
  readonly median: number | null;
  readonly high: number | null;
}

/** The surfaces of an algorithm at a grid point. */
export interface Surfaces extends Pick<Repeated<unknown>, 'point' | 'algorithm'> {
  readonly points: readonly AttainmentPoint[];
}

type FrontSummary = FrontTicket & { readonly front?: readonly FrontTicket[] | undefined };

/** At the grid points where a run has a front; a run without one counts with its ticket. */
export function surfacesOf(groups: readonly Repeated<FrontSummary>[]): Surfaces[] {
  return byPointWith(groups, ({ front }) => (front?.length ?? 0) > 1).flatMap((present) =>
    present.flatMap(({ point, algorithm, runs }) => {
      if (runs.length === 0) return [];
      return [
        { point, algorithm, points: attainmentOf(runs.map(({ summary }) => summary.front ?? [summary])) },
      ];
    }),
  );
}

/** Points of a surface: as many as an eye can tell apart. */
const MOST_STEPS = 150;

/**
 * At all sparsities where something changes, or at a choice of many with the sparsest of each run among them, sparsest last;
 * between two of them the values are those of the sparser.
 */
export function attainmentOf(fronts: readonly (readonly FrontTicket[])[]): AttainmentPoint[] {
  const sparsities = [...new Set(fronts.flat().map(({ sparsity }) => sparsity))].sort((a, b) => a - b);
  const step = Math.ceil(sparsities.length / MOST_STEPS);
  const ends = new Set(fronts.map((front) => max(front, ({ sparsity }) => sparsity)));
  const places = sparsities.filter(
    (sparsity, index) => (sparsities.length - 1 - index) % step === 0 || ends.has(sparsity),
  );
  return places.map((sparsity) => {
    const found = fronts.flatMap((front) => testAccuracyFrom(front, sparsity) ?? []).sort((a, b) => b - a);
    // Without interpolation: a value that so many runs did reach.
    const attained = (share: number) => found[Math.ceil(share * fronts.length) - 1] ?? null;
    return { sparsity, low: attained(0.75), median: attained(0.5), high: attained(0.25) };
  });
}

/**
 * The area under what a run attains, 0 to 1: its test accuracy with a ticket that is at least so sparse, on average over all
 * sparsities; 0 where it has none. It is the hypervolume of the front, with tickets chosen by train accuracy.
 */
export function areaOf(front: readonly FrontTicket[]): number {
  const order = front.toSorted((a, b) => a.sparsity - b.sparsity);
  let [area, from] = [0, 0];
  for (const { sparsity } of order) {
    area += (sparsity - from) * (testAccuracyFrom(front, sparsity) ?? 0);
    from = sparsity;
  }
  return area;
}

/** Of the ticket that a run would give: of those that are sparse enough, the one with the highest train accuracy. */
function testAccuracyFrom(front: readonly FrontTicket[], sparsity: number): number | undefined {
  const able = front.filter((ticket) => ticket.sparsity >= sparsity);
  if (able.length === 0) return undefined;
  return able.reduce(
    (best, ticket) => (ticket.trainAccuracy > best.trainAccuracy ? ticket : best),
    at(able, 0),
  ).testAccuracy;
}
