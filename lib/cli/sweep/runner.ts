/** Runs the cells of a sweep, one search at a time on each core. */
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { withThreads } from '../../engine/warm-threads.ts';
import { dropIntermediates } from '../../runs/intermediates.ts';
import type { AskedSpec } from '../../runspec/schema.ts';
import { lockFolder } from '../../store/folder-lock.ts';
import * as keys from '../../store/keys.ts';
import { type Cell, resolveMatch } from '../../sweep/cells.ts';
import type { CellResult } from '../../sweep/results.ts';
import { readResult, storeOf } from './folder.ts';
import { Schedule, type Scheduled } from './schedule.ts';
import type { SearchOutcome, SearchTask } from './worker.ts';

export interface RunnerOptions {
  /** Results folder of the sweep. */
  readonly out: string;
  /** Threads, each with one search at a time. */
  readonly workers: number;
  /** When it fires, searches stop after the generation in flight, and no other is begun. */
  readonly signal: AbortSignal;
  /** Expected seconds of a cell. */
  readonly expected: (cell: Cell) => number;
  readonly onStart: (cell: Cell) => void;
  readonly onEnd: (cell: Cell, result: CellResult) => void;
}

interface Item extends Scheduled {
  readonly cell: Cell;
}

/** Runs `cells`; `results` has what is done, and is given what gets done. */
export async function runCells(
  cells: readonly Cell[],
  results: Map<string, CellResult>,
  options: RunnerOptions,
): Promise<void> {
  const items = cells.map((cell): Item => {
    const { id, seed, match } = cell;
    const work = options.expected(cell);
    return { id, seed, waitsFor: match?.cell, work, cell };
  });
  const workers = Math.min(options.workers, items.length);
  if (workers === 0) return;
  const schedule = new Schedule(items, workers);
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const onStop = () => Atomics.store(stop, 0, 1);
  options.signal.addEventListener('abort', onStop);
  const ended = (cell: Cell, result: CellResult) => {
    results.set(cell.id, result);
    options.onEnd(cell, result);
  };
  const all = (threads: Piscina) =>
    new Promise<void>((resolve, reject) => {
      let running = 0;
      const fill = () => {
        while (running < workers && !options.signal.aborted) {
          const item = schedule.next();
          if (!item) break;
          const { cell } = item;
          running++;
          options.onStart(cell);
          runCell(cell, results, threads, stop, options.out)
            .then((result) => {
              running--;
              if (result?.status === 'succeeded') schedule.succeeded(cell.id);
              if (result) ended(cell, result);
              if (result?.status === 'failed') {
                for (const lost of schedule.failed(cell.id)) {
                  const error = `waits for ${lost.waitsFor}, which failed`;
                  ended(lost.cell, { status: 'failed', error });
                }
              }
              fill();
            })
            .catch(reject);
        }
        if (running === 0) resolve();
      };
      fill();
    });
  try {
    await withThreads({ file: new URL('worker.ts', import.meta.url).href, count: workers }, all);
  } finally {
    options.signal.removeEventListener('abort', onStop);
  }
}

/** Undefined: stopped. */
async function runCell(
  cell: Cell,
  results: ReadonlyMap<string, CellResult>,
  threads: Piscina,
  stop: Int32Array,
  out: string,
): Promise<CellResult | undefined> {
  const store = storeOf(out, cell.id);
  try {
    // Somebody may be at work on the run alone.
    using _ = await lockFolder(fileURLToPath(store.uri), { command: 'tombola sweep', name: cell.id });
    const spec = specOf(cell, results, out);
    // One chunk a generation: the other cores have searches of their own. Results do not depend on it.
    const evaluation = { ...spec.evaluation, maxConcurrency: 1, minChunkSeconds: 0 };
    const task: SearchTask = {
      name: cell.id,
      input: JSON.parse(JSON.stringify({ ...spec, evaluation, run: store.uri })),
      stop,
    };
    const outcome: SearchOutcome = await threads.run(task);
    if (outcome.status === 'stopped') return undefined;
    if (outcome.status === 'failed') return { status: 'failed', error: outcome.error };
    const result = await readResult(out, cell.id, spec);
    if (!result) return { status: 'failed', error: 'the run ended without a summary' };
    await dropIntermediates(store, spec);
    return result;
  } catch (thrown) {
    // The thread died, or the spec with what it took over is invalid: this cell's failure, and no other's.
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { status: 'failed', error: `${error.name}: ${error.message}` };
  }
}

/** The spec of a cell once the one that it waits for is done. `out`: the sweep's folder. */
export function specOf(cell: Cell, results: ReadonlyMap<string, CellResult>, out: string): AskedSpec {
  const waited = cell.match && results.get(cell.match.cell);
  if (!cell.match) return cell.spec;
  if (waited?.status !== 'succeeded') throw new Error(`waits for ${cell.match.cell}, which is not done`);
  const ticket = fileURLToPath(storeOf(out, cell.match.cell).uri + keys.TICKET_MASK);
  return resolveMatch(cell, { ...waited.summary, ticket });
}
