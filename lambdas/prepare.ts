import middy from '@middy/core';
import { prepare } from '../lib/steps/prepare.ts';
import { type PrepareEvent, prepareEventSchema, type SearchState } from '../lib/workflow/payloads.ts';
import { environment, meter, openStore, spent } from './environment.ts';
import { metered } from './metered.ts';
import { parsed } from './parsed.ts';

/** The Prepare state: from a run spec to a run that is ready to be evaluated. */
export const handler = middy<PrepareEvent, SearchState>()
  .use(parsed(prepareEventSchema))
  .use(metered(meter))
  .handler((event) => prepare(event, { openStore, runs: environment.TOMBOLA_RUNS, now: Date.now, spent }));
