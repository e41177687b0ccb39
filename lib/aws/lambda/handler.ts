/** Handlers as Lambda, and the embedded engine, call them: the event parsed, logs and metrics around what is done with it. */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import type { TaskFunction } from '../../workflow/states.ts';
import { meter } from './environment.ts';
import { observed } from './observation.ts';

export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** The event is not what the state machine sends: an error of ours, or of someone who calls the function by hand. */
class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}

export function handlerOf<Event>(
  schema: z.ZodType<Event>,
  handle: (event: Event) => Promise<unknown>,
): Handler {
  const wrapped = middy<unknown, unknown>()
    .use(observed())
    .handler((event) => {
      const parsed = schema.safeParse(event);
      if (!parsed.success) throw new InvalidEvent(z.prettifyError(parsed.error));
      return handle(parsed.data);
    });
  return (event, context) => wrapped(event, context);
}

/** Identifies a run in events: before it has a place, its execution. */
const runSchema = z.object({ run: z.string().optional(), execution: z.string().optional() });

/** The handler of a Task state's function, with its time and its requests metered. */
export function taskHandler<Event, Answer>(
  row: TaskFunction & { readonly event: z.ZodType<Event>; readonly answer: z.ZodType<Answer> },
  handle: (event: Event) => Promise<Answer>,
): Handler {
  return handlerOf(row.event, async (event) => {
    const { run, execution = '' } = runSchema.parse(event);
    meter.begin(run ?? execution);
    try {
      return await handle(event);
    } finally {
      meter.end();
    }
  });
}
