/**
 * The runs and sweeps that the page lists. A folder is read again when it has changed, so that a thousand runs that are
 * done cost a look at their folders each.
 */
import { statSync } from 'node:fs';
import { type StoredFolder, storedIn } from '../cli/local/stored-folders.ts';
import { readStored, type StoredRun } from '../cli/local/stored-run.ts';
import type { Changes, RunRow } from './messages.ts';

interface Known {
  readonly run: StoredRun;
  /** When its folder changed last: a process that begins or ends there, or leaves a result, changes it. */
  readonly stamp: number;
  /** What the page is told of it. */
  readonly listed: RunRow;
  readonly text: string;
}

export class KnownRuns {
  readonly #folders: readonly string[];
  #known = new Map<string, Known>();
  /** Why runs could not be started or ended badly, by name, until they are started again. */
  readonly problems = new Map<string, string>();

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Looks at the folders again; gives what has changed. Throws UserError for a folder that cannot be read. */
  refresh(): Changes {
    const before = this.#known;
    const found = this.#folders.flatMap(storedIn);
    this.#known = new Map(found.map((folder) => [folder.name, this.#look(folder, before.get(folder.name))]));
    const runs = [...this.#known].flatMap(([name, { listed, text }]) =>
      before.get(name)?.text === text ? [] : [listed],
    );
    return { all: false, runs, gone: [...before.keys()].filter((name) => !this.#known.has(name)) };
  }

  /** All of them, as they were seen last. */
  all(): Changes {
    return { all: true, runs: [...this.#known.values()].map(({ listed }) => listed), gone: [] };
  }

  /** The run or sweep of that name, or the cell of a sweep, as it is now; undefined for a name that is none of theirs. */
  find(name: string): StoredRun | undefined {
    const known = this.#known.get(name);
    const folder =
      known?.run ?? this.#cellNamed(name) ?? this.#folders.flatMap(storedIn).find((one) => one.name === name);
    return folder && readStored(folder);
  }

  cellsOf(sweep: StoredFolder): StoredRun[] {
    return storedIn(sweep.folder).map(readStored);
  }

  /** What the page is told of it. */
  describe(run: StoredRun): RunRow {
    const { name, kind, state, process, task, algorithm, seed, testAccuracy, sparsity, generation } = run;
    const sweep =
      run.sweep && [...this.#known.values()].find((one) => one.run.folder === run.sweep)?.run.name;
    return {
      name,
      kind,
      state,
      problem: run.problem ?? this.problems.get(name) ?? null,
      worker: typeof process === 'object' ? `${process.command}, process ${process.pid}` : (process ?? null),
      sweep: sweep ?? null,
      task,
      algorithm,
      seed,
      testAccuracy,
      sparsity,
      generation,
      cells: run.cells ?? null,
      changed: run.changed.getTime(),
      bytes: run.bytes,
    };
  }

  #look(folder: StoredFolder, before: Known | undefined): Known {
    const stamp = changedAt(folder.folder);
    const settled = before && !['running', 'damaged', 'unreadable'].includes(before.run.state);
    const run = settled && before.stamp === stamp ? before.run : readStored(folder);
    const listed = this.describe(run);
    return { run, stamp, listed, text: JSON.stringify(listed) };
  }

  /** A cell is found by its sweep's name, and only among the folders that the sweep has. */
  #cellNamed(name: string): StoredFolder | undefined {
    for (const { run } of this.#known.values()) {
      if (run.kind !== 'sweep' || !name.startsWith(run.name)) continue;
      const cell = storedIn(run.folder).find((one) => one.name === name);
      if (cell) return cell;
    }
    return undefined;
  }

  names(): string[] {
    return [...this.#known.keys()];
  }
}

function changedAt(folder: string): number {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
