/** The runs that `tombola landscape` is given: their folders, or the folder of a sweep with its cells. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { ifThere } from '../base/file-errors.ts';
import { counted } from '../base/format.ts';
import { expressionOf } from '../base/glob.ts';
import { sourceOpener } from '../places/sources.ts';
import { type FinishedRun, findFinishedRun, openFinishedRun } from '../runs/finished-run.ts';
import { show } from '../runspec/parser.ts';
import { FolderStore } from '../store/folder.ts';
import * as keys from '../store/keys.ts';
import { folderFor } from './local/stored-folders.ts';
import { uriOfFolder } from './local-run.ts';
import { shown } from './paths.ts';

export interface OpenedRuns {
  readonly runs: readonly [FinishedRun, ...FinishedRun[]];
  /** The folder of the first run. */
  readonly folder: string;
  /** How many cells were left out, and why; undefined if none was. */
  readonly leftOut: string | undefined;
}

/** A folder that a run is in. */
interface Place {
  readonly folder: string;
  /** Absent for a run that was given by its own folder. */
  readonly cell?: { readonly id: string; readonly group: string | undefined };
}

/**
 * The runs that the folders are, or hold. Of those that a folder holds the ones without a ticket are left out; one that
 * was given itself must have one. `cells`: only cells of sweeps whose ids match. Throws UserError.
 */
export async function openRuns(given: readonly string[], cells?: string): Promise<OpenedRuns> {
  const folders = given.map(folderFor);
  const expanded = await Promise.all(folders.map(placesIn));
  // Two sweeps may well have cells of the same name.
  const sweeps = expanded.filter(([place]) => place?.cell).length;
  const places = expanded.flatMap((held, index) => {
    const prefix = sweeps > 1 ? `${shown(resolve(folders[index] ?? ''))}/` : '';
    return held.map((place) => prefixed(place, prefix));
  });
  const found = cells === undefined ? places : matching(places, cells);
  const twice = found.find(({ folder }, index) => found.findIndex((one) => one.folder === folder) !== index);
  if (twice !== undefined) throw new UserError(`${shown(twice.folder)}: is given twice`);
  const unique = new Set(found.map(({ folder }) => basename(folder))).size === found.length;
  const nameOf = ({ folder }: Place) => (found.length > 1 && unique ? basename(folder) : shown(folder));
  const opened = await Promise.all(found.map((place) => open(place, nameOf(place))));
  const finished = opened.flatMap((one) => (typeof one === 'string' ? [] : [one]));
  const leftOut = leftOutText(opened.filter((one) => typeof one === 'string'));
  const [first, ...others] = finished;
  if (!first) {
    throw new UserError(
      `${folders.join(', ')}: holds no finished run with a mask${leftOut ? `; ${leftOut}` : ''}`,
    );
  }
  return { runs: [first.run, ...others.map(({ run }) => run)], folder: first.folder, leftOut };
}

async function open({ folder, cell }: Place, name: string) {
  const store = new FolderStore(uriOfFolder(folder));
  const source = sourceOpener();
  const run = cell ? await findFinishedRun(store, name, source) : await openFinishedRun(store, name, source);
  if (typeof run === 'string') return run;
  return { folder, run: cell?.group === undefined ? run : { ...run, group: cell.group } };
}

/** The folder itself if it is a run's; otherwise the runs in it, or in its `cells` (a sweep's results). */
async function placesIn(given: string): Promise<Place[]> {
  const folder = resolve(given);
  const names = await ifThere(readdir(folder));
  if (!names) {
    throw new UserError(`${shown(folder)}: there is no such folder; give the folder of a run (its --out)`);
  }
  if (names.includes(keys.SPEC)) return [{ folder }];
  const parent = names.includes('cells') ? join(folder, 'cells') : folder;
  // So that digits-2 comes before digits-10.
  const ids = (await readdir(parent)).toSorted(new Intl.Collator('en', { numeric: true }).compare);
  const places = await Promise.all(
    ids.map(async (id) => {
      const files = await readdir(join(parent, id)).catch((): string[] => []);
      return files.includes(keys.SPEC)
        ? [{ folder: join(parent, id), cell: { id, group: groupOf(id) } }]
        : [];
    }),
  );
  if (places.flat().length > 0) return places.flat();
  throw new UserError(
    `${shown(folder)}: holds no finished run (no ${keys.SPEC} with a ${keys.SUMMARY}); give the folder of a run (its --out), or of a sweep`,
  );
}

/** Grid point and algorithm of a cell: its id without the seed. Undefined for a run that is no cell. */
function groupOf(id: string): string | undefined {
  return /^(.+)_seed-\d+$/.exec(id)?.[1];
}

function prefixed(place: Place, prefix: string): Place {
  const { folder, cell } = place;
  return cell?.group === undefined ? place : { folder, cell: { ...cell, group: prefix + cell.group } };
}

/** Runs that were given themselves stay. Throws UserError where no cell matches. */
function matching(places: readonly Place[], pattern: string): Place[] {
  const expression = /[*?]/.test(pattern) ? expressionOf(pattern) : undefined;
  const isExpected = (id: string) => (expression ? expression.test(id) : id.includes(pattern));
  const cells = places.flatMap(({ cell }) => (cell ? [cell] : []));
  const [example] = cells;
  if (!example) throw new UserError('--cells: is for the folder of a sweep, and none was given');
  if (!cells.some(({ id }) => isExpected(id))) {
    throw new UserError(
      `--cells: found ${show(pattern)}, which matches none of ${cells.length} cells; give a part of their ids, or a pattern with * and ?; one is ${example.id}`,
    );
  }
  return places.filter(({ cell }) => !cell || isExpected(cell.id));
}

function leftOutText(runs: readonly ('unmasked' | 'unfinished')[]): string | undefined {
  if (runs.length === 0) return undefined;
  const unmasked = runs.filter((why) => why === 'unmasked').length;
  const unfinished = runs.length - unmasked;
  const reasons = [
    ...(unmasked > 0 ? [`${unmasked} without a mask (backprop)`] : []),
    ...(unfinished > 0 ? [`${unfinished} unfinished or failed`] : []),
  ];
  return `left out ${counted(runs.length, 'run')}: ${reasons.join(', ')}`;
}
