/** What the histories of a sweep's runs tell beside their summaries. */
import { curveReader } from './fitness-curve.ts';
import { progressRows } from './progress.ts';
import { reachOf } from './reach.ts';
import type { Results } from './results.ts';
import type { Sweep } from './schema.ts';

/** Reads the history.csv of a cell; undefined if there is none. */
export type ReadHistory = (cell: string) => Promise<string | undefined>;

/** Cells whose histories are read, at most. */
const MOST_CELLS = 3_000;

export async function withHistories(
  { reference }: Sweep,
  results: Results,
  readHistory: ReadHistory,
): Promise<Results> {
  const { groups, runs } = results;
  if (runs.length > MOST_CELLS) return results;
  const readCurve = curveReader(
    runs.map(({ cell }) => cell),
    readHistory,
  );
  return {
    ...results,
    reach: await reachOf(reference, groups, readCurve),
    progress: await progressRows(groups, readCurve),
  };
}
