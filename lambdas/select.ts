import middy from '@middy/core';
import { select } from '../lib/steps/select.ts';
import { type SearchState, searchStateSchema } from '../lib/workflow/payloads.ts';
import { openedRun } from './environment.ts';
import { count, log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** The Select state: the survivors of a generation, and the masks of the next one. */
export const handler = middy<SearchState, SearchState>()
  .use(observed())
  .use(parsed(searchStateSchema))
  .handler(async (event) => {
    const state = await select(event, { run: openedRun, now: Date.now });
    count('Generations', 1);
    log('selected', { run: state.run, selected: event.generation, accuracy: state.progress.bestAccuracy });
    return state;
  });
