/** Writes what the cells of a sweep found together. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FolderStore } from '../../store/folder.ts';
import type { CheckedSweep } from '../../sweep/cells.ts';
import { renderPage } from '../../sweep/page.ts';
import type { Results } from '../../sweep/results.ts';
import { runsCsv, tableCsv, tableMarkdown } from '../../sweep/tables.ts';
import { readHistory } from './folder.ts';

export const RESULT_FILES = ['sweep.csv', 'table.csv', 'table.md', 'sweep.html'] as const;

/** Writes sweep.csv, table.csv, table.md and sweep.html into the results folder. */
export async function writeResults(out: string, { sweep }: CheckedSweep, results: Results): Promise<void> {
  const store = new FolderStore(pathToFileURL(join(out, '/')).href);
  const page = await renderPage(sweep, results, (id) => readHistory(out, id));
  const contents: Record<(typeof RESULT_FILES)[number], string> = {
    'sweep.csv': runsCsv(sweep, results.runs),
    'table.csv': tableCsv(sweep, results),
    'table.md': tableMarkdown(sweep, results),
    'sweep.html': page,
  };
  await Promise.all(RESULT_FILES.map((file) => store.put(file, contents[file])));
}
