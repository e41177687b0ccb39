/** The history in segments of 64 generations, so that a generation costs the same however long the run is. */
import { group } from 'd3-array';
import { z } from 'zod';
import { type HistoryRow, historyRowSchema } from '../algorithms/parts/history-row.ts';
import { changed, parseArtifact } from '../base/artifact-json.ts';
import { at } from '../base/at.ts';
import { DamagedArtifact } from '../base/errors.ts';
import { HISTORY_SEGMENTS, historySegmentOf, SEGMENT_LENGTH } from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';
import type { Run } from './run.ts';
import type { RunState } from './state.ts';

const placeSchema = z.object({ generation: z.int() });
/** A row as it was written, which its checksum is of, and what this version reads in it. */
const segmentSchema = z.array(
  z.unknown().transform((written) => ({
    ...placeSchema.parse(written),
    text: JSON.stringify(written),
    row: historyRowSchema.parse(written),
  })),
);

async function readSegment(store: Store, generation: number): Promise<z.output<typeof segmentSchema>> {
  const key = historySegmentOf(generation);
  const bytes = await getIfThere(store, key);
  return bytes ? parseArtifact(key, store, bytes, segmentSchema) : [];
}

/** Before the first row. */
export const NO_HISTORY = '';

/** The checksum of all rows up to one, from that of the rows before. */
function checksumOfRows(before: string, text: string): string {
  return checksum(`${before}\n${text}`);
}

/**
 * Adds the rows of generations that follow each other, in place of those that an earlier try wrote. Rows of later ones stay:
 * a try that comes late, of an event that Lambda sent twice, must not drop what the search went on to. `before`: the
 * checksum of the rows before; gives that of all. Unknown in runs of earlier versions.
 */
export async function appendHistory(
  store: Store,
  rows: readonly HistoryRow[],
  before: string | undefined,
): Promise<string | undefined> {
  const segments = group(rows, ({ generation }) => historySegmentOf(generation));
  const written = rows.map((row) => JSON.stringify(row));
  await Promise.all([...segments].map(([key, own]) => writeSegment(store, key, own)));
  return before === undefined ? undefined : written.reduce(checksumOfRows, before);
}

async function writeSegment(store: Store, key: string, rows: readonly HistoryRow[]): Promise<void> {
  const { generation: first } = at(rows, 0);
  const others = rows.length === SEGMENT_LENGTH ? [] : await readSegment(store, first);
  const texts = [
    ...others.filter(({ generation }) => generation < first).map(({ text }) => text),
    ...rows.map((row) => JSON.stringify(row)),
    ...others.filter(({ generation }) => generation >= first + rows.length).map(({ text }) => text),
  ];
  await store.put(key, `[${texts.join(',')}]`);
}

type Reached = Pick<RunState, 'work' | 'complete' | 'history'>;

/** History of a search up to a state; training keeps its own. Throws DamagedArtifact if a row is missing or changed. */
export async function historyOf({ store }: Pick<Run, 'store'>, state: Reached): Promise<HistoryRow[]> {
  const { work, complete, history } = state;
  if (work === 'train' || complete === null) return [];
  const segments: z.output<typeof segmentSchema>[] = [];
  for (let first = 0; first <= complete; first += SEGMENT_LENGTH)
    segments.push(await readSegment(store, first));
  const rows = segments.flat().filter(({ generation }) => generation <= complete);
  const place = `${store.uri}${HISTORY_SEGMENTS}`;
  const gap = Array.from({ length: complete + 1 }).findIndex((_, index) => rows[index]?.generation !== index);
  if (gap >= 0) throw new DamagedArtifact(`${place}: the row of generation ${gap} is missing`);
  const found = rows.reduce((before, { text }) => checksumOfRows(before, text), NO_HISTORY);
  if (history !== undefined && found !== history) throw changed(place);
  return rows.map(({ row }) => row);
}
