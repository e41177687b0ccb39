/** train: some epochs of a run that trains, and a checkpoint that the next go on from. */
import { withTraining } from '../cost/usage.ts';
import { scaled } from '../data/dataset.ts';
import { decodeSamples } from '../runs/artifacts.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../runs/checkpoint.ts';
import { readLayers } from '../runs/networks.ts';
import { type Run, type RunName, required, type Spending, UNMETERED, verify } from '../runs/run.ts';
import {
  readTrainingState,
  requireTraining,
  type TrainingState,
  trainingSearchState,
} from '../runs/training-state.ts';
import * as keys from '../store/keys.ts';
import { checksum, type Store } from '../store/store.ts';
import { createMethod } from '../training/methods.ts';
import { trainingStopReason } from '../training/stopping.ts';
import { startOf, Trainer, type TrainingProgress } from '../training/trainer.ts';
import { EVENTS_OF_TRAINING } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';

export interface TrainContext {
  readonly run: (name: RunName) => Promise<Run>;
  /** The present, Unix time in milliseconds. */
  readonly now: () => number;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  /** Milliseconds after which no epoch is begun that would probably end later; one is always done. */
  readonly budget: number;
  readonly spent?: Spending;
}

/** Trains from epoch `event.generation` on. How far it comes changes no result; safe to repeat. */
export async function train(event: SearchState, context: TrainContext): Promise<SearchState> {
  const run = await context.run(event);
  const { store, spec: runSpec, manifest } = run;
  const spec = requireTraining(run);
  const before = await readTrainingState(store, event.generation);
  const read = async (key: string, expected = manifest.checksums[key]) =>
    verify(store, key, await required(store, key), expected);
  const checkpointKey = keys.checkpointOf(before.epochs);
  const [network, samples, checkpoint] = await Promise.all([
    readLayers(run, read),
    read(keys.TRAIN).then((bytes) => decodeSamples(bytes, keys.TRAIN)),
    before.epochs === 0 ? undefined : read(checkpointKey, before.checksums[checkpointKey]),
  ]);
  const method = createMethod(network, spec);
  const from = checkpoint ? decodeCheckpoint(checkpoint, checkpointKey) : startOf(method);
  const data = { ...samples, x: scaled(samples.x, manifest.scaling) };
  const trainer = await Trainer.create(method, network, data, spec.seed);
  const isOver = enough(context, from.rows.length);
  let progress: TrainingProgress;
  try {
    progress = await trainer.train(
      from,
      (epochs, unchanged) => trainingStopReason(spec, epochs, unchanged) !== undefined || isOver(epochs),
    );
  } finally {
    await trainer.release();
  }

  const epochs = progress.rows.length;
  const key = keys.checkpointOf(epochs);
  const bytes = encodeCheckpoint(progress);
  await store.put(key, bytes);
  if (!runSpec.keepGenerations) await deleteCheckpoints(store, before.epochs);
  const now = context.now();
  const { spent = UNMETERED } = context;
  const { clock } = before;
  const state: TrainingState = {
    epochs,
    unchanged: epochs - 1 - (progress.best?.row ?? 0),
    row: progress.rows.at(-1) ?? null,
    clock: {
      active: clock.active + now - clock.at,
      evaluating: clock.evaluating + now - clock.at,
      at: now,
    },
    usage: withTraining(before.usage, spent(1)),
    checksums: { [key]: checksum(bytes) },
  };
  await store.put(keys.trainingStateOf(epochs), JSON.stringify(state));
  return trainingSearchState(run, state, event.events + EVENTS_OF_TRAINING);
}

/** Whether another epoch, as long as those up to now, would end behind the budget. */
function enough({ elapsed, budget }: TrainContext, from: number): (epochs: number) => boolean {
  const began = elapsed();
  return (epochs) => {
    const taken = elapsed() - began;
    return taken + taken / (epochs - from) > budget;
  };
}

/**
 * Those before the one that this try went on from. What stands behind it stays: a try that comes late, of an event that
 * Lambda sent twice, may find that training is further than it got itself.
 */
async function deleteCheckpoints(store: Store, before: number): Promise<void> {
  const epochs = new Set((await store.list(keys.GENERATIONS)).map(keys.generationOf));
  for (const epoch of epochs) {
    if (epoch !== undefined && epoch < before) await store.deletePrefix(keys.generationFolder(epoch));
  }
}
