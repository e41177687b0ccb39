/**
 * The results of a sweep's runs in one file, a line for each. A sweep goes on from it where the runs' folders are gone:
 * in a folder that was copied without `cells/`, or on another computer.
 */
import { z } from 'zod';
import { changed, parsedIfSound, textOf } from '../../base/artifact-json.ts';
import { hasChanged, sealedJson } from '../../base/seal.ts';
import * as keys from '../../store/keys.ts';
import { getIfThere, type Store } from '../../store/store.ts';
import type { Cell } from '../../sweep/cells.ts';
import { type CellRun, type CellSummary, cellSummarySchema } from '../../sweep/results.ts';

const lineSchema = z.object({ cell: z.string(), summary: cellSummarySchema });

/**
 * The runs that succeeded, in the order of the cells; then those that `before`, the file as it is, keeps of other cells: a
 * sweep that goes on with fewer seeds loses none. Checksums are of files in the runs' folders, and stay there.
 */
export function keptRunsText(runs: readonly CellRun[], before?: Uint8Array): string {
  const own = new Set(runs.map(({ cell }) => cell.id));
  const others = linesOf(before).filter((line) => {
    const found = parsedIfSound(line, lineSchema);
    return found && !own.has(found.cell);
  });
  const lines = runs.flatMap(({ cell, result }) => {
    if (result?.status !== 'succeeded') return [];
    const { checksums: _, ...summary } = result.summary;
    return [textOf(sealedJson({ cell: cell.id, summary }))];
  });
  return [...lines, ...others.map((line) => `${line}\n`)].join('');
}

/**
 * By the cells' ids; a line that was cut short is left out. Not of runs that hand over or take over a ticket: its file is
 * in a run's folder. Throws DamagedArtifact where a line has changed.
 */
export async function readKeptRuns(store: Store, cells: readonly Cell[]): Promise<Map<string, CellSummary>> {
  const kept = new Map<string, CellSummary>();
  for (const line of linesOf(await getIfThere(store, keys.SWEEP_RUNS))) {
    if (hasChanged(`${line}\n`)) throw changed(store.uri + keys.SWEEP_RUNS, 'restore it, or delete it');
    const found = parsedIfSound(line, lineSchema);
    if (found) kept.set(found.cell, found.summary);
  }
  for (const { id, match } of cells) {
    if (match?.quantity !== 'ticket') continue;
    kept.delete(id);
    kept.delete(match.cell);
  }
  return kept;
}

const linesOf = (bytes: Uint8Array | undefined) => (bytes ? textOf(bytes).split('\n') : []);
