/** When a budget is spent. */
import type { Budget } from '../runspec/budget.ts';
import type { Guess } from './assumptions.ts';
import type { Platform } from './cost.ts';
import type { Architecture } from './prices.ts';
import { NO_USAGE, priceOf, type Usage } from './usage.ts';

/** Usage of a run, or of a piece of its work. */
export interface Used {
  readonly usage: Usage;
  /** Time at work, milliseconds. */
  readonly active: number;
}

/**
 * Whether a run with that budget ends now: the next piece of its work, if it takes as much as the one from `before` to
 * `now`, would exceed the budget. Nobody pays dollars for a run that is not metered.
 */
export function isSpent({ dollars, minutes }: Budget, now: Used, before: Used, platform: Platform): boolean {
  const exceeds = (limit: number | undefined, used: number, earlier: number) =>
    limit !== undefined && used + Math.max(0, used - earlier) > limit;
  const price = ({ usage }: Used) => priceOf(usage, platform.architecture).total;
  return (
    exceeds(minutes, now.active / 60_000, before.active / 60_000) ||
    (platform.basis === 'metered' && exceeds(dollars, price(now), price(before)))
  );
}

/** Whether the budget ends a run like that before its last generation. The ticket is made after that, whatever is left. */
export function exceeds(
  { usage, minutes }: Pick<Guess, 'usage' | 'minutes'>,
  budget: Budget,
  architecture: Architecture,
): boolean {
  const { finalize } = usage.functions;
  const searching = { ...usage, functions: { ...usage.functions, finalize: NO_USAGE.functions.finalize } };
  return (
    (budget.dollars ?? Number.POSITIVE_INFINITY) < priceOf(searching, architecture).total ||
    (budget.minutes ?? Number.POSITIVE_INFINITY) < minutes - finalize.milliseconds / 60_000
  );
}
