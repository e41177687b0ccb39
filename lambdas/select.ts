import { openedRun, platform, spent } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { count, log } from '../lib/aws/lambda/observation.ts';
import { select } from '../lib/steps/select.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/** The Select state: the survivors of a generation, and the masks of the next one. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Select, async (event) => {
  const state = await select(event, { run: openedRun, now: Date.now, spent, platform });
  count('Generations', 1);
  log('selected', { run: state.run, selected: event.generation, accuracy: state.progress.bestAccuracy });
  return state;
});
