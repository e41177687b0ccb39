/** The finished runs that commands are given: their places, here or in S3, or the place of a sweep with its cells. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import { ifThere } from '../base/file-errors.ts';
import { counted } from '../base/format.ts';
import { expressionOf } from '../base/glob.ts';
import { sourceOpener } from '../places/sources.ts';
import { openStore } from '../places/store.ts';
import { type FinishedRun, findFinishedRun, openFinishedRun } from '../runs/finished-run.ts';
import { show } from '../runspec/parser.ts';
import * as keys from '../store/keys.ts';
import { getIfThere } from '../store/store.ts';
import { folderFor } from './local/stored-folders.ts';
import { uriOfFolder } from './local-run.ts';
import { isLocal, pathOfUri, shown } from './paths.ts';

export interface OpenedRuns {
  readonly runs: readonly [FinishedRun, ...FinishedRun[]];
  /** How many cells were left out, and why; undefined if none was. */
  readonly leftOut: string | undefined;
}

/** The folder that a run is in, or its place in S3. */
interface Place {
  readonly uri: string;
  /** Absent for a run that was given itself. */
  readonly cell?: { readonly id: string; readonly group: string | undefined };
}

/**
 * The runs that the folders and s3:// URIs are, or hold. Of those that one holds the ones without a ticket are left out; one that
 * was given itself must have one. `cells`: only cells of sweeps whose ids match. Throws UserError.
 */
export async function openRuns(given: readonly string[], cells?: string): Promise<OpenedRuns> {
  const named = given.map((one) => (isLocal(one) ? resolve(folderFor(one)) : one.replace(/\/*$/, '/')));
  const expanded = await Promise.all(named.map((one) => (isLocal(one) ? placesIn(one) : placesAt(one))));
  // Two sweeps may well have cells of the same name.
  const sweeps = expanded.filter(([place]) => place?.cell).length;
  const places = expanded.flatMap((held, index) => {
    const prefix = sweeps > 1 ? shown(named[index] ?? '').replace(/\/?$/, '/') : '';
    return held.map((place) => prefixed(place, prefix));
  });
  const found = cells === undefined ? places : matching(places, cells);
  const twice = found.find(({ uri }, index) => found.findIndex((one) => one.uri === uri) !== index);
  if (twice !== undefined) throw new UserError(`${nameOfPlace(twice)}: is given twice`);
  const unique = new Set(found.map((place) => basename(nameOfPlace(place)))).size === found.length;
  const nameOf = (place: Place) =>
    found.length > 1 && unique ? basename(nameOfPlace(place)) : nameOfPlace(place);
  const opened = await Promise.all(found.map((place) => open(place, nameOf(place))));
  const finished = opened.flatMap((one) => (typeof one === 'string' ? [] : [one]));
  const leftOut = leftOutText(opened.filter((one) => typeof one === 'string'));
  const [first, ...others] = finished;
  if (!first) {
    throw new UserError(
      `${given.join(', ')}: holds no finished run with a mask${leftOut ? `; ${leftOut}` : ''}`,
    );
  }
  return { runs: [first, ...others], leftOut };
}

async function open({ uri, cell }: Place, name: string) {
  const store = await openStore(uri);
  const source = sourceOpener();
  const run = cell ? await findFinishedRun(store, name, source) : await openFinishedRun(store, name, source);
  return typeof run === 'string' || cell?.group === undefined ? run : { ...run, group: cell.group };
}

/** As people call it. */
function nameOfPlace({ uri }: Place): string {
  return shown(pathOfUri(uri));
}

/** The folder itself if it is a run's; otherwise the runs in it, or in its `cells` (a sweep's results). */
async function placesIn(folder: string): Promise<Place[]> {
  const names = await ifThere(readdir(folder));
  if (!names) {
    throw new UserError(`${shown(folder)}: there is no such folder; give the folder of a run (its --out)`);
  }
  if (names.includes(keys.SPEC)) return [{ uri: uriOfFolder(folder) }];
  const parent = names.includes('cells') ? join(folder, 'cells') : folder;
  const ids = await readdir(parent);
  const files = await Promise.all(ids.map((id) => readdir(join(parent, id)).catch((): string[] => [])));
  const runs = ids.filter((_, index) => files[index]?.includes(keys.SPEC));
  return cellsOf(folder, runs, (id) => uriOfFolder(join(parent, id)));
}

/** The same of a place in S3, whose cells are those of a sweep. */
async function placesAt(uri: string): Promise<Place[]> {
  const store = await openStore(uri);
  if (await getIfThere(store, keys.SPEC)) return [{ uri }];
  const ids = (await store.list(keys.CELLS)).flatMap((key) => {
    const [, id, name] = key.split('/');
    return id !== undefined && name === keys.SPEC ? [id] : [];
  });
  return cellsOf(uri, ids, (id) => `${uri}${keys.cellFolder(id)}`);
}

/** Throws UserError where there is none. */
function cellsOf(given: string, ids: readonly string[], uriOf: (id: string) => string): Place[] {
  if (ids.length === 0) {
    throw new UserError(
      `${shown(given)}: holds no finished run (no ${keys.SPEC} with a ${keys.SUMMARY}); give the folder of a run (its --out), or of a sweep`,
    );
  }
  // So that digits-2 comes before digits-10.
  const sorted = ids.toSorted(new Intl.Collator('en', { numeric: true }).compare);
  return sorted.map((id) => ({ uri: uriOf(id), cell: { id, group: groupOf(id) } }));
}

/** Grid point and algorithm of a cell: its id without the seed. Undefined for a run that is no cell. */
function groupOf(id: string): string | undefined {
  return /^(.+)_seed-\d+$/.exec(id)?.[1];
}

function prefixed(place: Place, prefix: string): Place {
  const { uri, cell } = place;
  return cell?.group === undefined ? place : { uri, cell: { ...cell, group: prefix + cell.group } };
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
    ...(unmasked > 0 ? [`${unmasked} without a mask (trained weights)`] : []),
    ...(unfinished > 0 ? [`${unfinished} unfinished or failed`] : []),
  ];
  return `left out ${counted(runs.length, 'run')}: ${reasons.join(', ')}`;
}
