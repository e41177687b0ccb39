/** select: tells the algorithm the scores of a round, and writes what it asks for next. */
import type { Moment, Told } from '../algorithms/algorithm.ts';
import { AS_IF, type Platform } from '../cost/cost.ts';
import { withGeneration, withSpent } from '../cost/usage.ts';
import { withinBudget } from '../runs/budget.ts';
import { deleteGenerations, readMoment, unitsOf, writeGenerations, writeNext } from '../runs/moments.ts';
import { type Run, type RunName, type Spending, UNMETERED } from '../runs/run.ts';
import { type ChunkScores, joinImproved, joinScores, readScores } from '../runs/scores.ts';
import { clockAt, payloadOf, readState } from '../runs/state.ts';
import * as keys from '../store/keys.ts';
import { eventsOfGeneration } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { secondsPerUnit } from './rate.ts';

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
  const { survivors, row } = told.complete ?? {};
  const stands = await writeGenerations(run, survivors ?? [], row ? [row] : [], state);
  if (row && !spec.keepGenerations) await deleteGenerations(store, generation - 1);
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

function tell(ask: Moment['ask'], bits: number, chunks: readonly ChunkScores[], generation: number): Told {
  if (ask.work === 'improve') return ask.tell(joinImproved(ask.tasks.length, bits, chunks, generation));
  if (ask.work === 'score') return ask.tell(joinScores(ask.brood.masks, chunks, generation));
  throw new TypeError(`generation ${generation} asks for no scores`);
}
