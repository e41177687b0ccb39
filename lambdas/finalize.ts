import { openedRun, platform, spent } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { sharedEvaluator } from '../lib/aws/lambda/pieces.ts';
import { browserLink } from '../lib/places/link.ts';
import { finalize } from '../lib/steps/finalize.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Finalize state: ticket, summary and report from the last generation. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Finalize, async (event) => {
  const context = {
    run: openedRun,
    evaluator: sharedEvaluator,
    now: Date.now,
    spent,
    platform,
    linkTo: browserLink,
  };
  const result = await finalize(event, context);
  // Whoever has the link may read the report: it is no part of the log.
  const { link: _, ...figures } = result;
  log('finalized', figures);
  return result;
});
