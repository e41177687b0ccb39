import middy from '@middy/core';
import { prepare } from '../lib/steps/prepare.ts';
import { openStore } from '../lib/store/open.ts';
import { type PrepareEvent, prepareEventSchema, type SearchState } from '../lib/workflow/payloads.ts';
import { environment } from './environment.ts';
import { parsed } from './parsed.ts';

/** The Prepare state: from a run spec to a run that is ready to be evaluated. */
export const handler = middy<PrepareEvent, SearchState>()
  .use(parsed(prepareEventSchema))
  .handler((event) => prepare(event, { openStore, runs: environment.TOMBOLA_RUNS, now: Date.now }));
