/** What the cells of a sweep found together, as files. */
import * as keys from '../../store/keys.ts';
import { getIfThere, type Store } from '../../store/store.ts';
import { renderPage } from '../../sweep/page.ts';
import type { Results } from '../../sweep/results.ts';
import type { Sweep } from '../../sweep/schema.ts';
import { runsCsv, tableCsv, tableMarkdown } from '../../sweep/tables.ts';

/** Writes `keys.SWEEP_RESULTS` into the sweep's store, which has the histories of its cells. Safe to repeat. */
export async function writeSweepResults(store: Store, sweep: Sweep, results: Results): Promise<void> {
  const page = await renderPage(sweep, results, async (cell) => {
    const bytes = await getIfThere(store, keys.cellFolder(cell) + keys.HISTORY);
    return bytes && Buffer.from(bytes).toString('utf8');
  });
  const contents: Record<(typeof keys.SWEEP_RESULTS)[number], string> = {
    [keys.SWEEP_CSV]: runsCsv(sweep, results.runs),
    [keys.SWEEP_TABLE_CSV]: tableCsv(sweep, results),
    [keys.SWEEP_TABLE]: tableMarkdown(sweep, results),
    [keys.SWEEP_REPORT]: page,
  };
  await Promise.all(keys.SWEEP_RESULTS.map((key) => store.put(key, contents[key])));
}
