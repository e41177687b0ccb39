import { openPlace } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { browserLink } from '../lib/places/link.ts';
import { gatherSweep } from '../lib/steps/sweep/gather.ts';
import { SWEEP_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Gather state: tables and figures of a sweep, from what its cells found. */
export const handler = taskHandler(SWEEP_FUNCTIONS.Gather, async (event) => {
  const result = await gatherSweep(event, openPlace, browserLink);
  // Whoever has the link may read the report: it is no part of the log.
  const { link: _, ...figures } = result;
  log('gathered', figures);
  return result;
});
