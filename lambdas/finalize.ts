import { openedRun, platform, spent } from '../lib/aws/lambda/environment.ts';
import { warmEvaluator } from '../lib/aws/lambda/evaluators.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { finalize } from '../lib/steps/finalize.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Finalize state: ticket, summary and report from the last generation. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Finalize, async (event) => {
  const context = { run: openedRun, evaluator: warmEvaluator, now: Date.now, spent, platform };
  const result = await finalize(event, context);
  log('finalized', result);
  return result;
});
