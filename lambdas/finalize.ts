import middy from '@middy/core';
import { finalize } from '../lib/steps/finalize.ts';
import { type SearchResult, type SearchState, searchStateSchema } from '../lib/workflow/payloads.ts';
import { meter, openedRun, platform, spent } from './environment.ts';
import { warmEvaluator } from './evaluators.ts';
import { metered } from './metered.ts';
import { log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** The Finalize state: ticket, summary and report from the last generation. */
export const handler = middy<SearchState, SearchResult>()
  .use(observed())
  .use(parsed(searchStateSchema))
  .use(metered(meter))
  .handler(async (event) => {
    const result = await finalize(event, {
      run: openedRun,
      evaluator: warmEvaluator,
      now: Date.now,
      spent,
      platform,
    });
    log('finalized', result);
    return result;
  });
