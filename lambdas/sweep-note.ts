import { openPlace } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { noteFailure } from '../lib/steps/sweep/failure.ts';
import { SWEEP_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Note failure state: why a cell of a sweep failed. */
export const handler = taskHandler(SWEEP_FUNCTIONS.Note, async (event) => {
  const failure = await noteFailure(event, openPlace);
  log('cell failed', { sweep: event.sweep, cell: event.cell, ...failure });
  return failure;
});
