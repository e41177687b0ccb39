/** select: tells the algorithm the scores of a round, and writes what it asks for next. */
import type { Moment, Told } from '../algorithms/algorithm.ts';
import { AS_IF, type Platform } from '../cost/cost.ts';
import { withGeneration, withSpent } from '../cost/usage.ts';
import { withinBudget } from '../runs/budget.ts';
import { readMoment, unitsOf, writeGeneration, writeNext } from '../runs/moments.ts';
import { type Run, type RunName, type Spending, UNMETERED } from '../runs/run.ts';
import { type ChunkScores, joinImproved, joinScores, readScores } from '../runs/scores.ts';
import { clockAt, payloadOf, type RunState, readState } from '../runs/state.ts';
import * as keys from '../store/keys.ts';
import { eventsOfGeneration } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';

export interface SelectContext {
  readonly run: (name: RunName) => Promise<Run>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  readonly spent?: Spending;
  /** Where the run is, for what its budget has left. */
  readonly platform?: Platform;
}

/** Ends generation `event.generation`, or sees that it needs another round. Costs the same at any generation; safe to repeat. */
export async function select(event: SearchState, context: SelectContext): Promise<SearchState> {
  const run = await context.run(event);
  const { store, spec, manifest } = run;
  const { generation, round } = event;
  const state = await readState(store, keys.stateOf(generation, round));
  const [{ ask }, scored] = await Promise.all([readMoment(run, state), readScores(store, event)]);
  const told = tell(ask, manifest.bits, scored.chunks, generation);
  const units = unitsOf(ask);

  const { spent = UNMETERED, platform = AS_IF } = context;
  const clock = clockAt(state, context.now());
  const usage = withSpent(withGeneration(state.usage, event.fanOut, scored.spent), 'select', spent(0));
  const stands = told.complete ? await writeGeneration(run, told.complete, state) : parentsOf(state);
  if (told.complete && !spec.keepGenerations && generation >= 2) {
    await store.deletePrefix(keys.generationFolder(generation - 2));
  }
  const used = { usage, active: clock.active };
  const before = { usage: state.usage, active: state.clock.active };
  const following = withinBudget(run, told.next, used, before, platform);
  const next = await writeNext(store, manifest.bits, following, {
    secondsPerUnit: secondsPerUnit(
      ask,
      following,
      spec,
      units > 0 ? scored.milliseconds / 1000 / units : state.secondsPerUnit,
    ),
    clock,
    usage: (puts) => withSpent(usage, 'select', spent(puts)),
    manifest: run.checksum,
    ...stands,
  });
  return payloadOf(run, next, event.events + eventsOfGeneration(event));
}

/** Where a generation needs another round, its parents stay. */
function parentsOf({ generation, checksums, history }: RunState): Pick<RunState, 'checksums' | 'history'> {
  const key = keys.survivorsOf(generation - 1);
  const { [key]: checksum } = checksums;
  return { checksums: checksum === undefined ? {} : { [key]: checksum }, history };
}

function tell(ask: Moment['ask'], bits: number, chunks: readonly ChunkScores[], generation: number): Told {
  if (ask.work === 'improve') return ask.tell(joinImproved(ask.tasks.length, bits, chunks, generation));
  if (ask.work === 'score') return ask.tell(joinScores(ask.brood.masks, chunks, generation));
  throw new TypeError(`generation ${generation} asks for no scores`);
}

/** What was measured goes for work of the same kind; of another nothing is known, and every piece is a chunk. */
function secondsPerUnit(
  { work }: Moment['ask'],
  next: Told['next'],
  { evaluation }: Run['spec'],
  measured: number,
): number {
  return next.work === work ? measured : Math.max(measured, evaluation.minChunkSeconds);
}
