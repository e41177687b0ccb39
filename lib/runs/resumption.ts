/** From a run's artifacts back to a state of the machine. */
import { wordingOf } from '../algorithms/registry.ts';
import { DamagedArtifact, UserError } from '../base/errors.ts';
import { withStart } from '../cost/usage.ts';
import * as keys from '../store/keys.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { readSummary } from './final/summary.ts';
import { type Run, type Spending, UNMETERED, verifyAll } from './run.ts';
import { historyOf } from './segments.ts';
import { lastState, payloadOf, type RunState, writeState } from './state.ts';

/**
 * The state in which the run goes on. Verifies every artifact that the rest of the run needs; throws DamagedArtifact.
 * `now`: Unix time, milliseconds. `continues`: as an execution's successor.
 */
export async function resume(run: Run, now: number, spent: Spending = UNMETERED, continues = false) {
  const { store, manifest } = run;
  const state = await lastState(run);
  await verifyAll(store, { ...manifest.checksums, ...state.checksums });
  await historyOf(run, state);
  // The pause between the stop and now is nobody's work.
  const clock = { ...state.clock, at: now };
  const resumed: RunState = { ...state, clock, usage: withStart(state.usage, spent(1), continues) };
  await writeState(store, resumed);
  return payloadOf(run, resumed);
}

/** The state of the last complete generation: what a report of an unfinished run shows. */
export async function lastCompleteState(run: Run): Promise<SearchState> {
  const [state, summary] = await Promise.all([lastState(run), readSummary(run.store)]);
  const { complete } = state;
  if (summary?.status === 'succeeded' && state.over === null) {
    throw new DamagedArtifact(
      `${run.store.uri}${keys.endOf(summary.generations)}: is missing or damaged, and the run is over; restore the file, or start the run anew in another folder`,
    );
  }
  if (complete === null) {
    const { row } = wordingOf(run.spec.algorithm);
    throw new UserError(`${run.store.uri}: no ${row} is complete yet, so there is nothing to report`);
  }
  return { ...payloadOf(run, state), generation: complete };
}
