/** Runs the cells of a sweep, one search at a time on each core. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Piscina } from 'piscina';
import { estimateCost } from '../../cost/estimate.ts';
import { multiplyAdds } from '../../network/architecture.ts';
import { trainSamples } from '../../spec/limits.ts';
import type { RunSpec } from '../../spec/schema.ts';
import { dropIntermediates } from '../../steps/intermediates.ts';
import { FolderStore } from '../../store/folder.ts';
import { type Cell, resolveMatch } from '../../sweep/cells.ts';
import type { CellResult } from '../../sweep/results.ts';
import { cellFolder, readResult } from './folder.ts';
import { Schedule } from './schedule.ts';
import type { SearchOutcome, SearchTask } from './worker.ts';

export interface RunnerOptions {
  /** Results folder of the sweep. */
  readonly out: string;
  /** Threads, each with one search at a time. */
  readonly workers: number;
  /** When it fires, searches stop after the generation in flight, and no other is begun. */
  readonly signal: AbortSignal;
  readonly onStart: (cell: Cell) => void;
  readonly onEnd: (cell: Cell, result: CellResult) => void;
}

interface Item {
  readonly id: string;
  readonly waitsFor: string | undefined;
  readonly work: number;
  readonly cell: Cell;
}

/** Runs `cells`; `results` has what is done, and is given what gets done. */
export async function runCells(
  cells: readonly Cell[],
  results: Map<string, CellResult>,
  options: RunnerOptions,
): Promise<void> {
  const items = cells.map((cell) => ({
    id: cell.id,
    waitsFor: cell.match?.cell,
    work: estimateWork(cell.spec),
    cell,
  }));
  const workers = Math.min(options.workers, items.length);
  if (workers === 0) return;
  const schedule = new Schedule<Item>(items);
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const onStop = () => Atomics.store(stop, 0, 1);
  options.signal.addEventListener('abort', onStop);
  const threads = new Piscina({
    filename: new URL('worker.ts', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
  });
  const ended = (cell: Cell, result: CellResult) => {
    results.set(cell.id, result);
    options.onEnd(cell, result);
  };
  try {
    await new Promise<void>((resolve, reject) => {
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
  } finally {
    options.signal.removeEventListener('abort', onStop);
    await threads.destroy();
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
  const place = pathToFileURL(join(cellFolder(out, cell.id), '/')).href;
  try {
    const spec = specOf(cell, results);
    // One chunk a generation: the other cores have searches of their own. Results do not depend on it.
    const evaluation = { ...spec.evaluation, maxConcurrency: 1, minChunkSeconds: 0 };
    const task: SearchTask = {
      name: cell.id,
      input: JSON.parse(JSON.stringify({ ...spec, evaluation, run: place })),
      stop,
    };
    const outcome: SearchOutcome = await threads.run(task);
    if (outcome.status === 'stopped') return undefined;
    if (outcome.status === 'failed') return { status: 'failed', error: outcome.error };
    const result = await readResult(out, cell.id, spec);
    if (!result) return { status: 'failed', error: 'the run ended without a summary' };
    await dropIntermediates(new FolderStore(place));
    return result;
  } catch (thrown) {
    // The thread died, or the spec with what it took over is invalid: this cell's failure, and no other's.
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { status: 'failed', error: `${error.name}: ${error.message}` };
  }
}

/** The spec of a cell once the one that it waits for is done. */
export function specOf(cell: Cell, results: ReadonlyMap<string, CellResult>): RunSpec {
  const waited = cell.match && results.get(cell.match.cell);
  if (!cell.match) return cell.spec;
  if (waited?.status !== 'succeeded') throw new Error(`waits for ${cell.match.cell}, which is not done`);
  return resolveMatch(cell, waited.summary);
}

const known = new WeakMap<RunSpec['network']['layers'], number>();

/** Multiply-adds a second that a core manages, and what a generation takes beside them, seconds. */
const MULTIPLY_ADDS_PER_SECOND = 6e9;
const SECONDS_PER_GENERATION = 0.01;

/** Algorithms whose guess is that of one function at work from start to end: it holds here as well. */
const TRAINING: readonly string[] = ['edge-popup', 'backprop'];

/** Seconds of a search on one core, at most; cells that differ by their seed alone share their layers. */
export function estimateWork(spec: RunSpec): number {
  const { layers } = spec.network;
  const before = known.get(layers);
  if (before !== undefined) return before;
  const { evaluations, generations, minutes } = estimateCost(spec).high;
  const arithmetic = evaluations * multiplyAdds(layers) * trainSamples(spec.task);
  const work = TRAINING.includes(spec.algorithm)
    ? 60 * minutes
    : arithmetic / MULTIPLY_ADDS_PER_SECOND + generations * SECONDS_PER_GENERATION;
  known.set(layers, work);
  return work;
}
