/** `tombola sweep`: a grid of searches on this computer, and what they found together. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { sum } from 'd3-array';
import { InvalidSpec } from '../../base/errors.ts';
import { counted, duration, whole } from '../../base/format.ts';
import { availableMemory } from '../../base/memory.ts';
import { shellWord } from '../../base/shell-word.ts';
import { dropIntermediates } from '../../runs/intermediates.ts';
import type { Budget } from '../../runspec/budget.ts';
import type { AskedSpec } from '../../runspec/schema.ts';
import { readKeptRuns } from '../../steps/sweep/kept-runs.ts';
import { writeSweepResults } from '../../steps/sweep/results.ts';
import { resultsOfSweep } from '../../store/artifacts.ts';
import { SWEEP_REPORT } from '../../store/keys.ts';
import { surfacesOf } from '../../sweep/attainment.ts';
import { type Cell, type CheckedSweep, slug } from '../../sweep/cells.ts';
import { overallDocument, overallNotes } from '../../sweep/overall-tables.ts';
import { reachDocument, reachNotes, reachTable } from '../../sweep/reach-tables.ts';
import { fewPairsNote, LEGENDS, notesOfComparisons, readableTables } from '../../sweep/readable-tables.ts';
import { type CellResult, type Results, summarize } from '../../sweep/results.ts';
import { SIZES_NOTE } from '../../sweep/size-tables.ts';
import { equalSizes } from '../../sweep/sizes.ts';
import { DONE, OUR_MISTAKE } from '../exit-codes.ts';
import { interruption } from '../interruption.ts';
import { lockOutput, newFolder } from '../local/places.ts';
import { print, printJson, tell } from '../output.ts';
import { shown } from '../paths.ts';
import { plainTable } from '../result.ts';
import { expectSeconds, groupOf } from './expectation.ts';
import { claimFolder, readResult, storeOf } from './folder.ts';
import { createSweepProgress } from './progress.ts';
import { resolveSweep } from './resolution.ts';
import { runCells, specOf } from './runner.ts';

export interface SweepOptions {
  /** As given on the command line. */
  readonly runs?: number;
  readonly out?: string;
  readonly workers?: number;
  /** In place of the sweep's own. */
  readonly budget?: Budget;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Runs what is still to be run of a sweep; gives the exit code. `source`: as on the command line. */
export async function sweepLocally(
  asked: CheckedSweep,
  source: string,
  options: SweepOptions,
): Promise<number> {
  const checked = await resolveSweep(asked, availableMemory());
  const { sweep, cells } = checked;
  const out = resolve(
    options.out ?? newFolder('sweep', sweep.name === undefined ? fileName(source) : slug(sweep.name)),
  );
  const workers = options.workers ?? availableParallelism();
  using _ = await lockOutput(out, 'tombola sweep');
  await claimFolder(out, sweep);
  const results = await finishedCells(out, cells);
  const open = cells.filter(({ id }) => !results.has(id));
  const expected = expectSeconds(cells);
  if (!options.quiet && open.length > 0) {
    const groups = new Set(cells.map(groupOf)).size;
    const few = fewPairsNote(groups - groups / sweep.algorithms.length, sweep.seeds.length);
    if (few !== undefined) tell(`${few}\n`);
  }
  const shownCells = { cells, results, workers, expected };
  const progress = options.quiet ? undefined : createSweepProgress(process.stderr, shownCells);

  const began = performance.now();
  const conclude = async (stoppedWith: number | undefined): Promise<number> => {
    progress?.end();
    const seconds = (performance.now() - began) / 1000;
    const summarized = await writeSweepResults(storeOf(out), sweep, summarize(checked, results));
    printResults(checked, summarized, { out, options, ran: open, workers, seconds });
    const failed = [...results.values()].filter(({ status }) => status === 'failed').length;
    if (!options.quiet && (failed > 0 || stoppedWith !== undefined)) {
      const command = [
        'npx tombola sweep',
        shellWord(source),
        ...(options.runs === undefined ? [] : [`--runs ${options.runs}`]),
        ...(options.out === undefined ? [] : [`--out ${shellWord(options.out)}`]),
      ];
      const failures = failed > 0 ? `${counted(failed, 'cell')} failed. ` : '';
      tell(`${failures}To ${failed > 0 ? 'try again' : 'continue'}: ${command.join(' ')}\n`);
    }
    return stoppedWith ?? (failed > 0 ? OUR_MISTAKE : DONE);
  };
  const stopping = 'Stopping after the generations in flight, then writing the results';
  const budget = options.budget ?? sweep.budget;
  if (budget?.dollars !== undefined && !options.quiet) {
    tell('budget.dollars is ignored: a sweep on this computer costs nothing\n');
  }
  const time = timeOf(budget);
  using stop = interruption({
    onStop: () => {
      if (!options.quiet) tell(`\n${stopping}; Ctrl-C again stops at once.\n`);
    },
    onTooLong: async () => {
      await conclude(stop.exitCode());
    },
  });
  await runCells(open, results, {
    out,
    workers,
    signal: AbortSignal.any([stop.signal, ...(time ? [time] : [])]),
    expected,
    onStart: (cell) => progress?.started(cell),
    onEnd: (cell, result) => progress?.ended(cell, result),
  });
  const code = await conclude(stop.exitCode());
  if (time?.aborted && stop.exitCode() === undefined && !options.quiet && results.size < cells.length) {
    tell(
      `The sweep's budget of time is spent: ${counted(cells.length - results.size, 'cell')} left. To continue, repeat the command.\n`,
    );
  }
  return code;
}

/** Timers take no longer times: 24 days. */
const LONGEST = 2 ** 31 - 1;

/** Fires when the time of a budget is over. */
function timeOf(budget: Budget | undefined): AbortSignal | undefined {
  if (budget?.minutes === undefined) return undefined;
  return AbortSignal.timeout(Math.min(LONGEST, Math.ceil(budget.minutes * 60_000)));
}

/** A file's name without its folder and ending. */
function fileName(source: string): string {
  const [name = ''] = (source.split(/[\\/]/).at(-1) ?? '').split('.');
  return name === '' || name === '-' ? 'sweep' : name;
}

/** The cells that are done already, without what a done cell drops; each comes after the cell that it depends on. */
async function finishedCells(out: string, cells: readonly Cell[]): Promise<Map<string, CellResult>> {
  const results = new Map<string, CellResult>();
  const kept = await readKeptRuns(storeOf(out), cells);
  for (const cell of cells) {
    if (cell.match && results.get(cell.match.cell)?.status !== 'succeeded') continue;
    const spec = specIfValid(cell, results, out);
    const result = spec && (await readResult(out, cell.id, spec, kept.get(cell.id)));
    if (!result) continue;
    results.set(cell.id, result);
    // A kill between its summary and the drop left it all there.
    await dropIntermediates(storeOf(out, cell.id), spec);
  }
  return results;
}

/** Undefined where what the matched cell found makes no spec that can run: who runs the cell reports it. */
function specIfValid(
  cell: Cell,
  results: ReadonlyMap<string, CellResult>,
  out: string,
): AskedSpec | undefined {
  try {
    return specOf(cell, results, out);
  } catch (error) {
    if (error instanceof InvalidSpec) return undefined;
    throw error;
  }
}

interface Execution {
  readonly out: string;
  readonly options: SweepOptions;
  /** The cells that were still to be run. */
  readonly ran: readonly Cell[];
  readonly workers: number;
  readonly seconds: number;
}

function printResults({ sweep, cells }: CheckedSweep, results: Results, execution: Execution): void {
  const { out, options, ran, workers, seconds } = execution;
  const short = (file: string) => shown(join(out, file));
  const succeeded = results.runs.filter(({ result }) => result?.status === 'succeeded');
  if (options.json) {
    const failures = results.runs.flatMap(({ cell, result }) =>
      result?.status === 'failed' ? [{ cell: cell.id, error: result.error }] : [],
    );
    printJson({
      name: sweep.name ?? null,
      out,
      cells: {
        total: cells.length,
        succeeded: succeeded.length,
        failed: failures.length,
        missing: cells.length - succeeded.length - failures.length,
      },
      seconds,
      failures,
      groups: results.groups.map(({ point: { values: grid }, runs, ...group }) => {
        return { ...group, grid, n: runs.length };
      }),
      comparisons: results.comparisons.map(({ point: { values: grid }, ...comparison }) => {
        return { ...comparison, grid };
      }),
      overall: overallDocument(results.overall),
      fronts: surfacesOf(results.groups).map(({ point: { values: grid }, ...surfaces }) => {
        return { ...surfaces, grid };
      }),
      sizes: equalSizes(results.groups, sweep.reference).map(({ point: { values: grid }, ...row }) => {
        return { ...row, grid };
      }),
      reach: reachDocument(results.reach),
      progress: results.progress.map(({ point, ...row }) => ({ ...row, grid: point.values })),
      artifacts: Object.fromEntries(resultsOfSweep().map(([file]) => [file, join(out, file)])),
    });
    return;
  }
  if (options.quiet) {
    print(`${short(SWEEP_REPORT)}\n`);
    return;
  }
  const { results: found, comparisons, sizes, overall } = readableTables(sweep, results);
  const parts = [plainTable(found.rows, found.head), LEGENDS.results];
  if (comparisons.rows.length > 0) {
    parts.push(plainTable(comparisons.rows, comparisons.head), ...notesOfComparisons(sweep, results));
  }
  if (sizes.rows.length > 0) parts.push(plainTable(sizes.rows, sizes.head), SIZES_NOTE);
  if (results.reach.length > 0) {
    const { rows, head } = reachTable(sweep, results.reach);
    parts.push(plainTable(rows, head), ...reachNotes(sweep));
  }
  if (overall.rows.length > 0) {
    parts.push(plainTable(overall.rows, overall.head), ...overallNotes(results.overall));
  }
  const done = new Set(ran.map(({ id }) => id));
  const searching = sum(
    results.groups.flatMap(({ runs }) => runs.filter(({ id }) => done.has(id))),
    ({ summary }) => summary.seconds,
  );
  parts.push(
    plainTable([
      ['cells', `${whole(succeeded.length)} of ${whole(cells.length)} done`],
      ['time', `${duration(seconds)} for searches of ${duration(searching)}, on ${whole(workers)} threads`],
      ...resultsOfSweep().map(([file, label]) => [label, short(file)]),
    ]),
  );
  print(`\n${parts.join('\n\n')}\n`);
}
