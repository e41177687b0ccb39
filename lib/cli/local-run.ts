/** `tombola run`, `resume` and `report`: a search on this computer. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../base/errors.ts';
import { ifThere } from '../base/file-errors.ts';
import { byteSize } from '../base/format.ts';
import { availableMemory } from '../base/memory.ts';
import { runSearch } from '../engine/engine.ts';
import invoke from '../engine/worker.ts';
import { sourceOpener } from '../places/sources.ts';
import { readSummary } from '../runs/final/summary.ts';
import { dropEarlierFront, INPUT_KEYS, restoreIntermediates } from '../runs/intermediates.ts';
import { checkPositions } from '../runs/position-memory.ts';
import { lastCompleteState } from '../runs/resumption.ts';
import { openRun } from '../runs/run.ts';
import { keyOfState, lastWholeState } from '../runs/state.ts';
import { checkMemory, memoryOfEvaluation } from '../runspec/memory.ts';
import type { AskedSpec, RunSpec } from '../runspec/schema.ts';
import { isComplete } from '../runspec/shape.ts';
import { FolderStore } from '../store/folder.ts';
import { lockFolder } from '../store/folder-lock.ts';
import * as keys from '../store/keys.ts';
import type { SearchState } from '../workflow/payloads.ts';
import { SEARCH_FUNCTIONS } from '../workflow/states.ts';
import { longSearchNotice } from './expected-time.ts';
import { runName } from './input.ts';
import { interruption } from './interruption.ts';
import { lockOutput, newFolder } from './local/places.ts';
import { folderFor } from './local/stored-folders.ts';
import { tell } from './output.ts';
import { shown } from './paths.ts';
import { createProgress } from './progress.ts';
import { printResult, printStopped, printSummary } from './result.ts';
import { showOnPage } from './run-page.ts';

export interface RunOptions {
  readonly out?: string;
  readonly workers?: number;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether to show it in the browser. */
  readonly open?: boolean;
}

/** Bytes from which the memory that a search needs is said before it begins. */
const MUCH_MEMORY = 2e9;

/** Runs a search; gives the exit code. */
export async function runLocally(spec: AskedSpec, options: RunOptions): Promise<number> {
  const out = resolve(options.out ?? newFolder('run', runName(spec)));
  const workers = options.workers ?? availableParallelism();
  if (spec.budget?.dollars !== undefined && !options.quiet) {
    tell('budget.dollars is ignored: a run on this computer costs nothing\n');
  }
  // Before anything is promised, or written.
  checkMemory(spec, availableMemory());
  checkPositions(spec, availableMemory());
  using _ = await lockOutput(out, 'tombola run');
  const notices = !options.quiet && isComplete(spec) ? noticesOf(spec, workers) : [];
  if (options.open) showOnPage(out);
  return await execute(inputOf(spec, out), out, workers, options, notices);
}

/** What a long or large search will take. */
function noticesOf(spec: RunSpec, workers: number): string[] {
  const memory = memoryOfEvaluation(spec);
  return [
    longSearchNotice(spec, workers) ?? [],
    memory > MUCH_MEMORY ? `It needs up to ${byteSize(memory)} of memory.` : [],
  ].flat();
}

/** The machine's input for a search on this computer, its run in the folder `out`. */
export function inputOf(spec: AskedSpec, out: string) {
  // On one computer all threads share one chunk, whatever the spec says of the cloud. Results do not depend on it.
  const evaluation = { ...spec.evaluation, maxConcurrency: 1, minChunkSeconds: 0 };
  return { ...spec, evaluation, run: uriOfFolder(out) };
}

/** Goes on with a run that was stopped or killed; gives the exit code. */
export async function resumeLocally(folder: string, options: RunOptions): Promise<number> {
  const out = resolve(folderFor(folder));
  await requireFolder(out);
  // A finished run needs no lock, and its folder may be read-only.
  const finished = await printFinished(out, options);
  if (finished !== undefined) return finished;
  using _ = await lockFolder(out, { command: 'tombola resume', name: shown(out) });
  const meanwhile = await printFinished(out, options);
  if (meanwhile !== undefined) return meanwhile;
  await requireRun(out);
  const workers = options.workers ?? availableParallelism();
  return await execute({ run: uriOfFolder(out) }, out, workers, options);
}

/** Writes the report, and all that belongs to it, of a run's last complete generation; gives the exit code. */
export async function reportLocally(folder: string, options: RunOptions): Promise<number> {
  const out = resolve(folderFor(folder));
  await requireFolder(out);
  using _ = await lockFolder(out, { command: 'tombola report', name: shown(out) });
  await requireRun(out);
  await rewriteReport(out);
  const summary = await lastSummary(out);
  if (summary) printSummary(summary, out, options);
  return 0;
}

/** Finalizes the run in the folder `out` once more. */
export async function rewriteReport(out: string): Promise<void> {
  const store = new FolderStore(uriOfFolder(out));
  // A cell of a sweep has dropped what can be made again.
  if (existsSync(join(out, keys.SUMMARY))) await restoreIntermediates(store, sourceOpener());
  const state = await lastCompleteState(await openRun(store));
  const answered = await invoke({ file: SEARCH_FUNCTIONS.Finalize.file, event: state });
  // A refused run has nothing to continue from.
  if (!('error' in answered)) return await tellTorn(out, 'the report is of');
  const { errorType: name, errorMessage } = answered.error;
  throw Object.assign(new Error(errorMessage), { name });
}

/** Whether all that the report of a finished run is made of is in the folder `out`, or can be made again. */
export async function canBeReported(out: string): Promise<boolean> {
  const there = (key: string) => existsSync(join(out, key));
  if (!there(keys.MANIFEST)) return false;
  const store = new FolderStore(uriOfFolder(out));
  // They are all dropped at once, and made again.
  const { manifest } = await openRun(store);
  const inputs = INPUT_KEYS.filter((key) => manifest.checksums[key] !== undefined);
  const left = inputs.filter(there).length;
  if (left !== 0 && left !== inputs.length) return false;
  const generations = await store.list(keys.GENERATIONS);
  const end = generations.map(keys.generationOf).find((at) => at !== undefined && there(keys.endOf(at)));
  if (end === undefined) return false;
  // Training keeps its measurements in its memory; a search keeps its rows in a history of its own.
  const [history] = await store.list(keys.HISTORY_SEGMENTS);
  return history !== undefined || there(keys.memoryOf(end));
}

/** `notices`: told once the search has all its inputs, and nothing can be wrong with them any more. */
async function execute(
  input: unknown,
  out: string,
  workers: number,
  options: RunOptions,
  notices: readonly string[] = [],
): Promise<number> {
  await tellTorn(out);
  const progress = options.quiet ? undefined : createProgress(process.stderr);
  let last: SearchState | undefined;
  const stopped = () => {
    progress?.end();
    printStopped(last, out, options);
  };
  using stop = interruption({
    onStop: () => {
      if (!options.quiet)
        tell('\nStopping after the generation or the epochs in flight; Ctrl-C again stops at once.\n');
    },
    onTooLong: stopped,
  });
  try {
    const outcome = await runSearch(input, {
      workers,
      name: basename(out),
      signal: stop.signal,
      onState: (state) => {
        if (!last) for (const notice of notices) tell(`${notice}\n`);
        last = state;
        progress?.update(state);
      },
      onPruning: (pruning) => progress?.prune(pruning),
    });
    if (outcome.status === 'stopped') {
      stopped();
      return stop.exitCode() ?? 0;
    }
    progress?.end();
    const summary = await lastSummary(out);
    if (!summary) throw new Error(`${out}: the run ended without a summary`);
    return printResult(summary, out, options);
  } catch (error) {
    progress?.end();
    throw error;
  }
}

/** The summary that was just written; of an earlier one, nothing stays that this one does not have. */
async function lastSummary(out: string) {
  const store = new FolderStore(uriOfFolder(out));
  const summary = await readSummary(store);
  if (summary) await dropEarlierFront(store, summary);
  return summary;
}

/** The URI of a folder. */
export function uriOfFolder(out: string): string {
  return pathToFileURL(join(out, '/')).href;
}

/** Gives what is in it. */
async function requireFolder(out: string): Promise<readonly string[]> {
  const names = await ifThere(readdir(out));
  if (names) return names;
  throw new UserError(`${shown(out)}: there is no such folder; give the folder of a run (its --out)`);
}

/** Throws UserError unless the folder `out` holds a run. */
export async function requireRun(out: string): Promise<void> {
  const where = shown(out);
  const names = await requireFolder(out);
  if (names.includes(keys.SWEEP) && !names.includes(keys.MANIFEST)) {
    throw new UserError(
      `${where}: is a sweep; to continue it, repeat its 'tombola sweep' command; for one of its runs, give a folder in its ${keys.CELLS}`,
    );
  }
  if (!names.includes(keys.MANIFEST)) {
    throw new UserError(
      `${where}: holds no run (no ${keys.MANIFEST}); give the folder of a run (its --out); 'tombola list' lists those that are here`,
    );
  }
}

/** A power cut costs a generation or a few, and it is said which. */
async function tellTorn(out: string, what = 'going on from'): Promise<void> {
  if (!existsSync(join(out, keys.MANIFEST))) return;
  const { state, torn } = await lastWholeState(new FolderStore(uriOfFolder(out)));
  for (const key of torn) {
    tell(`${join(shown(out), key)}: is torn, as by a power cut: ${what} ${keyOfState(state)}\n`);
  }
}

/** Prints the summary of a run that is over, and gives the exit code; undefined where there is none. */
async function printFinished(out: string, options: RunOptions): Promise<number | undefined> {
  const store = new FolderStore(uriOfFolder(out));
  const summary = await readSummary(store);
  if (summary?.status !== 'succeeded') return undefined;
  // Nothing but a whole run.
  await openRun(store);
  return printResult(summary, out, options);
}
