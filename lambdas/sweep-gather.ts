import { openPlace } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { gatherSweep } from '../lib/steps/sweep/gather.ts';
import { SWEEP_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Gather state: tables and figures of a sweep, from what its cells found. */
export const handler = taskHandler(SWEEP_FUNCTIONS.Gather, async (event) => {
  const result = await gatherSweep(event, openPlace);
  log('gathered', result);
  return result;
});
