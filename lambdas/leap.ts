import { inLambda, openedRun, platform, spent } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { count, log } from '../lib/aws/lambda/observation.ts';
import { workOfInvocation } from '../lib/aws/lambda/pieces.ts';
import { leap } from '../lib/steps/leap.ts';
import { FIRST_LEAP } from '../lib/workflow/fan-out.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/**
 * Milliseconds of a leap. Those who watch see what it ends with, a crash costs what it has not written yet, and on this
 * computer a stop waits for it; two state transitions each is what it costs.
 */
const LENGTHS = inLambda ? { first: 1_000 * FIRST_LEAP, longest: 600_000 } : { first: 250, longest: 1_000 };

/** The Leap state: generations that are little work, many of them. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Leap, async (event) => {
  const { work, tell } = workOfInvocation();
  const elapsed = () => performance.now();
  const context = { run: openedRun, work, now: Date.now, elapsed, lengths: LENGTHS, spent, platform };
  const state = await leap(event, context);
  const { run, generation, progress } = state;
  tell();
  count('Generations', generation - event.generation);
  log('leapt', { run, from: event.generation, generation, accuracy: progress.bestAccuracy });
  return state;
});
