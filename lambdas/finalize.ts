import middy from '@middy/core';
import { finalize } from '../lib/steps/finalize.ts';
import { type SearchResult, type SearchState, searchStateSchema } from '../lib/workflow/payloads.ts';
import { openedRun, warmEvaluator } from './environment.ts';
import { parsed } from './parsed.ts';

/** The Finalize state: ticket, summary and report from the last generation. */
export const handler = middy<SearchState, SearchResult>()
  .use(parsed(searchStateSchema))
  .handler((event) => finalize(event, { run: openedRun, evaluator: warmEvaluator, now: Date.now }));
