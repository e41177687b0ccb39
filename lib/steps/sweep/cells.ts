/** A sweep in a store: where each of its cells stands. What is in the store is the truth; nothing else is kept. */
import pLimit from 'p-limit';
import { artifactIfSound, textOf } from '../../base/artifact-json.ts';
import { InvalidSpec, UnusableOutput } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { askedHash, specHash } from '../../runspec/identity.ts';
import type { AskedSpec } from '../../runspec/schema.ts';
import { isComplete } from '../../runspec/shape.ts';
import * as keys from '../../store/keys.ts';
import { getIfThere, type Store } from '../../store/store.ts';
import { type Cell, type CheckedSweep, parseSweep, resolveMatch } from '../../sweep/cells.ts';
import { type CellSummary, cellSummarySchema } from '../../sweep/results.ts';
import { readKeptRuns } from './kept-runs.ts';

/** How a cell stands. `open`: it can run now; `waiting`: for the cell that it matches. */
export type Standing =
  | { readonly status: 'done'; readonly summary: CellSummary }
  | { readonly status: 'failed'; readonly reason: string | undefined }
  | { readonly status: 'open'; readonly spec: AskedSpec }
  | { readonly status: 'waiting' };

/** Requests at a time: what the SDK's connections bear. */
export const AT_A_TIME = 50;

/** The sweep that is kept at a place. Throws UnusableOutput where there is none. */
export async function readStoredSweep(store: Store): Promise<CheckedSweep> {
  const bytes = await getIfThere(store, keys.SWEEP);
  if (bytes) return parseSweep(parseJson(textOf(bytes), keys.SWEEP));
  throw new UnusableOutput(`sweep: there is no sweep at ${store.uri}; start one with a sweep spec`);
}

/**
 * Where every cell stands, by its id. A cell is done when its summary is there, of this very spec; it has failed where
 * `execution` noted so, or the cell failed that it waits for. `isNew`: nothing has run yet, so nothing is looked for.
 */
export async function standingsOf(
  store: Store,
  cells: readonly Cell[],
  { execution, isNew }: { readonly execution: string; readonly isNew: boolean },
): Promise<Map<string, Standing>> {
  const [summaries, failures] = isNew
    ? [new Map<string, CellSummary>(), new Set<string>()]
    : await Promise.all([readSummaries(store, cells), readFailures(store, execution)]);
  const standings = new Map<string, Standing>();
  // A cell comes after the one that it depends on.
  for (const cell of cells) {
    const matched = cell.match && standings.get(cell.match.cell);
    const folder = `${store.uri}${keys.cellFolder(cell.match?.cell ?? '')}`;
    standings.set(cell.id, standingOf(cell, summaries.get(cell.id), failures.has(cell.id), matched, folder));
  }
  return standings;
}

/** `folder`: of the cell that it matches. */
function standingOf(
  cell: Cell,
  summary: CellSummary | undefined,
  failed: boolean,
  matched: Standing | undefined,
  folder: string,
): Standing {
  if (cell.match && matched?.status !== 'done') {
    return matched?.status === 'failed'
      ? { status: 'failed', reason: `waits for ${cell.match.cell}, which failed` }
      : { status: 'waiting' };
  }
  try {
    const spec =
      matched?.status === 'done'
        ? resolveMatch(cell, { ...matched.summary, ticket: folder + keys.TICKET_MASK })
        : cell.spec;
    if (summary?.status === 'succeeded' && isOf(summary, spec)) {
      return { status: 'done', summary };
    }
    return failed ? { status: 'failed', reason: undefined } : { status: 'open', spec };
  } catch (error) {
    // The result of the matched cell gives a spec that cannot run.
    if (error instanceof InvalidSpec) return { status: 'failed', reason: error.message };
    throw error;
  }
}

/**
 * Whether the summary is that of the spec. Nobody reads files to find out where a sweep stands: a spec with files is known
 * by what was asked for. One that was uploaded for a sweep has its digest in its path.
 */
export function isOf({ specHash: hash, asked }: CellSummary, spec: AskedSpec): boolean {
  return isComplete(spec) ? hash === specHash(spec) : asked !== undefined && asked === askedHash(spec);
}

/** By the cells' ids: from the folders of their runs, or where these are gone, as the results kept them. */
export async function readSummaries(store: Store, cells: readonly Cell[]): Promise<Map<string, CellSummary>> {
  const limit = pLimit(AT_A_TIME);
  const kept = await readKeptRuns(store, cells);
  const found = await Promise.all(
    cells.map(({ id }) =>
      limit(async () => {
        const key = keys.cellFolder(id) + keys.SUMMARY;
        const own = artifactIfSound(key, store, await getIfThere(store, key), cellSummarySchema);
        return [id, own ?? kept.get(id)] as const;
      }),
    ),
  );
  return new Map(found.flatMap(([id, summary]) => (summary ? [[id, summary] as const] : [])));
}

async function readFailures(store: Store, execution: string): Promise<Set<string>> {
  const folder = keys.failuresOf(execution);
  const noted = await store.list(folder);
  return new Set(noted.map((key) => key.slice(folder.length).replace(/\.json$/, '')));
}
