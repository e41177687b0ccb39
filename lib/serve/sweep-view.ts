/** A sweep as far as it is: its tables and figures, of the cells that are done. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import papaparse from 'papaparse';
import { textOf } from '../base/artifact-json.ts';
import { parseJson } from '../base/json.ts';
import { storeOf } from '../cli/sweep/folder.ts';
import { html } from '../report/html.ts';
import { readSummaries } from '../steps/sweep/cells.ts';
import * as keys from '../store/keys.ts';
import { getIfThere, type Store, textIfThere } from '../store/store.ts';
import { type Cell, parseSweep } from '../sweep/cells.ts';
import { withHistories } from '../sweep/histories.ts';
import { resultSections, sweepAbstract } from '../sweep/page.ts';
import { type CellResult, summarize } from '../sweep/results.ts';
import type { SectionView } from './messages.ts';

/** With more cells, histories are not read again and again: sweep.html has their curves. */
const MOST_HISTORIES = 60;

/** Throws DamagedArtifact, InvalidSpec. */
export async function sweepSections({ folder }: { readonly folder: string }): Promise<SectionView[]> {
  const checked = parseSweep(parseJson(readFileSync(join(folder, keys.SWEEP), 'utf8'), keys.SWEEP));
  const store = storeOf(folder);
  const summarized = summarize(checked, await resultsIn(store, checked.cells));
  const results =
    summarized.runs.length <= MOST_HISTORIES
      ? await withHistories(checked.sweep, summarized, ({ id }) =>
          textIfThere(store, keys.cellFolder(id) + keys.HISTORY),
        )
      : summarized;
  const sections = await resultSections(checked.sweep, results);
  const abstract = html`<p class="abstract">${sweepAbstract(checked.sweep, results)}</p>`;
  return [{ id: 'sweep', title: '', parts: [html`${abstract}${sections}`.markup] }];
}

/** By the cells' ids. */
async function resultsIn(store: Store, cells: readonly Cell[]) {
  const results = await failuresIn(store);
  for (const [id, summary] of await readSummaries(store, cells)) {
    if (summary.status === 'succeeded') results.set(id, { status: 'succeeded', summary });
  }
  return results;
}

/** Cells that failed when the sweep ended last. */
async function failuresIn(store: Store): Promise<Map<string, CellResult>> {
  const table = await getIfThere(store, keys.SWEEP_CSV);
  if (!table) return new Map();
  const { data } = papaparse.parse<Record<string, string>>(textOf(table), {
    header: true,
    skipEmptyLines: true,
  });
  return new Map(
    data.flatMap(({ cell = '', status, error = '' }) =>
      status === 'failed' ? [[cell, { status: 'failed', error }]] : [],
    ),
  );
}
