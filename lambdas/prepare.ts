import { environment, meter, openPlace, spent } from '../lib/aws/lambda/environment.ts';
import { taskHandler } from '../lib/aws/lambda/handler.ts';
import { log } from '../lib/aws/lambda/observation.ts';
import { availableMemory } from '../lib/base/memory.ts';
import { sourceOpener } from '../lib/places/sources.ts';
import { prepare } from '../lib/steps/prepare.ts';
import { SEARCH_FUNCTIONS } from '../lib/workflow/states.ts';

/** Runs that live in S3 are prepared in the cloud. */
const inCloud = environment.TOMBOLA_RUNS.startsWith('s3:');
const concurrency = async () => {
  const { accountConcurrency } = await import('../lib/aws/concurrency.ts');
  return accountConcurrency();
};
const openSource = sourceOpener({
  local: !inCloud,
  onRequest: meter.countRead,
});

/** The Prepare state: from a run spec to a run that is ready to be evaluated. */
export const handler = taskHandler(SEARCH_FUNCTIONS.Prepare, async (event) => {
  const runs = environment.TOMBOLA_RUNS;
  const memory = availableMemory();
  const places = { openStore: openPlace, openSource, runs, ...(inCloud ? { concurrency } : {}) };
  const state = await prepare(event, { ...places, memory, now: Date.now, spent });
  log('prepared', { run: state.run, generation: state.generation });
  return state;
});
