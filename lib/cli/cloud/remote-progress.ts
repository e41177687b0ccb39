/** How far a run in S3 is, from its history: one or two small requests each time. */
import { z } from 'zod';
import { type HistoryRow, historyRowSchema } from '../../report/history.ts';
import { type Summary, summarySchema } from '../../report/summary.ts';
import { trainingSpecOf } from '../../runs/training-state.ts';
import { type RunSpec, runSpecSchema } from '../../runspec/schema.ts';
import * as keys from '../../store/keys.ts';
import { type Store, textIfThere } from '../../store/store.ts';
import type { TrainingSpec } from '../../training/methods.ts';
import { mostEpochs } from '../../training/stopping.ts';
import type { ProgressState } from '../progress.ts';
import { remoteTraining } from './remote-training.ts';

const rowsSchema = z.array(historyRowSchema);

export class RemoteProgress {
  readonly #folder: Store;
  #spec: RunSpec | undefined;
  /** Epochs done, of a run that trains. */
  #epochs: number | undefined;
  /** The first generation of the newest segment of the history. */
  #segment: number | undefined;
  #last: HistoryRow | undefined;

  constructor(folder: Store) {
    this.#folder = folder;
  }

  /** The state after the last complete generation, or undefined where nothing is new since the last call. */
  async next(): Promise<ProgressState | undefined> {
    this.#spec ??= await this.#readSpec();
    if (this.#spec === undefined) return undefined;
    const training = trainingSpecOf(this.#spec);
    if (training) return this.#nextOfTraining(training);
    this.#segment ??= await this.#newestSegment();
    const row = await this.#newestRow(this.#segment);
    if (row === undefined || row.generation === this.#last?.generation) return undefined;
    this.#last = row;
    const { evaluations, bestAccuracy, meanAccuracy, bestLoss, meanLoss, bestSparsity } = row;
    const { bestMacroAverage, meanMacroAverage } = row;
    return {
      generation: row.generation + 1,
      done: false,
      training: false,
      progress: {
        evaluations,
        maxGenerations: this.#spec.stop.maxGenerations,
        bestAccuracy,
        meanAccuracy,
        bestLoss,
        meanLoss,
        objective: this.#spec.search.objective,
        bestMacroAverage,
        meanMacroAverage,
        bestSparsity,
        validationAccuracy: null,
        start: null,
      },
    };
  }

  /** The last complete generation that was seen. */
  get generation(): number | undefined {
    return this.#epochs ?? this.#last?.generation;
  }

  async #nextOfTraining(spec: TrainingSpec): Promise<ProgressState | undefined> {
    const state = await remoteTraining(this.#folder, mostEpochs(spec));
    if (state === undefined || state.generation === this.#epochs) return undefined;
    this.#epochs = state.generation;
    return state;
  }

  async #newestRow(segment: number): Promise<HistoryRow | undefined> {
    const text = await textIfThere(this.#folder, keys.historySegmentOf(segment));
    if (text === undefined) return undefined;
    const rows = rowsSchema.parse(JSON.parse(text));
    if (rows.length < keys.SEGMENT_LENGTH) return rows.at(-1);
    const next = await this.#newestRow(segment + keys.SEGMENT_LENGTH);
    this.#segment = next === undefined ? segment : next.generation - (next.generation % keys.SEGMENT_LENGTH);
    return next ?? rows.at(-1);
  }

  async #newestSegment(): Promise<number> {
    const segments = await this.#folder.list(keys.HISTORY_SEGMENTS);
    return Math.max(0, segments.length - 1) * keys.SEGMENT_LENGTH;
  }

  async #readSpec(): Promise<RunSpec | undefined> {
    const text = await textIfThere(this.#folder, keys.SPEC);
    return text === undefined ? undefined : runSpecSchema.parse(JSON.parse(text));
  }
}

/** A run's summary, or undefined where it has none yet. */
export async function readSummary(folder: Store): Promise<Summary | undefined> {
  const text = await textIfThere(folder, keys.SUMMARY);
  return text === undefined ? undefined : summarySchema.parse(JSON.parse(text));
}
