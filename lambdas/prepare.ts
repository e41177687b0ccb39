import middy from '@middy/core';
import { availableMemory } from '../lib/base/memory.ts';
import { prepare } from '../lib/steps/prepare.ts';
import { sourceOpener } from '../lib/store/sources.ts';
import { type PrepareEvent, prepareEventSchema, type SearchState } from '../lib/workflow/payloads.ts';
import { environment, meter, openPlace, spent } from './environment.ts';
import { metered } from './metered.ts';
import { log, observed } from './observed.ts';
import { parsed } from './parsed.ts';

/** Runs that live in S3 are prepared in the cloud. */
const openSource = sourceOpener({
  local: !environment.TOMBOLA_RUNS.startsWith('s3:'),
  onRequest: meter.countRead,
});

/** The Prepare state: from a run spec to a run that is ready to be evaluated. */
export const handler = middy<PrepareEvent, SearchState>()
  .use(observed())
  .use(parsed(prepareEventSchema))
  .use(metered(meter))
  .handler(async (event) => {
    const runs = environment.TOMBOLA_RUNS;
    const memory = availableMemory();
    const places = { openStore: openPlace, openSource, runs };
    const state = await prepare(event, { ...places, memory, now: Date.now, spent });
    log('prepared', { run: state.run, generation: state.generation });
    return state;
  });
