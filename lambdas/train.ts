import middy from '@middy/core';
import { train } from '../lib/steps/train.ts';
import { type SearchState, searchStateSchema } from '../lib/workflow/payloads.ts';
import { inLambda, meter, openedRun, spent } from './environment.ts';
import { metered } from './metered.ts';
import { count, log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/**
 * Milliseconds that an invocation trains for, or one epoch. Those who watch see what an invocation ends with, a crash costs
 * what it has not written yet, and on this computer a stop waits for it; a state transition each is what it costs.
 */
const BUDGET = inLambda ? 60_000 : 1_000;

/** The Train state: some epochs of an algorithm that trains. */
export const handler = middy<SearchState, SearchState>()
  .use(observed())
  .use(parsed(searchStateSchema))
  .use(metered(meter))
  .handler(async (event) => {
    const elapsed = () => performance.now();
    const state = await train(event, { run: openedRun, now: Date.now, elapsed, budget: BUDGET, spent });
    count('Epochs', state.generation - event.generation);
    log('trained', { run: state.run, epochs: state.generation, accuracy: state.progress.bestAccuracy });
    return state;
  });
