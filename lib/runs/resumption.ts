/** From a run's artifacts back to a state of the machine. */
import { wordingOf } from '../algorithms/registry.ts';
import { UserError } from '../base/errors.ts';
import { withStart } from '../cost/usage.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { type Run, type Spending, UNMETERED, verifyAll } from './run.ts';
import { keyOfState, lastState, payloadOf, type RunState } from './state.ts';

/**
 * The state in which the run goes on. Verifies every artifact that the rest of the run needs; throws DamagedArtifact.
 * `now`: Unix time, milliseconds. `continues`: as an execution's successor.
 */
export async function resume(
  run: Run,
  now: number,
  spent: Spending = UNMETERED,
  continues = false,
): Promise<SearchState> {
  const { store, manifest } = run;
  const state = await lastState(store);
  await verifyAll(store, { ...manifest.checksums, ...state.checksums });
  // The pause between the stop and now is nobody's work.
  const clock = { ...state.clock, at: now };
  const resumed: RunState = { ...state, clock, usage: withStart(state.usage, spent(1), continues) };
  await store.put(keyOfState(state), JSON.stringify(resumed));
  return payloadOf(run, resumed);
}

/** The state of the last complete generation: what a report of an unfinished run shows. */
export async function lastCompleteState(run: Run): Promise<SearchState> {
  const state = await lastState(run.store);
  const { complete } = state;
  if (complete === null) {
    const { row } = wordingOf(run.spec.algorithm);
    throw new UserError(`${run.store.uri}: no ${row} is complete yet, so there is nothing to report`);
  }
  return { ...payloadOf(run, state), generation: complete };
}
