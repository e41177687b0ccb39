/** Results of a sweep's cells together, as files. */
import { textOf } from '../../base/artifact-json.ts';
import { verifyResult } from '../../runs/final/summary.ts';
import type { ContentsOf, SWEEP_ARTIFACTS } from '../../store/artifacts.ts';
import * as keys from '../../store/keys.ts';
import { getIfThere, type Store } from '../../store/store.ts';
import { withHistories } from '../../sweep/histories.ts';
import { algorithmsCsv } from '../../sweep/overall-tables.ts';
import { renderPage } from '../../sweep/page.ts';
import { progressCsv } from '../../sweep/progress-tables.ts';
import { reachCsv } from '../../sweep/reach-tables.ts';
import { tableMarkdown } from '../../sweep/readable-tables.ts';
import type { Results } from '../../sweep/results.ts';
import type { Sweep } from '../../sweep/schema.ts';
import { sizesCsv } from '../../sweep/size-tables.ts';
import { frontsCsv, runsCsv, tableCsv } from '../../sweep/tables.ts';
import { keptRunsText } from './kept-runs.ts';

/**
 * Writes tables and figures into the sweep's store, which has the histories of its cells, and gives what only these tell. Safe to
 * repeat.
 */
export async function writeSweepResults(store: Store, sweep: Sweep, summarized: Results): Promise<Results> {
  const results = await withHistories(sweep, summarized, async ({ id, summary }) => {
    const folder = keys.cellFolder(id);
    const bytes = await getIfThere(store, folder + keys.HISTORY);
    if (!bytes) return undefined;
    verifyResult({ uri: store.uri + folder }, keys.HISTORY, bytes, summary);
    return textOf(bytes);
  });
  const contents: ContentsOf<'Gather', typeof SWEEP_ARTIFACTS> = {
    [keys.SWEEP_CSV]: runsCsv(sweep, results.runs),
    [keys.SWEEP_RUNS]: keptRunsText(results.runs, await getIfThere(store, keys.SWEEP_RUNS)),
    [keys.SWEEP_TABLE_CSV]: tableCsv(sweep, results),
    [keys.SWEEP_ALGORITHMS]: algorithmsCsv(results.overall),
    [keys.SWEEP_FRONTS]: frontsCsv(sweep, results),
    [keys.SWEEP_SIZES]: sizesCsv(sweep, results),
    [keys.SWEEP_REACH]: reachCsv(sweep, results.reach),
    [keys.SWEEP_PROGRESS]: progressCsv(sweep, results.progress),
    [keys.SWEEP_TABLE]: tableMarkdown(sweep, results),
    [keys.SWEEP_REPORT]: await renderPage(sweep, results),
  };
  await Promise.all(Object.entries(contents).map(([key, content]) => store.put(key, content)));
  return results;
}
