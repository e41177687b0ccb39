/** Where a training run is: its state in the store, and the machine's small state that goes with it. */
import { z } from 'zod';
import { parseArtifact } from '../base/artifact-json.ts';
import { UserError } from '../base/errors.ts';
import { usageSchema, withStart } from '../cost/usage.ts';
import { epochRowSchema } from '../report/learning.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { isTraining, TRAINING_SECTIONS } from '../runspec/training.ts';
import * as keys from '../store/keys.ts';
import type { Store } from '../store/store.ts';
import type { TrainingSpec } from '../training/methods.ts';
import { splitSamples } from '../training/samples.ts';
import { mostEpochs, trainingStopReason } from '../training/stopping.ts';
import { EVENTS_BEFORE, historyRunsOut, planFanOut } from '../workflow/fan-out.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { type Run, required, type Spending, UNMETERED, verifyAll } from './run.ts';
import { successorName } from './state.ts';

/** training.json of an epoch. */
export const trainingStateSchema = z.object({
  /** Epochs done, over all kept shares. */
  epochs: z.int(),
  /** Epochs since the best one. */
  unchanged: z.int(),
  /** The last epoch; null before the first. */
  row: epochRowSchema.nullable(),
  /** Time that the run was at work up to this state, and when this state was reached (Unix time), in milliseconds. */
  clock: z.object({ active: z.number(), evaluating: z.number(), at: z.number() }),
  /** What the run used up to this state. */
  usage: usageSchema,
  checksums: z.record(z.string(), z.string()),
});
export type TrainingState = z.output<typeof trainingStateSchema>;

/** The parts of a spec that training depends on; undefined for an algorithm that does not train. */
export function trainingSpecOf(spec: RunSpec): TrainingSpec | undefined {
  const { algorithm, seed, edgePopup, backprop } = spec;
  return isTraining(algorithm) ? { algorithm, seed, edgePopup, backprop } : undefined;
}

/** The same, of a run that is known to train. */
export function requireTraining({ spec }: Run): TrainingSpec {
  const training = trainingSpecOf(spec);
  if (!training) throw new TypeError(`the algorithm ${spec.algorithm} does not train`);
  return training;
}

/** Throws InvalidSpec where the held-out share leaves a class without samples. */
export function checkSplit(spec: RunSpec, labels: Uint16Array, classes: number): void {
  const { algorithm, seed } = spec;
  if (!isTraining(algorithm)) return;
  const section = TRAINING_SECTIONS[algorithm];
  splitSamples(labels, classes, spec[section].validationShare, seed, section);
}

export async function readTrainingState(store: Store, epochs: number): Promise<TrainingState> {
  const key = keys.trainingStateOf(epochs);
  return parseArtifact(key, store, await required(store, key), trainingStateSchema);
}

/** The state in which training is about to go on, or is over. `events`: history events of the execution so far. */
export function trainingSearchState(run: Run, state: TrainingState, events = EVENTS_BEFORE): SearchState {
  const spec = requireTraining(run);
  const { epochs, row } = state;
  const stopReason = trainingStopReason(spec, epochs, state.unchanged) ?? null;
  const plan = planFanOut(0, 0, run.spec.evaluation);
  const done = stopReason !== null;
  return {
    run: run.store.uri,
    manifest: run.checksum,
    generation: epochs,
    round: 0,
    ...plan,
    events,
    training: true,
    renew: !done && events > EVENTS_BEFORE && historyRunsOut(events, plan, run.spec.evaluation.maxEvents),
    successor: successorName(run, { generation: epochs, round: 0 }),
    done,
    stopReason,
    progress: {
      evaluations: epochs,
      maxGenerations: mostEpochs(spec),
      bestAccuracy: row?.trainAccuracy ?? null,
      meanAccuracy: null,
      bestLoss: row?.trainLoss ?? null,
      meanLoss: null,
      objective: 'cross-entropy',
      bestMacroAverage: null,
      meanMacroAverage: null,
      start: null,
      bestSparsity: row?.sparsity ?? null,
      validationAccuracy: row?.validationAccuracy ?? null,
    },
  };
}

/** The last epochs whose checkpoint is complete. */
async function lastTrainingState(store: Store): Promise<TrainingState> {
  const epochs = (await store.list(keys.GENERATIONS))
    .map(keys.epochOfTrainingState)
    .filter((epoch) => epoch !== undefined);
  return readTrainingState(store, Math.max(0, ...epochs));
}

/** As `resume`, for a run that trains. */
export async function resumeTraining(
  run: Run,
  now: number,
  spent: Spending = UNMETERED,
  continues = false,
): Promise<SearchState> {
  const { store, manifest } = run;
  const state = await lastTrainingState(store);
  await verifyAll(store, { ...manifest.checksums, ...state.checksums });
  // The pause between the stop and now is nobody's work.
  const usage = withStart(state.usage, spent(1), continues);
  const resumed = { ...state, clock: { ...state.clock, at: now }, usage };
  await store.put(keys.trainingStateOf(state.epochs), JSON.stringify(resumed));
  return trainingSearchState(run, resumed);
}

/** As `lastCompleteState`, for a run that trains. */
export async function lastEpoch(run: Run): Promise<SearchState> {
  const state = await lastTrainingState(run.store);
  if (state.epochs > 0) return trainingSearchState(run, state);
  throw new UserError(`${run.store.uri}: no epoch is complete yet, so there is nothing to report`);
}
