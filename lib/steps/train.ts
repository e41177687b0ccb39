/** train: some epochs of a run that trains, and a checkpoint that the next go on from. */
import { isEnd } from '../algorithms/algorithm.ts';
import type { TrainingMethod, TrainingProgress } from '../algorithms/parts/training-method.ts';
import { AS_IF, type Platform } from '../cost/cost.ts';
import { withSpent, withTask } from '../cost/usage.ts';
import { scaled } from '../data/dataset.ts';
import type { AnyNetwork } from '../network/network.ts';
import { withinBudget } from '../runs/budget.ts';
import { deleteGenerations, readMoment, writeNext } from '../runs/moments.ts';
import { readNetwork, verified } from '../runs/networks.ts';
import { type Run, type RunName, type Spending, UNMETERED } from '../runs/run.ts';
import { decodeSamples } from '../runs/samples.ts';
import { clockAt, payloadOf, readState } from '../runs/state.ts';
import * as keys from '../store/keys.ts';
import { Trainer } from '../training/trainer.ts';
import { EVENTS_OF_TASK } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';
import type { WarmTrainer } from './warm-trainer.ts';

export interface TrainContext {
  readonly run: (name: RunName) => Promise<Run>;
  readonly warm: WarmTrainer;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  /** Milliseconds after which no epoch is begun that would probably end later; one is always done. */
  readonly budget: number;
  readonly spent?: Spending;
  /** Where the run is, for what its budget has left. */
  readonly platform?: Platform;
}

/** Trains from epoch `event.generation` on. How far it comes changes no result; safe to repeat. */
export async function train(event: SearchState, context: TrainContext): Promise<SearchState> {
  const run = await context.run(event);
  const { store, spec, manifest } = run;
  const { generation: before } = event;
  const state = await readState(store, keys.stateOf(before));
  const { ask } = await readMoment(run, state);
  if (ask.work !== 'train') throw new TypeError(`epoch ${before} asks for no training`);
  const { isOver, progress: from } = ask;
  const trainer = await context.warm.take(run, () => openTrainer(run, ask.method));
  const isOut = outOfTime(context, before);
  let progress: TrainingProgress;
  try {
    progress = await trainer.train(from, (epochs, unchanged) => isOver(epochs, unchanged) || isOut(epochs));
  } catch (thrown) {
    await trainer.release();
    throw thrown;
  }

  const told = ask.tell(progress);
  const { spent = UNMETERED, platform = AS_IF } = context;
  const clock = clockAt(state, context.now());
  const usage = withTask(state.usage, 'train', spent(0));
  const used = { usage, active: clock.active };
  const earlier = { usage: state.usage, active: state.clock.active };
  const next = withinBudget(run, told.next, used, earlier, platform);
  await (isEnd(next) ? trainer.release() : context.warm.keep(run, trainer));
  // Later states stay: a try that comes late, of an event that Lambda sent twice, may find that training is
  // further than it got itself.
  if (!spec.keepGenerations) await deleteGenerations(store, before);
  const written = await writeNext(store, manifest.bits, next, {
    secondsPerUnit: state.secondsPerUnit,
    clock,
    usage: (puts) => withSpent(usage, 'train', spent(puts)),
    manifest: run.checksum,
    checksums: {},
  });
  return payloadOf(run, written, event.events + EVENTS_OF_TASK);
}

/** Reads the run's network and training data, verified. */
async function openTrainer(run: Run, methodOf: (network: AnyNetwork) => TrainingMethod): Promise<Trainer> {
  const read = verified(run);
  const [network, samples] = await Promise.all([
    readNetwork(run, read),
    read(keys.TRAIN).then((bytes) => decodeSamples(bytes, keys.TRAIN)),
  ]);
  const data = { ...samples, x: scaled(samples.x, run.manifest.scaling, samples.x) };
  return Trainer.create(methodOf(network), network, data, run.spec.seed);
}

/** Whether another epoch, as long as those up to now, would end past the budget. */
function outOfTime({ elapsed, budget }: TrainContext, from: number): (epochs: number) => boolean {
  const began = elapsed();
  return (epochs) => {
    const taken = elapsed() - began;
    return taken + taken / (epochs - from) > budget;
  };
}
