/** The budget of a sweep: how many further cells it pays for. */
import type { Budget } from '../runspec/budget.ts';

export interface SweepUsed {
  /** Cells that are done, and what they cost. */
  readonly done: number;
  readonly dollars: number;
  /** Rounds so far, and the minutes that they took. */
  readonly rounds: number;
  readonly minutes: number;
}

/** Rounds of an execution, at most: the events of each, 13 without retries, are in its history, which ends at 25,000. */
const MOST_ROUNDS = 1_000;

/**
 * Cells of the next round: those that run together, or so many that not all of the sweep's `cells` take more rounds than an
 * execution may have; but as many as there is money for if they cost what the others did, and none where another round would take
 * longer than there is time for. Of the first round nothing is known.
 */
export function affordableCells(
  { dollars, minutes }: Budget,
  used: SweepUsed,
  together: number,
  cells: number,
): number {
  const { done, rounds } = used;
  if (minutes !== undefined && rounds > 0 && used.minutes + used.minutes / rounds > minutes) return 0;
  const most = done === 0 ? together : Math.max(together, Math.ceil(cells / MOST_ROUNDS));
  if (dollars === undefined) return most;
  const rest = dollars - used.dollars;
  if (rest <= 0) return 0;
  return done === 0 ? together : Math.min(most, Math.floor((rest * done) / used.dollars));
}
