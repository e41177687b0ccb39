/** `tombola remove` and `tombola prune`: runs and sweeps on this computer are deleted, and nothing else. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { UserError } from '../../base/errors.ts';
import { explainFileError } from '../../base/file-errors.ts';
import { byteSize, counted } from '../../base/format.ts';
import { printable } from '../../base/printable.ts';
import { isArtifact } from '../../store/artifacts.ts';
import { isBookkeeping, lockFolder, processIn } from '../../store/folder-lock.ts';
import * as keys from '../../store/keys.ts';
import { print, printJson, tell } from '../output.ts';
import { shown } from '../paths.ts';
import { storedRuns, tableOf } from './list.ts';
import { folderNamed } from './stored-folders.ts';
import { readStored, type StoredRun } from './stored-run.ts';

interface RemoveOptions {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export async function remove(given: readonly string[], options: RemoveOptions): Promise<void> {
  const folders = given.map(folderNamed);
  const found = [...new Map(folders.map((one) => [one.folder, one])).values()].map(readStored);
  for (const run of found) {
    const why = whyKept(run);
    if (why !== undefined) throw new UserError(printable(`${run.name}: ${why}`));
  }
  await removeAll(found, options);
}

/** Folders that did not change for so many seconds. Those that may not be deleted are left out, with a message. */
export async function removeOlder(
  folders: readonly string[],
  { olderThan, ...options }: RemoveOptions & { readonly olderThan: number },
): Promise<void> {
  const before = Date.now() - olderThan * 1_000;
  const old = storedRuns(folders).filter(({ changed }) => changed.getTime() < before);
  const kept = old.map((run) => ({ run, why: pruningStops(run) }));
  for (const { run, why } of kept)
    if (why !== undefined) tell(`${printable(`${run.name}: stays: ${why}`)}\n`);
  await removeAll(
    kept.filter(({ why }) => why === undefined).map(({ run }) => run),
    options,
  );
}

function pruningStops(run: StoredRun): string | undefined {
  if (run.state === 'damaged') return 'is damaged; remove it by its name';
  return whyKept(run);
}

/** Why a run may not be removed; undefined where it may. */
function whyKept({ folder, kind, state, problem, name, ...run }: StoredRun): string | undefined {
  if (state === 'unreadable') return `cannot be read: ${problem}; check who may read it`;
  // One that is done may be at work, too: its report is written again.
  const worker = run.process ?? processIn(folder);
  if (worker !== undefined) {
    const which = typeof worker === 'object' ? ` (process ${worker.pid})` : '';
    return `a process is at work in it${which}; wait for it to end, or stop it`;
  }
  if (lstatSync(folder).isSymbolicLink()) return 'is a symbolic link; give the folder that it leads to';
  const sweep = sweepAbove(folder);
  if (sweep !== undefined) return `is a cell of a sweep, whose tables count it; remove ${shown(sweep)} whole`;
  const here = relative(folder, process.cwd());
  if (!here.startsWith('..')) return 'holds the current folder; go to another one first';
  const [other] = othersIn(folder, kind);
  if (other !== undefined) {
    return `holds ${join(name, other)}, which Tombola did not write; move it away first`;
  }
  return firstFixed(folder);
}

/** Why a folder cannot be deleted whole, before any file of it is: a folder that nothing may be deleted from. */
function firstFixed(folder: string): string | undefined {
  const inside = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const one of [dirname(folder), folder, ...inside]) {
    try {
      accessSync(one, constants.W_OK | constants.X_OK);
    } catch (error) {
      return `cannot be removed: ${shown(one)}: ${explainFileError(error, 'writing')}`;
    }
  }
  return undefined;
}

/** The sweep that a folder is a cell of. */
function sweepAbove(folder: string): string | undefined {
  const cells = dirname(folder);
  const sweep = dirname(cells);
  if (basename(cells) !== keys.CELLS.slice(0, -1)) return undefined;
  return readdirSync(sweep).includes(keys.SWEEP) ? sweep : undefined;
}

/** Files that no run and no sweep writes, symbolic links among them. */
function othersIn(folder: string, kind: 'run' | 'sweep'): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !isBookkeeping(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !isArtifact(kind, path.replaceAll('\\', '/')));
}

async function removeAll(runs: readonly StoredRun[], { yes, dryRun, json }: RemoveOptions): Promise<void> {
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  const all = `${countedKinds(runs)}, ${byteSize(bytes)}`;
  const goes = runs.length > 0 && !dryRun;
  if (!json && runs.length > 0) tell(`${tableOf(runs)}\n`);
  if (goes && !yes) await confirm(`Remove ${all}? [y/N] `);
  const removed: StoredRun[] = [];
  try {
    if (goes) {
      for (const run of runs) {
        await removeOne(run);
        removed.push(run);
      }
    }
  } finally {
    const document = { removed: removed.map(described), ...(dryRun ? { would: runs.map(described) } : {}) };
    if (json) printJson({ ...document, bytes });
    else if (runs.length === 0) tell('Nothing to remove.\n');
    else if (dryRun) print(`would remove ${all}\n`);
    else print(removed.map(({ name }) => `removed ${printable(name)}\n`).join(''));
  }
}

/** "2 runs and 1 sweep". */
function countedKinds(runs: readonly StoredRun[]): string {
  const counts = (['run', 'sweep'] as const).map((kind) => ({
    kind,
    count: runs.filter((run) => run.kind === kind).length,
  }));
  const present = counts.filter(({ count }) => count > 0);
  return present.map(({ kind, count }) => counted(count, kind)).join(' and ');
}

const described = ({ kind, name, folder, bytes }: StoredRun) => ({ kind, name, folder, bytes });

/** Throws UserError where nobody says yes. */
async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new UserError('nobody is here to confirm it: give --yes to remove them, or --dry-run to see them');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await Promise.race([terminal.question(question), once(terminal, 'close').then(() => '')]);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    // Ctrl-C and Ctrl-D are a no, on the line of the question.
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    tell('\n');
  } finally {
    terminal.close();
  }
  throw new UserError('nothing was removed');
}

/**
 * Takes the run's lock, so that nobody works in it, and moves it aside at once: a run that begins in its place meanwhile is
 * not touched. Throws UserError, UnusableOutput.
 */
async function removeOne({ folder, name }: StoredRun): Promise<void> {
  const aside = join(dirname(folder), `.tombola-removed-${randomBytes(6).toString('hex')}`);
  try {
    using _ = await lockFolder(folder, { command: 'tombola remove', name });
    renameSync(folder, aside);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${name}: cannot be removed: ${explainFileError(cause, 'writing')}`, { cause });
  }
  try {
    rmSync(aside, { recursive: true, force: true });
  } catch (cause) {
    const why = explainFileError(cause, 'writing');
    throw new UserError(`${name}: was removed in part; the rest is in ${shown(aside)}: ${why}`, { cause });
  }
}
