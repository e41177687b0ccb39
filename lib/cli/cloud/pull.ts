/** `tombola pull`: a run's artifacts, from S3 to a folder. */
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import pLimit from 'p-limit';
import { UserError } from '../../spec/errors.ts';
import * as keys from '../../store/keys.ts';
import { type RemoteFile, RemoteFolder } from './bucket.ts';
import { namedRun } from './executions.ts';
import { type Persistence, persistently } from './persistence.ts';
import { type CloudOptions, configure, findStack } from './stack.ts';

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
  const { name, uri } = namedRun(await findStack(options), run);
  const out = resolve(options.out ?? join('runs', name));
  const folder = new RemoteFolder(uri);
  try {
    const found = await persistently(() => folder.list(), patience);
    if (found.length === 0) {
      throw new UserError(
        `${run}: there is no such run, nothing is at ${uri}; 'tombola list' lists the runs`,
      );
    }
    await refuseOtherRun(folder, out, patience);
    const chosen = found.filter(({ key }) => options.all || !key.includes('/'));
    const limit = pLimit(AT_A_TIME);
    const loaded = await Promise.all(
      chosen.map((file) =>
        limit(() => persistently(() => folder.download(file, pathOf(out, file)), patience)),
      ),
    );
    const downloaded = chosen.filter((_, index) => loaded[index]);
    report({ run: uri, out, files: chosen.map(({ key }) => key) }, chosen, downloaded, options);
  } finally {
    folder.close();
  }
}

/** Throws UserError where the folder holds another run. */
async function refuseOtherRun(folder: RemoteFolder, out: string, patience: Persistence): Promise<void> {
  const here = await readFile(join(out, keys.MANIFEST), 'utf8').catch(() => undefined);
  if (here === undefined) return;
  const there = await persistently(() => folder.text(keys.MANIFEST), patience);
  if (there === here) return;
  throw new UserError(`${out}: holds another run; choose another folder with --out`);
}

/** Throws UserError for a key that would leave the folder. */
function pathOf(out: string, { key }: RemoteFile): string {
  const segments = key.split('/');
  if (segments.every((segment) => /^[\w.-]+$/.test(segment) && segment !== '..'))
    return join(out, ...segments);
  throw new UserError(`${key}: is not the key of an artifact`);
}

function report(
  document: { readonly run: string; readonly out: string; readonly files: readonly string[] },
  chosen: readonly RemoteFile[],
  downloaded: readonly RemoteFile[],
  { json }: PullOptions,
): void {
  const bytes = downloaded.reduce((sum, file) => sum + file.bytes, 0);
  if (json) {
    const all = { ...document, downloaded: downloaded.length, bytes };
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const unchanged = chosen.length - downloaded.length;
  const rest = unchanged > 0 ? `; ${unchanged} were there already` : '';
  const where = relative(process.cwd(), document.out) || document.out;
  process.stdout.write(`${where}: ${downloaded.length} files, ${(bytes / 1e6).toFixed(1)} MB${rest}\n`);
}
