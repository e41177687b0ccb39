/** From a run's artifacts back to a state of the machine. */

import { parseArtifact } from '../base/artifact-json.ts';
import { UserError } from '../base/errors.ts';
import { withStart } from '../cost/usage.ts';
import { isTraining } from '../runspec/training.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { type GenerationState, generationStateSchema } from './artifacts.ts';
import { type Run, required, type Spending, UNMETERED, verifyAll } from './run.ts';
import { readHistory } from './segments.ts';
import { finishedState, searchState } from './state.ts';
import { lastEpoch, resumeTraining } from './training-state.ts';

/** The last round that was bred completely. */
async function lastRound(store: Store): Promise<GenerationState> {
  const rounds = (await store.list(keys.GENERATIONS))
    .map(keys.roundOfState)
    .filter((round) => round !== undefined)
    .sort((a, b) => a.generation - b.generation || a.round - b.round);
  const { generation, round } = rounds.at(-1) ?? { generation: 0, round: 0 };
  const key = keys.stateOf(generation, round);
  return parseArtifact(key, store, await required(store, key), generationStateSchema);
}

/**
 * The state in which the last completely bred round is about to be evaluated. Verifies every artifact that the
 * rest of the run needs; throws DamagedArtifact. `now`: Unix time, milliseconds. `continues`: as an execution's
 * successor.
 */
export async function resume(
  run: Run,
  now: number,
  spent: Spending = UNMETERED,
  continues = false,
): Promise<SearchState> {
  if (isTraining(run.spec.algorithm)) return resumeTraining(run, now, spent, continues);
  const { store, manifest } = run;
  const state = await lastRound(store);
  await verifyAll(store, { ...manifest.checksums, ...state.checksums });
  // The pause between the stop and now is nobody's work.
  const rows = await readHistory(store, state.generation - 1, state.generation - 1);
  const usage = withStart(state.usage, spent(1), continues);
  const resumed = { ...state, clock: { ...state.clock, at: now }, usage };
  await store.put(keys.stateOf(state.generation, state.round), JSON.stringify(resumed));
  return searchState(run, resumed, rows.at(-1));
}

/** The state of the last generation that was selected completely: what a report of an unfinished run shows. */
export async function lastCompleteState(run: Run): Promise<SearchState> {
  const { store } = run;
  if (isTraining(run.spec.algorithm)) return lastEpoch(run);
  const { generation: bred, round, evaluations } = await lastRound(store);
  for (const generation of [bred, bred - 1]) {
    const [row] = generation < 0 ? [] : await readHistory(store, generation, generation);
    if (!row || !(await getIfThere(store, keys.survivorsOf(generation)))) continue;
    const over = generation === bred;
    const state = finishedState(run, over ? row.evaluations : evaluations, row, null, over ? round : 0);
    return { ...state, done: over };
  }
  throw new UserError(`${store.uri}: no generation is complete yet, so there is nothing to report`);
}
