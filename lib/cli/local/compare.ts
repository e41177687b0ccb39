/** `tombola compare`: runs side by side, on the terminal and as a page. */
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { artifactIfSound, parseArtifact } from '../../base/artifact-json.ts';
import { defined } from '../../base/defined.ts';
import { DamagedArtifact, UserError } from '../../base/errors.ts';
import { shellWord } from '../../base/shell-word.ts';
import {
  type ComparedRun,
  compareRuns,
  intervalOf,
  type RunComparison,
} from '../../comparison/comparison.ts';
import { renderComparison } from '../../comparison/page.ts';
import {
  COMPARISON_NOTES,
  differenceRows,
  figureNotes,
  figureRows,
  OVERLAP_HEAD,
  overlapRows,
} from '../../comparison/tables.ts';
import { sourceOpener } from '../../places/sources.ts';
import { summarySchema } from '../../report/summary.ts';
import { verifyResult } from '../../runs/final/summary.ts';
import { findFinishedRun } from '../../runs/finished-run.ts';
import { networkArtifact } from '../../runs/networks.ts';
import { isObject } from '../../runspec/written-spec.ts';
import { FolderStore } from '../../store/folder.ts';
import * as keys from '../../store/keys.ts';
import { checksum, getIfThere, type Store } from '../../store/store.ts';
import { uriOfFolder } from '../local-run.ts';
import { print, printJson } from '../output.ts';
import { shown } from '../paths.ts';
import { plainTable } from '../result.ts';
import { requireWritable, writeText } from '../text-file.ts';
import { folderNamed, type StoredFolder } from './stored-folders.ts';
import { readStored } from './stored-run.ts';

export interface CompareOptions {
  /** The page. */
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** More have no colours of their own. */
const MOST = 10;

export async function compare(given: readonly string[], { out, json, quiet }: CompareOptions): Promise<void> {
  const folders = given.map(folderNamed);
  const comparison = await compareFolders(folders);
  const path = resolve(out);
  await requireWritable(path);
  await writeText(path, await renderComparison(comparison));
  if (json) printJson({ ...documentOf(comparison, folders), page: path });
  else if (quiet) print(`${shown(path)}\n`);
  else print(`\n${textOf(comparison)}\n\n${shown(path)}\n`);
}

/** Throws UserError where they cannot be compared, DamagedArtifact. */
export async function compareFolders(folders: readonly StoredFolder[]): Promise<RunComparison> {
  refuseUnless(folders);
  const names = namesOf(folders);
  return compareRuns(await Promise.all(folders.map((one, index) => open(one, names[index] ?? one.name))));
}

/** Throws UserError where these are no runs that could be compared. */
function refuseUnless(folders: readonly StoredFolder[]): void {
  const sweep = folders.find(({ kind }) => kind === 'sweep');
  if (sweep) {
    throw new UserError(
      `${sweep.name}: is a sweep, whose runs ${keys.SWEEP_REPORT} compares; give runs, or cells of it; list them with: npx tombola list ${shellWord(sweep.name)}`,
    );
  }
  const twice = folders.find(
    ({ folder }, index) => folders.findIndex((one) => one.folder === folder) !== index,
  );
  if (twice) throw new UserError(`${twice.name}: is given twice`);
  if (folders.length >= 2 && folders.length <= MOST) return;
  throw new UserError(
    `found ${folders.length} of them, expected 2 to ${MOST} runs to compare; 'tombola sweep' compares many`,
  );
}

/** As short as they can be told apart by. */
function namesOf(folders: readonly StoredFolder[]): string[] {
  const short = folders.map(({ folder }) => basename(folder));
  return new Set(short).size === short.length ? short : folders.map(({ name }) => name);
}

/** Throws DamagedArtifact. */
async function open(folder: StoredFolder, name: string): Promise<ComparedRun> {
  const store = new FolderStore(uriOfFolder(folder.folder));
  const { state } = readStored(folder);
  const spec = parseArtifact(keys.SPEC, store, readFileSync(join(folder.folder, keys.SPEC)), {
    parse: (value) => {
      if (isObject(value)) return value;
      throw new TypeError('no object');
    },
  });
  const summary = artifactIfSound(keys.SUMMARY, store, await getIfThere(store, keys.SUMMARY), summarySchema);
  const history = await getIfThere(store, keys.HISTORY);
  if (history && summary) verifyResult(store, keys.HISTORY, history, summary);
  const ticket = summary?.status === 'succeeded' ? await ticketOf(store, name) : undefined;
  return {
    name,
    state,
    spec,
    ...defined({
      summary,
      history: history && Buffer.from(history).toString(),
      ticket,
    }),
  };
}

/** Undefined for a run without a mask, and for one whose network cannot be made again: its model's file may be gone. */
async function ticketOf(store: Store, name: string): Promise<ComparedRun['ticket']> {
  try {
    const run = await findFinishedRun(store, name, sourceOpener());
    if (typeof run === 'string') return undefined;
    const { network, ticket, bits } = run;
    return { network: checksum(networkArtifact(network).bytes), mask: ticket, bits };
  } catch (error) {
    if (error instanceof DamagedArtifact || !(error instanceof UserError)) throw error;
    return undefined;
  }
}

function textOf(comparison: RunComparison): string {
  const { runs, differences, overlaps, otherWeights } = comparison;
  const names = runs.map(({ name }) => name);
  const notes = [
    ...figureNotes(comparison),
    ...(otherWeights > 0
      ? ['Masks over other frozen weights have no overlap: give specs the same network.seed.']
      : []),
  ];
  return [
    plainTable(figureRows(comparison), ['', ...names]),
    ...(differences.length > 0
      ? [plainTable(differenceRows(comparison), ['spec', ...names])]
      : ['The specs are the same.']),
    ...(overlaps.length > 0
      ? [`${plainTable(overlapRows(comparison), OVERLAP_HEAD)}\n${COMPARISON_NOTES.overlap}`]
      : []),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
  ].join('\n\n');
}

function documentOf({ runs, ...comparison }: RunComparison, folders: readonly StoredFolder[]): object {
  const described = runs.map((run, index) => ({
    name: run.name,
    folder: folders[index]?.folder,
    state: run.state,
    summary: run.summary ?? null,
    testAccuracyInterval: intervalOf(run),
    flips: run.summary?.flips ?? null,
  }));
  return { runs: described, ...comparison };
}
