/** Where new runs and sweeps go unless a folder is given, and that git ignores them there. */
import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { lockFolder } from '../../store/folder-lock.ts';
import { defaults } from '../defaults.ts';
import { shown } from '../paths.ts';

/** Folders in which new runs and sweeps get theirs. */
export const RUNS_FOLDER = 'runs';
export const SWEEPS_FOLDER = 'sweeps';

/** The folder that holds `runs` and `sweeps`: the current one unless tombola.json or the environment name another. */
export function placeOfAll(): string {
  return defaults().out ?? '.';
}

/** The folder of a new run or sweep. */
export function newFolder(kind: 'run' | 'sweep', name: string): string {
  return resolve(placeOfAll(), kind === 'run' ? RUNS_FOLDER : SWEEPS_FOLDER, name);
}

/**
 * Makes and locks the folder of a run or a sweep. A `runs` or `sweeps` that is made for it is ignored by git; where the
 * run leaves nothing, neither does this. Throws UnusableOutput.
 */
export async function lockOutput(out: string, command: string): Promise<Disposable> {
  const above = dirname(out);
  const isMade = [RUNS_FOLDER, SWEEPS_FOLDER].includes(basename(above)) && !existsSync(above);
  const lock = await lockFolder(out, { command, name: shown(out) });
  const file = join(above, '.gitignore');
  if (isMade) writeFileSync(file, '*\n');
  return {
    [Symbol.dispose]: () => {
      lock.release();
      if (!isMade || readdirSync(above).some((name) => name !== basename(file))) return;
      rmSync(file, { force: true });
      rmdirSync(above);
    },
  };
}
