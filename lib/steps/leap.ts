/**
 * leap: many small generations, evaluated and told one after another in memory. What is written is what the last of them
 * would have left: its survivors, the masks to go on with, the history, its state last. How far a leap comes changes no
 * result, so a try may end anywhere, and another begins where the last state is.
 */
import { isEnd, type Moment, type Told } from '../algorithms/algorithm.ts';
import type { HistoryRow } from '../algorithms/parts/history-row.ts';
import { AS_IF, type Platform } from '../cost/cost.ts';
import { NOTHING_SPENT, withSpent, withTask } from '../cost/usage.ts';
import { withinBudget } from '../runs/budget.ts';
import { deleteGenerations, readMoment, unitsOf, writeGenerations, writeNext } from '../runs/moments.ts';
import { type Run, type RunName, type Spending, UNMETERED } from '../runs/run.ts';
import { clockAt, payloadOf, readState, stateBeyond } from '../runs/state.ts';
import type { Individual } from '../search/individual.ts';
import * as keys from '../store/keys.ts';
import { EVENTS_OF_TASK, isLeapt, lengthOfLeap } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { type DoPiece, pieceOf, tellDone } from './pieces.ts';
import { secondsPerUnit } from './rate.ts';

export interface LeapContext {
  readonly run: (name: RunName) => Promise<Run>;
  readonly work: DoPiece;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  /** How long a leap may take, in milliseconds; the spec may say less than the longest. A later one is as long as all before it. */
  readonly lengths: { readonly first: number; readonly longest: number };
  readonly spent?: Spending;
  /** Where the run is, for what its budget has left. */
  readonly platform?: Platform;
}

/** Leaps on from `event`. Where another try of it got further, that is the answer; safe to repeat. */
export async function leap(event: SearchState, context: LeapContext): Promise<SearchState> {
  const run = await context.run(event);
  const { store, spec, manifest } = run;
  const events = event.events + EVENTS_OF_TASK;
  const ahead = await stateBeyond(run, event);
  if (ahead) return payloadOf(run, ahead, events);

  const state = await readState(store, keys.stateOf(event.generation, event.round));
  const isOut = outOfTime(context, spec, state.clock.evaluating);
  const rows: HistoryRow[] = [];
  let survivors: readonly Individual[] = [];
  let seconds = state.secondsPerUnit;
  let moment = await readMoment(run, state);
  let next: Told['next'];
  const { spent = UNMETERED, platform = AS_IF } = context;
  let used = { usage: withTask(state.usage, 'leap', NOTHING_SPENT), active: state.clock.active };
  for (;;) {
    const done = await context.work(run, pieceOf(moment.ask));
    const told = tellDone(moment.ask, done, manifest.bits);
    const before = used;
    used = { usage: withSpent(used.usage, 'leap', spent(0)), active: clockAt(state, context.now()).active };
    next = withinBudget(run, told.next, used, before, platform);
    if (told.complete) {
      rows.push(told.complete.row);
      survivors = told.complete.survivors;
    }
    seconds = secondsPerUnit(moment.ask, next, spec, measured(moment, done.milliseconds, seconds));
    const out = isOut();
    if (out || isEnd(next) || !isLeapt(next.work, unitsOf(next.ask), seconds, spec)) break;
    moment = next;
  }

  const overtaken = await stateBeyond(run, event);
  if (overtaken) return payloadOf(run, overtaken, events);
  // The artifacts that this try continued from stay.
  await deleteGenerations(store, event.generation - 1);
  const stands = await writeGenerations(run, survivors, rows, state);
  const { usage } = used;
  const written = await writeNext(store, manifest.bits, next, {
    secondsPerUnit: seconds,
    clock: clockAt(state, context.now()),
    usage: (puts) => withSpent(usage, 'leap', spent(puts)),
    manifest: run.checksum,
    ...stands,
  });
  return payloadOf(run, written, events);
}

function measured({ ask }: Moment, milliseconds: number, before: number): number {
  const units = unitsOf(ask);
  return units > 0 ? milliseconds / 1000 / units : before;
}

/** Whether another generation, as long as those up to now, would end past the time of this leap. */
function outOfTime(
  { elapsed, lengths: { first, longest } }: LeapContext,
  { evaluation }: Run['spec'],
  before: number,
): () => boolean {
  const began = elapsed();
  const length = lengthOfLeap(before, first, Math.min(longest, evaluation.leapSeconds * 1000));
  let generations = 0;
  return () => {
    const taken = elapsed() - began;
    generations++;
    return taken + taken / generations > length;
  };
}
