/** How fine a landscape can be: shares of a time on one thread, estimated from the shapes alone. */
import type { PathPlan } from './path.ts';

/** Seconds for each part of a landscape. */
const SECONDS = { slice: 6, orders: 3, greedy: 7 } as const;

const DEFAULT_RESOLUTION = 25;
const LEAST_RESOLUTION = 7;

const ORDERS = { most: 20, least: 6 } as const;
const LEAST_STEPS = 10;
/** Candidates of a greedy step below which it flips more bits at once instead. */
const LEAST_CANDIDATES = 4;
/** Greedy walks: by accuracy, and by cross-entropy. */
const WALKS = 2;
/** Time of a flip, as shares of a mask's time at most: to consider it, and to make it. */
const FLIP = { considered: 0.1, made: 0.6 } as const;

/** Places along each side of the slice: as asked for, or 25, or fewer where a mask takes long. Always odd. */
export function planResolution(secondsPerMask: number, asked?: number): number {
  if (asked !== undefined) return asked % 2 === 0 ? asked + 1 : asked;
  const side = Math.floor(Math.sqrt(SECONDS.slice / secondsPerMask));
  const odd = side % 2 === 0 ? side - 1 : side;
  return Math.min(DEFAULT_RESOLUTION, Math.max(LEAST_RESOLUTION, odd));
}

/**
 * The plan of a path over `distance` bits; it is measured at 4 × resolution + 1 places where that can be afforded. `flips`:
 * whether single flips can be evaluated alone; they are where that leaves time for a step a bit.
 */
export function planPath(
  distance: number,
  secondsPerMask: number,
  resolution: number,
  flips: boolean,
): PathPlan {
  const affordable = SECONDS.orders / secondsPerMask;
  const orders = affordable >= ORDERS.most * LEAST_STEPS ? ORDERS.most : ORDERS.least;
  const steps = Math.min(4 * resolution, Math.max(LEAST_STEPS, Math.floor(affordable / orders)));
  const tries = SECONDS.greedy / secondsPerMask / WALKS;
  const flipped = Math.floor((tries / Math.max(1, distance) - FLIP.made) / FLIP.considered);
  if (flips && flipped >= LEAST_CANDIDATES) {
    const candidates = Math.max(1, Math.min(distance, flipped));
    return { orders, steps, block: 1, candidates, byFlips: true };
  }
  const affordableBlock = Math.ceil((distance * LEAST_CANDIDATES) / tries);
  const block = Math.max(1, Math.min(affordableBlock, Math.ceil(distance / LEAST_STEPS)));
  const walked = Math.max(1, Math.ceil(distance / block));
  const candidates = Math.min(walked, Math.max(LEAST_CANDIDATES, Math.floor(tries / walked)));
  return { orders, steps, block, candidates, byFlips: false };
}

/** Masks that a path takes, about. */
export function pathEvaluations(
  distance: number,
  { orders, steps, block, candidates, byFlips }: PathPlan,
): number {
  const walked = Math.ceil(distance / block);
  const full = Math.max(0, walked - candidates);
  const rest = walked - full;
  const greedy = full * candidates + (rest * (rest + 1)) / 2;
  const places = Math.min(walked, steps) + 1;
  return orders * places + WALKS * (byFlips ? places : greedy);
}
