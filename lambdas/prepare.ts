import middy from '@middy/core';
import { prepare } from '../lib/steps/prepare.ts';
import { type PrepareEvent, prepareEventSchema, type SearchState } from '../lib/workflow/payloads.ts';
import { environment, meter, openPlace, spent } from './environment.ts';
import { metered } from './metered.ts';
import { log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** The Prepare state: from a run spec to a run that is ready to be evaluated. */
export const handler = middy<PrepareEvent, SearchState>()
  .use(observed())
  .use(parsed(prepareEventSchema))
  .use(metered(meter))
  .handler(async (event) => {
    const runs = environment.TOMBOLA_RUNS;
    const state = await prepare(event, { openStore: openPlace, runs, now: Date.now, spent });
    log('prepared', { run: state.run, generation: state.generation });
    return state;
  });
