/** The folders of runs and sweeps on this computer: which they are, and where they are looked for. */
import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { errorCode, explainFileError, fileErrorReason, isMissing } from '../../base/file-errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import { nearest } from '../../runspec/parser.ts';
import { isBookkeeping } from '../../store/folder-lock.ts';
import * as keys from '../../store/keys.ts';
import { shown } from '../paths.ts';
import { placeOfAll, RUNS_FOLDER, SWEEPS_FOLDER } from './places.ts';

type Kind = 'run' | 'sweep';

export interface StoredFolder {
  readonly kind: Kind;
  /** Absolute. */
  readonly folder: string;
  /** As people call it: from where they are. */
  readonly name: string;
  /** The sweep that a run is a cell of. */
  readonly sweep?: string;
  /** Why it cannot be looked into. */
  readonly unreadable?: string;
}

/**
 * Whether a folder that holds these names is a run's or a sweep's. A spec.json alone is none: it may be a spec that
 * somebody wrote, among other work of theirs.
 */
function kindOf(names: readonly string[]): Kind | undefined {
  const holds = (...wanted: readonly string[]) => wanted.some((name) => names.includes(name));
  const begun = names.some(isBookkeeping);
  if (holds(keys.SWEEP) && (begun || holds(keys.CELLS.slice(0, -1), keys.SWEEP_CSV))) return 'sweep';
  return holds(keys.SPEC) && (begun || holds(keys.MANIFEST, keys.SUMMARY)) ? 'run' : undefined;
}

/**
 * The runs and sweeps in a folder, in its `runs` and in its `sweeps`; of a sweep its cells, of a run itself. Throws
 * UserError where the folder cannot be read.
 */
export function storedIn(given: string): StoredFolder[] {
  const folder = resolve(given);
  const entries = entriesOf(folder);
  const kind = kindOf(entries.map(({ name }) => name));
  if (kind === 'run') return [{ kind, folder, name: shown(folder) }];
  if (kind === 'sweep') return below(folder, keys.CELLS).map((cell) => ({ ...cell, sweep: folder }));
  return [
    // Folders without runs may be unreadable.
    ...childrenOf(folder, entries).filter(({ unreadable }) => unreadable === undefined),
    ...[RUNS_FOLDER, SWEEPS_FOLDER].flatMap((name) => below(folder, name)),
  ];
}

/** Entries of a folder that may be absent. */
function below(folder: string, name: string): StoredFolder[] {
  const inside = join(folder, name);
  try {
    return childrenOf(inside, entriesOf(inside));
  } catch (error) {
    if (error instanceof UserError && isMissing(error.cause)) return [];
    throw error;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const where = shown(folder);
    if (errorCode(cause) === 'ENOTDIR' && existsSync(folder))
      throw new UserError(`${where}: is a file; give a folder that holds runs or sweeps`, { cause });
    if (isMissing(cause)) throw new UserError(`${where}: there is no such folder; check the path`, { cause });
    throw new UserError(`${where}: cannot be read: ${explainFileError(cause, 'reading')}`, { cause });
  }
}

/** The runs and sweeps that are a folder's own children. */
function childrenOf(parent: string, entries: readonly Dirent[]): StoredFolder[] {
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  return folders.map(({ name }) => lookAt(join(parent, name))).filter((one) => one !== undefined);
}

/** Undefined where there is neither a run nor a sweep. */
export function lookAt(folder: string): StoredFolder | undefined {
  const name = shown(folder);
  try {
    const kind = kindOf(readdirSync(folder));
    return kind && { kind, folder, name };
  } catch (error) {
    if (isMissing(error)) return undefined;
    return { kind: 'run', folder, name, unreadable: fileErrorReason(error, 'reading') };
  }
}

/** The runs and sweeps that are found without saying where: in the current folder, and where new ones go. */
export function storedHere(): StoredFolder[] {
  const all = placeOfAll();
  return [...storedIn('.'), ...(resolve(all) === process.cwd() || !existsSync(all) ? [] : storedIn(all))];
}

/** The run or sweep that a path names, or the name of one in `runs` or `sweeps`; undefined where there is none. */
export function findNamed(written: string): StoredFolder | undefined {
  const all = placeOfAll();
  // A shell ends the name of a folder with a slash.
  const given = written.replace(/(?<=[^/\\])[/\\]+$/, '');
  const plain = given === basename(given);
  const places = plain ? [given, join(all, RUNS_FOLDER, given), join(all, SWEEPS_FOLDER, given)] : [given];
  for (const place of places) {
    const found = lookAt(resolve(place));
    if (found) return found;
  }
  return undefined;
}

/**
 * The run or the sweep that a path names, or the name of one in `runs` or `sweeps`. Throws UserError with the nearest
 * names.
 */
export function folderNamed(given: string): StoredFolder {
  const found = findNamed(given);
  if (found?.unreadable !== undefined) {
    throw new UserError(`${found.name}: cannot be read: ${found.unreadable}; check who may read it`);
  }
  if (found) return found;
  const near = nearestStored(given);
  const hint = near === undefined ? '' : `did you mean ${near}? `;
  throw new UserError(
    `${given || "''"}: is not the folder of a run or a sweep; ${hint}'tombola list' lists those that are here`,
  );
}

/**
 * The folder that a command goes on with: that of the run or sweep of this name, otherwise the path itself, of which the
 * command says best what is missing. Throws UserError with the nearest names where there is nothing.
 */
export function folderFor(given: string): string {
  const found = findNamed(given);
  if (found) return found.folder;
  const near = existsSync(given) ? undefined : nearestStored(given);
  if (near === undefined) return given;
  throw new UserError(
    `${given}: there is no such run; did you mean ${near}? 'tombola list' lists those that are here`,
  );
}

/** Names of runs and sweeps that come near to one, in words; undefined where none does. */
export function nearestStored(given: string): string | undefined {
  const known = storedHere();
  const plain = given === basename(given);
  const short = plain ? known.map(({ folder }) => basename(folder)) : [];
  const near = nearest(given, [...new Set([...short, ...known.map(({ name }) => name)])]);
  return near.length > 0 ? near.map(shellWord).join(' or ') : undefined;
}
