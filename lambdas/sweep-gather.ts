import middy from '@middy/core';
import { gatherSweep } from '../lib/steps/sweep/gather.ts';
import { type GatherEvent, gatherEventSchema, type SweepResult } from '../lib/workflow/sweep-payloads.ts';
import { openPlace } from './environment.ts';
import { log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** The Gather state: tables and figures of a sweep, from what its cells found. */
export const handler = middy<GatherEvent, SweepResult>()
  .use(observed())
  .use(parsed(gatherEventSchema))
  .handler(async (event) => {
    const result = await gatherSweep(event, openPlace);
    log('gathered', result);
    return result;
  });
