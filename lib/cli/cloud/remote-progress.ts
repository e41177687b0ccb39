/** How far a run in S3 is, from its history or its newest state: a few small requests each time. */
import { z } from 'zod';
import { progressOf } from '../../algorithms/parts/generations.ts';
import { type HistoryRow, historyRowSchema } from '../../algorithms/parts/history-row.ts';
import { type RunState, runStateSchema } from '../../runs/state.ts';
import { completeSpecSchema, type RunSpec } from '../../runspec/schema.ts';
import * as keys from '../../store/keys.ts';
import { type Store, textIfThere } from '../../store/store.ts';
import type { ProgressState } from '../progress.ts';

const rowsSchema = z.array(historyRowSchema);

export class RemoteProgress {
  readonly #folder: Store;
  #spec: RunSpec | undefined;
  /** The last complete generation that was seen. */
  #generation: number | undefined;
  /** The first generation of the newest segment of the history. */
  #segment: number | undefined;

  constructor(folder: Store) {
    this.#folder = folder;
  }

  /** The state after the last complete generation, or undefined where nothing is new since the last call. */
  async next(): Promise<ProgressState | undefined> {
    this.#spec ??= await this.#readSpec();
    if (this.#spec === undefined) return undefined;
    this.#segment ??= await this.#newestSegment();
    if (this.#segment === undefined) return this.#newestState();
    const row = await this.#newestRow(this.#segment);
    if (row === undefined || row.generation === this.#generation) return undefined;
    this.#generation = row.generation;
    const progress = progressOf(this.#spec, row);
    return { generation: row.generation + 1, done: false, training: false, progress };
  }

  /** The last complete generation that was seen. */
  get generation(): number | undefined {
    return this.#generation;
  }

  /** For a run that has no history in the store: training keeps its own. */
  async #newestState(): Promise<ProgressState | undefined> {
    const state = await newestState(this.#folder);
    if (state === undefined) return undefined;
    const { complete, work, progress } = state;
    if (complete === null || complete === this.#generation) return undefined;
    this.#generation = complete;
    return { generation: complete, done: false, training: work === 'train', progress };
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

  async #newestSegment(): Promise<number | undefined> {
    const segments = await this.#folder.list(keys.HISTORY_SEGMENTS);
    return segments.length === 0 ? undefined : (segments.length - 1) * keys.SEGMENT_LENGTH;
  }

  async #readSpec(): Promise<RunSpec | undefined> {
    const text = await textIfThere(this.#folder, keys.SPEC);
    return text === undefined ? undefined : completeSpecSchema.parse(JSON.parse(text));
  }
}

/** Where a run in S3 is; undefined before it has begun, or where its generations have expired. */
export async function newestState(folder: Store): Promise<RunState | undefined> {
  const rounds = (await folder.list(keys.GENERATIONS)).flatMap((key) => keys.roundOfState(key) ?? []);
  const [newest] = rounds.sort((a, b) => b.generation - a.generation || b.round - a.round);
  if (!newest) return undefined;
  const text = await textIfThere(folder, keys.stateOf(newest.generation, newest.round));
  return text === undefined ? undefined : runStateSchema.parse(JSON.parse(text));
}
