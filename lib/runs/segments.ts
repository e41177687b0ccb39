/** The history in segments of 64 generations, so that a generation costs the same however long the run is. */

import { z } from 'zod';
import { type HistoryRow, historyRowSchema } from '../algorithms/parts/history-row.ts';
import { parseArtifact } from '../base/artifact-json.ts';
import { historySegmentOf, SEGMENT_LENGTH } from '../store/keys.ts';
import { getIfThere, type Store } from '../store/store.ts';

const segmentSchema = z.array(historyRowSchema);

async function readSegment(store: Store, generation: number): Promise<HistoryRow[]> {
  const key = historySegmentOf(generation);
  const bytes = await getIfThere(store, key);
  return bytes ? parseArtifact(key, store, bytes, segmentSchema) : [];
}

/** Appends the row of a generation; a row of that generation or a later one, from an earlier try, is replaced. */
export async function appendHistory(store: Store, row: HistoryRow): Promise<void> {
  const first = row.generation % SEGMENT_LENGTH === 0;
  const before = first ? [] : await readSegment(store, row.generation);
  const rows = [...before.filter(({ generation }) => generation < row.generation), row];
  await store.put(historySegmentOf(row.generation), JSON.stringify(rows));
}

/** The rows of generations `from`..`to`, in order. */
export async function readHistory(store: Store, from: number, to: number): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = [];
  const firstOfSegment = from - (from % SEGMENT_LENGTH);
  for (let generation = firstOfSegment; generation <= to; generation += SEGMENT_LENGTH) {
    rows.push(...(await readSegment(store, generation)));
  }
  return rows.filter(({ generation }) => generation >= from && generation <= to);
}
