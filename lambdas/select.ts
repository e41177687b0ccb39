import middy from '@middy/core';
import { select } from '../lib/steps/select.ts';
import { type SearchState, searchStateSchema } from '../lib/workflow/payloads.ts';
import { meter, openedRun, spent } from './environment.ts';
import { metered } from './metered.ts';
import { count, log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** The Select state: the survivors of a generation, and the masks of the next one. */
export const handler = middy<SearchState, SearchState>()
  .use(observed())
  .use(parsed(searchStateSchema))
  .use(metered(meter))
  .handler(async (event) => {
    const state = await select(event, { run: openedRun, now: Date.now, spent });
    count('Generations', 1);
    log('selected', { run: state.run, selected: event.generation, accuracy: state.progress.bestAccuracy });
    return state;
  });
