import { inLambda, openedRun, platform, spent } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { count, log } from '../lib/aws/lambda/observation.ts';
import { warmTrainer } from '../lib/aws/lambda/warm-trainer.ts';
import { train } from '../lib/steps/train.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/**
 * Milliseconds that an invocation trains for, or one epoch. Those who watch see what an invocation ends with, a crash costs
 * what it has not written yet, and on this computer a stop waits for it; a state transition each is what it costs.
 */
const BUDGET = inLambda ? 60_000 : 1_000;

/** The Train state: some epochs of an algorithm that trains. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Train, async (event) => {
  const elapsed = () => performance.now();
  const state = await train(event, {
    run: openedRun,
    warm: warmTrainer,
    now: Date.now,
    elapsed,
    budget: BUDGET,
    spent,
    platform,
  });
  count('Epochs', state.generation - event.generation);
  log('trained', { run: state.run, epochs: state.generation, accuracy: state.progress.bestAccuracy });
  return state;
});
