/** Middleware: tells the meter when an invocation begins and ends, and for which run. */
import type { MiddlewareObj } from '@middy/core';
import type { Meter } from '../lib/cost/meter.ts';

export function metered(
  meter: Meter,
): MiddlewareObj<{ readonly run?: string; readonly execution?: string }, unknown> {
  return {
    before: ({ event }) => meter.begin(event.run ?? event.execution ?? ''),
    after: () => meter.end(),
    onError: () => meter.end(),
  };
}
