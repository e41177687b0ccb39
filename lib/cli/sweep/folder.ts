/** The results folder of a sweep: what it holds, and whose it is. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { artifactIfSound, changed, textOf } from '../../base/artifact-json.ts';
import { UnusableOutput } from '../../base/errors.ts';
import { isMissing, unusableFile } from '../../base/file-errors.ts';
import { hasChanged, sealedJson } from '../../base/seal.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { AskedSpec } from '../../runspec/schema.ts';
import { isOf } from '../../steps/sweep/cells.ts';
import { FolderStore } from '../../store/folder.ts';
import { isBookkeeping } from '../../store/folder-lock.ts';
import * as keys from '../../store/keys.ts';
import { getIfThere } from '../../store/store.ts';
import { continuesSweepText } from '../../sweep/continuation.ts';
import { type CellResult, type CellSummary, cellSummarySchema } from '../../sweep/results.ts';
import { type Sweep, sweepDocument } from '../../sweep/schema.ts';
import { shown } from '../paths.ts';

/** The store over a sweep's results folder, or over the run of one of its cells. */
export function storeOf(out: string, cell?: string): FolderStore {
  const folder = join(out, '/', cell === undefined ? '' : keys.cellFolder(cell));
  return new FolderStore(pathToFileURL(folder).href);
}

/**
 * Makes the folder this sweep's, unless it is. Throws UnusableOutput where it holds anything that this sweep does not
 * continue.
 */
export async function claimFolder(out: string, sweep: Sweep): Promise<void> {
  const where = shown(out);
  const written = sealedJson(sweepDocument(sweep), 2);
  const there: string[] = await readdir(out).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw new UnusableOutput(unusableFile(where, error, 'reading'));
  });
  const names = there.filter((name) => !isBookkeeping(name));
  if (names.includes(keys.SWEEP)) {
    const kept = await readFile(join(out, keys.SWEEP), 'utf8');
    if (hasChanged(kept)) {
      throw changed(join(where, keys.SWEEP), 'restore the file that the sweep was started with');
    }
    if (!continuesSweepText(textOf(written), kept)) {
      throw new UnusableOutput(
        `${where}: holds another sweep, with cells that this one does not have; choose another folder with --out, or continue that one: npx tombola sweep ${shellWord(join(where, keys.SWEEP))} --out ${shellWord(where)}`,
      );
    }
  } else if (names.length > 0) {
    throw new UnusableOutput(
      `${where}: is not empty (it holds ${names[0]}) and not a sweep; choose a new folder with --out`,
    );
  }
  await storeOf(out).put(keys.SWEEP, written);
}

/**
 * The result of a cell that is done, of exactly this spec; undefined: still to be run. `kept`: stands where its folder has
 * no summary.
 */
export async function readResult(
  out: string,
  id: string,
  spec: AskedSpec,
  kept?: CellSummary,
): Promise<CellResult | undefined> {
  const store = storeOf(out, id);
  const written = await getIfThere(store, keys.SUMMARY);
  const summary = artifactIfSound(keys.SUMMARY, store, written, cellSummarySchema) ?? kept;
  if (summary?.status !== 'succeeded' || !isOf(summary, spec)) return undefined;
  return { status: 'succeeded', summary };
}
