/** `tombola pull`: the artifacts of a run or of a sweep, from S3 to a folder. */
import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { type Persistence, persistently } from '../../aws/client/persistence.ts';
import { placeOf } from '../../aws/client/places.ts';
import { type CloudOptions, configure, findStack } from '../../aws/client/stack.ts';
import { type Listed, S3Store } from '../../aws/s3/store.ts';
import { UserError } from '../../base/errors.ts';
import { ifThere } from '../../base/file-errors.ts';
import { makeFolder } from '../../base/folders.ts';
import { byteSize, counted } from '../../base/format.ts';
import * as keys from '../../store/keys.ts';
import { textIfThere } from '../../store/store.ts';
import { continuesSweepText } from '../../sweep/continuation.ts';
import { lockOutput, newFolder } from '../local/places.ts';
import { print, printJson } from '../output.ts';

export interface PullOptions extends CloudOptions {
  readonly out?: string;
  /** Masks and scores of the generations too: all that `tombola resume` needs. */
  readonly all: boolean;
  readonly json: boolean;
}

const AT_A_TIME = 8;
/** A file whose download breaks is begun anew, up to about a minute. */
const PATIENCE: Persistence = { pauses: [500, 20_000], retries: 8 };

/** Loads what is not there yet, so that a pull that was broken off goes on. */
export async function pull(run: string, options: PullOptions, patience = PATIENCE): Promise<void> {
  configure(options);
  const { name, uri, kind } = await placeOf(await findStack(options), run, patience);
  const out = resolve(options.out ?? newFolder(kind, name));
  const folder = new S3Store(uri);
  const listed = await persistently(() => folder.listed(), patience);
  // The console makes folders by objects of that name.
  const found = listed.filter(({ key }) => !key.endsWith('/'));
  if (found.length === 0) {
    throw new UserError(
      `${run}: there is no such run, nothing is at ${uri}; 'tombola list --cloud' lists the runs`,
    );
  }
  using _ = await lockOutput(out, 'tombola pull');
  await refuseOther(kind, folder, out, patience);
  const wanted = kind === 'sweep' ? isResultOfSweep : (key: string) => !key.includes('/');
  const chosen = found.filter(({ key }) => options.all || wanted(key));
  const limit = pLimit(AT_A_TIME);
  const loaded = await Promise.all(
    chosen.map((file) =>
      limit(() => persistently(() => download(folder, file, pathOf(out, file)), patience)),
    ),
  );
  const downloaded = chosen.filter((_, index) => loaded[index]);
  report({ [kind]: uri, out, files: chosen.map(({ key }) => key) }, chosen, downloaded, options);
}

/** The tables and figures of a sweep, and what a person or a program reads of each cell: no model, no data, no masks. */
function isResultOfSweep(key: string): boolean {
  const [folder = '', ...inside] = key.split('/');
  return inside.length === 0 || (`${folder}/` === keys.CELLS && inside.length === 2);
}

/** Throws UserError where the folder holds another run, or another sweep. */
async function refuseOther(
  kind: 'run' | 'sweep',
  folder: S3Store,
  out: string,
  patience: Persistence,
): Promise<void> {
  const key = kind === 'sweep' ? keys.SWEEP : keys.MANIFEST;
  const here = await ifThere(readFile(join(out, key), 'utf8'));
  if (here === undefined) return;
  const there = await persistently(() => textIfThere(folder, key), patience);
  if (there === here || (kind === 'sweep' && there !== undefined && continuesSweepText(there, here))) return;
  throw new UserError(`${out}: holds another ${kind}; choose another folder with --out`);
}

/**
 * Writes the object to `path`, with its time; a file that is there already with its size and time is left alone. The
 * file appears complete or not at all. Tells whether anything was loaded.
 */
async function download(folder: S3Store, { key, bytes, modified }: Listed, path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  const second = (milliseconds: number) => Math.floor(milliseconds / 1_000);
  if (there?.size === bytes && second(there.mtimeMs) === second(modified.getTime())) return false;
  makeFolder(dirname(path));
  const part = `${path}.part`;
  try {
    await pipeline(await folder.stream(key), createWriteStream(part));
    await utimes(part, modified, modified);
    await rename(part, path);
    return true;
  } finally {
    await rm(part, { force: true });
  }
}

/** Throws UserError for a key that would leave the folder. */
function pathOf(out: string, { key }: Listed): string {
  const segments = key.split('/');
  if (segments.every((segment) => /^[\w.-]+$/.test(segment) && segment !== '..'))
    return join(out, ...segments);
  throw new UserError(`${key}: is not the key of an artifact`);
}

function report(
  document: { readonly out: string; readonly files: readonly string[] },
  chosen: readonly Listed[],
  downloaded: readonly Listed[],
  { json }: PullOptions,
): void {
  const bytes = downloaded.reduce((sum, file) => sum + file.bytes, 0);
  if (json) {
    const all = { ...document, downloaded: downloaded.length, bytes };
    printJson(all);
    return;
  }
  const unchanged = chosen.length - downloaded.length;
  const rest = unchanged > 0 ? `; ${unchanged} were there already` : '';
  const where = relative(process.cwd(), document.out) || document.out;
  print(`${where}: ${counted(downloaded.length, 'file')}, ${byteSize(bytes)}${rest}\n`);
}
