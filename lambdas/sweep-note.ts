import middy from '@middy/core';
import { type Failure, noteFailure } from '../lib/steps/sweep/failure.ts';
import { type NoteEvent, noteEventSchema } from '../lib/workflow/sweep-payloads.ts';
import { openPlace } from './environment.ts';
import { log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** The Note failure state: why a cell of a sweep failed. */
export const handler = middy<NoteEvent, Failure>()
  .use(observed())
  .use(parsed(noteEventSchema))
  .handler(async (event) => {
    const failure = await noteFailure(event, openPlace);
    log('cell failed', { sweep: event.sweep, cell: event.cell, ...failure });
    return failure;
  });
