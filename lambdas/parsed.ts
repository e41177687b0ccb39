/** Middleware: the event parsed with its schema before the handler sees it. */
import type { MiddlewareObj } from '@middy/core';
import { z } from 'zod';

/** The event is not what the state machine sends: an error of ours, or of someone who calls the function by hand. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

export function parsed<Event>(schema: z.ZodType<Event>): MiddlewareObj<Event, unknown> {
  return {
    before(request) {
      const result = schema.safeParse(request.event);
      if (!result.success) throw new InvalidEvent(z.prettifyError(result.error));
      request.event = result.data;
    },
  };
}
