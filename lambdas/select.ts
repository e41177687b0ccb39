import middy from '@middy/core';
import { select } from '../lib/steps/select.ts';
import { type SearchState, searchStateSchema } from '../lib/workflow/payloads.ts';
import { meter, openedRun, spent } from './environment.ts';
import { metered } from './metered.ts';
import { parsed } from './parsed.ts';

/** The Select state: the survivors of a generation, and the masks of the next one. */
export const handler = middy<SearchState, SearchState>()
  .use(parsed(searchStateSchema))
  .use(metered(meter))
  .handler((event) => select(event, { run: openedRun, now: Date.now, spent }));
