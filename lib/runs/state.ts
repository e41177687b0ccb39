/** Where a run is: its state in the store, and the machine's small state that goes with it. */
import { z } from 'zod';
import { STOP_REASONS } from '../algorithms/parts/stopping.ts';
import { changed, parseArtifact } from '../base/artifact-json.ts';
import { elapsed } from '../base/elapsed.ts';
import { sealedJson } from '../base/seal.ts';
import { usageSchema } from '../cost/usage.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import { EVENTS_BEFORE, historyRunsOut, isLeapt, planFanOut } from '../workflow/fan-out.ts';
import { type SearchState, searchStateSchema } from '../workflow/payloads.ts';
import { type Run, required } from './run.ts';

/** state.json: where a run goes on. end.json: the same where it is over. */
export const runStateSchema = z.object({
  /** Generations, or epochs, from 0 on; and rounds within them. */
  generation: z.int(),
  round: z.int(),
  /** The last complete generation; null before the first. */
  complete: z.int().nullable(),
  /** The next work, and the number of pieces it can be cut into: masks to evaluate, or individuals to improve. */
  work: z.enum(['score', 'improve', 'train']),
  units: z.int(),
  /** Why the run is over; null while it is not. */
  over: z.enum(STOP_REASONS).nullable(),
  progress: searchStateSchema.shape.progress,
  /** Memory of the algorithm beside individuals and vectors. */
  facts: z.unknown(),
  /** Measured in the last generation; before that estimated. */
  secondsPerUnit: z.number(),
  /** Time that the run was at work up to this state, and when this state was reached (Unix time), in milliseconds. */
  clock: z.object({ active: z.number(), evaluating: z.number(), at: z.number() }),
  /** Usage of the run up to this state. */
  usage: usageSchema,
  /** Checksums of the artifacts that the run continues or is finalized from. */
  checksums: z.record(z.string(), z.string()),
  /** Checksums of run.json and of the history's rows so far: see `appendHistory`. Absent in runs of earlier versions. */
  manifest: z.string().optional(),
  history: z.string().optional(),
});
export type RunState = z.output<typeof runStateSchema>;

/** The key of a state. Written last: a state that is there is complete. */
export function keyOfState({ generation, round, over }: RunState): string {
  return over === null ? keys.stateOf(generation, round) : keys.endOf(generation);
}

export async function readState(store: Store, key: string): Promise<RunState> {
  return parseArtifact(key, store, await required(store, key), runStateSchema);
}

/** Writes it, with its own checksum: a state is the root of all that a run goes on from. */
export async function writeState(store: Store, state: RunState): Promise<void> {
  await store.put(keyOfState(state), sealedJson(state));
}

/** The last state that was reached, or the end. Throws DamagedArtifact where there is none, or where it is another run's. */
export async function lastState({ store, checksum: manifest }: Run): Promise<RunState> {
  const { state } = await lastWholeState(store);
  if (state.manifest === undefined || state.manifest === manifest) return state;
  throw changed(`${store.uri}${keys.MANIFEST}`);
}

/**
 * The same, and the keys of later ones that a power cut left torn. Their work is done again, with the same result;
 * what is damaged in any other way is refused.
 */
export async function lastWholeState(store: Store): Promise<{ state: RunState; torn: string[] }> {
  const reached = await statesReached(store);
  const torn: string[] = [];
  for (const key of reached) {
    if (isTorn(await required(store, key))) {
      torn.push(key);
      continue;
    }
    const state = await readState(store, key);
    const parts = await Promise.all(Object.keys(state.checksums).map((part) => getIfThere(store, part)));
    if (!parts.some((bytes) => bytes && isBlank(bytes))) return { state, torn };
    torn.push(key);
  }
  return { state: await readState(store, reached[0] ?? keys.stateOf(0)), torn: [] };
}

/** The last state or the end, where that is further than `place`: another try of a step got there. */
export async function stateBeyond(
  run: Run,
  place: Pick<RunState, 'generation' | 'round'>,
): Promise<RunState | undefined> {
  const [latest] = await statesReached(run.store);
  if (latest === undefined || latest === keys.stateOf(place.generation, place.round)) return undefined;
  const state = await lastState(run);
  const rounds = state.generation - place.generation || state.round - place.round;
  return state.over !== null || rounds > 0 ? state : undefined;
}

/** The latest first. */
async function statesReached(store: Store): Promise<string[]> {
  const there = await store.list(keys.GENERATIONS);
  const end = there.findLast((key) => keys.endOf(keys.generationOf(key) ?? -1) === key);
  const rounds = there
    .map(keys.roundOfState)
    .filter((round) => round !== undefined)
    .sort((a, b) => b.generation - a.generation || b.round - a.round)
    .map(({ generation, round }) => keys.stateOf(generation, round));
  return end === undefined ? rounds : [end, ...rounds];
}

/** As a power cut leaves JSON: empty, zeros, or its beginning. */
function isTorn(bytes: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(bytes).toString());
    return false;
  } catch {
    return true;
  }
}

/** As it leaves any file whose bytes it did not write. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** The clock of a state, when the time is `now`. */
export function clockAt({ clock }: RunState, now: number): RunState['clock'] {
  const since = elapsed(clock.at, now);
  return { active: clock.active + since, evaluating: clock.evaluating + since, at: now };
}

/** The machine's state for the work that comes next. `events`: history events of the execution so far. */
export function payloadOf(run: Run, state: RunState, events = EVENTS_BEFORE): SearchState {
  const { evaluation } = run.spec;
  const { generation, round, work, units, over, progress } = state;
  const done = over !== null;
  const plan = planFanOut(done ? 0 : units, state.secondsPerUnit, evaluation);
  return {
    run: run.store.uri,
    manifest: run.checksum,
    generation,
    round,
    ...plan,
    events,
    leap: !done && isLeapt(work, units, state.secondsPerUnit, run.spec),
    renew: !done && events > EVENTS_BEFORE && historyRunsOut(events, plan, evaluation.maxEvents),
    successor: successorName(run, state),
    training: work === 'train',
    done,
    stopReason: over,
    progress,
  };
}

/** Unique to run and round, so that a repeated start is the same start; at most 80 characters. */
function successorName({ store, manifest }: Run, { generation, round }: RunState): string {
  const name = `${successorPrefix(manifest.runId, store.uri)}${generation}`;
  return round === 0 ? name : `${name}-${round}`;
}

/** Prefix of the names of all successors of a run; a generation follows, and a round unless it is the first. */
export function successorPrefix(runId: string, uri: string): string {
  return `${runId.replace(/[^\w-]/g, '-').slice(0, 55)}-${checksum(uri).slice(0, 8)}-`;
}
