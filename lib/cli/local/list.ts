/** `tombola list`: the runs and sweeps on this computer, newest first. */
import { elapsed } from '../../base/elapsed.ts';
import { age, byteSize, percent, whole } from '../../base/format.ts';
import { printable } from '../../base/printable.ts';
import { print, printJson, tell } from '../output.ts';
import { plainTable } from '../result.ts';
import { storedHere, storedIn } from './stored-folders.ts';
import { readStored, type StoredRun } from './stored-run.ts';

interface LocalListOptions {
  /** At most so many, the newest; all where it is absent. */
  readonly limit?: number;
  readonly json: boolean;
}

export function listStored(folders: readonly string[], { limit, json }: LocalListOptions): void {
  const runs = storedRuns(folders).slice(0, limit);
  if (json) {
    printJson(runs.map(documentOf));
    return;
  }
  if (runs.length === 0) {
    const where = folders.length > 0 ? folders.join(', ') : 'this folder, its runs and its sweeps';
    tell(`Nothing in ${where}; 'tombola run' starts a run, 'tombola list --cloud' shows those on AWS.\n`);
    return;
  }
  print(`${tableOf(runs)}\n`);
  for (const { name, problem } of runs)
    if (problem !== undefined) tell(`${printable(`${name}: ${problem}`)}\n`);
}

/** Runs and sweeps in the folders, or in the current one, newest first. Throws UserError for a folder that cannot be read. */
export function storedRuns(folders: readonly string[]): StoredRun[] {
  const found = folders.length > 0 ? folders.flatMap(storedIn) : storedHere();
  const once = [...new Map(found.map((one) => [one.folder, one])).values()];
  return once
    .map(readStored)
    .sort((a, b) => b.changed.getTime() - a.changed.getTime() || a.name.localeCompare(b.name));
}

function documentOf({ unreadable: _, sweep: __, ...run }: StoredRun): object {
  return run;
}

export function tableOf(runs: readonly StoredRun[], now = Date.now()): string {
  const rows = runs.map((run) => [
    run.name,
    run.task ?? '–',
    run.algorithm ?? '–',
    percent(run.testAccuracy, 1),
    percent(run.sparsity, 1),
    age(elapsed(run.changed.getTime(), now) / 1_000),
    stateText(run),
    byteSize(run.bytes),
  ]);
  return plainTable(rows, ['run', 'task', 'algorithm', 'test accuracy', 'sparsity', 'age', 'state', 'size']);
}

function stateText({ kind, state, process, generation, cells }: StoredRun): string {
  const worker = typeof process === 'object' ? ` (process ${process.pid})` : '';
  if (kind === 'sweep' && cells) {
    const failed = cells.failed > 0 ? `, ${whole(cells.failed)} failed` : '';
    return `${state}${worker}: ${whole(cells.done)} of ${whole(cells.total)} cells${failed}`;
  }
  return `${state}${worker}${generation === null ? '' : ` at ${whole(generation)}`}`;
}
