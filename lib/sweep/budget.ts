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

/**
 * Cells that may be begun together, at most `together`: as many as there is money for if they cost what the others did, and none
 * where another round would take longer than there is time for. Of the first nothing is known.
 */
export function affordableCells({ dollars, minutes }: Budget, used: SweepUsed, together: number): number {
  const { done, rounds } = used;
  if (minutes !== undefined && rounds > 0 && used.minutes + used.minutes / rounds > minutes) return 0;
  if (dollars === undefined) return together;
  const rest = dollars - used.dollars;
  if (rest <= 0) return 0;
  return done === 0 ? together : Math.min(together, Math.floor((rest * done) / used.dollars));
}
