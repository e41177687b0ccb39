import { openedRun, openPlace, spent } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { workOfInvocation } from '../lib/aws/lambda/pieces.ts';
import { evaluate } from '../lib/steps/evaluate.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Evaluate states: the fitness of one chunk of a generation's masks. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Evaluate, async (event) => {
  const { work, tell } = workOfInvocation();
  const answer = await evaluate(event, { openStore: openPlace, run: openedRun, work, spent });
  tell();
  return answer;
});
