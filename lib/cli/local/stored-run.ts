/**
 * Facts about a run or a sweep from the smallest files of its folder. Calls are synchronous: of a thousand
 * runs, the hops over the thread pool that asynchronous calls make took twice as long as the files.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import papaparse from 'papaparse';
import { z } from 'zod';
import { DEFAULT_ALGORITHM } from '../../algorithms/registry.ts';
import { artifactIfSound, changed, parsedIfSound, textOf } from '../../base/artifact-json.ts';
import { DamagedArtifact } from '../../base/errors.ts';
import { fileErrorReason, isMissing } from '../../base/file-errors.ts';
import { hasChanged } from '../../base/seal.ts';
import { summarySchema } from '../../report/summary.ts';
import { isBookkeeping, type Owner, processIn } from '../../store/folder-lock.ts';
import * as keys from '../../store/keys.ts';
import { parseSweepText, type Sweep } from '../../sweep/schema.ts';
import type { StoredFolder } from './stored-folders.ts';

/** `failed`: a sweep with cells that failed. */
type State = 'running' | 'stopped' | 'done' | 'failed' | 'damaged' | 'unreadable';

export interface StoredRun extends StoredFolder {
  readonly state: State;
  /** Its problem. */
  readonly problem?: string;
  /** At work in it. */
  readonly process?: Owner | 'unknown';
  /** Preset or data set. */
  readonly task: string | null;
  readonly algorithm: string | null;
  readonly seed: number | null;
  readonly testAccuracy: number | null;
  readonly sparsity: number | null;
  /** For an unfinished run: the last complete generation or epoch. */
  readonly generation: number | null;
  /** For a sweep. */
  readonly cells?: { readonly total: number; readonly done: number; readonly failed: number };
  /** When anything in it changed last. */
  readonly changed: Date;
  readonly bytes: number;
}

type Told = Omit<StoredRun, keyof StoredFolder | 'changed' | 'bytes'>;

const NOTHING = {
  task: null,
  algorithm: null,
  seed: null,
  testAccuracy: null,
  sparsity: null,
  generation: null,
};

export function readStored(stored: StoredFolder): StoredRun {
  const { folder, kind, unreadable } = stored;
  if (unreadable !== undefined)
    return { ...stored, ...lockedUp(unreadable), changed: new Date(lstatSync(folder).mtimeMs), bytes: 0 };
  const content: FolderContent = { files: [], bytes: 0, changed: 0, locked: false };
  const told = attempt(() => {
    lookInto(folder, '', content);
    return kind === 'run' ? tellRun(stored, content) : tellSweep(stored, content);
  });
  return { ...stored, ...told, changed: new Date(content.changed), bytes: content.bytes };
}

/** Whatever is wrong with one run, the others are listed. */
function attempt(tell: () => Told): Told {
  try {
    return tell();
  } catch (error) {
    if (error instanceof DamagedArtifact) return { ...NOTHING, state: 'damaged', problem: error.message };
    return lockedUp(fileErrorReason(error, 'reading'));
  }
}

const lockedUp = (problem: string): Told => ({ ...NOTHING, state: 'unreadable', problem });

interface FolderContent {
  /** Paths of files, relative to the folder, with slashes. */
  readonly files: string[];
  bytes: number;
  /** When the file that changed last did. */
  changed: number;
  locked: boolean;
}

/** Adds what is below `prefix`. */
function lookInto(folder: string, prefix: string, content: FolderContent): void {
  for (const entry of readdirSync(`${folder}/${prefix}`, { withFileTypes: true })) {
    const path = prefix + entry.name;
    if (entry.isDirectory()) {
      lookInto(folder, `${path}/`, content);
      continue;
    }
    const stat = lstatSync(`${folder}/${path}`, { throwIfNoEntry: false });
    // A file that goes while a run works is none any more.
    if (!stat) continue;
    content.bytes += stat.size;
    if (isBookkeeping(entry.name)) content.locked = true;
    else {
      content.files.push(path);
      content.changed = Math.max(content.changed, stat.mtimeMs);
    }
  }
}

/** Its bytes; undefined where it is not there. */
function readIfThere(folder: string, key: string): Uint8Array | undefined {
  try {
    return readFileSync(join(folder, key));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** As much of a summary as the list shows: a thousand whole ones take longer than their files. */
const figuresSchema = summarySchema.pick({ status: true, testAccuracy: true, sparsity: true });

/** As much of a spec as any version writes. */
const specSchema = z.object({
  preset: z.string().optional(),
  algorithm: z.string().default(DEFAULT_ALGORITHM),
  seed: z.int().nullable().default(null),
  task: z.object({ dataset: z.string().default('files'), train: z.unknown().optional() }),
});

/** Preset, data set, or the name of the training file. */
function taskOf({ preset, task }: z.output<typeof specSchema>): string {
  if (preset !== undefined || task.dataset !== 'files') return preset ?? task.dataset;
  const { data } = z.union([z.string(), z.object({ x: z.string() })]).safeParse(task.train);
  const path = typeof data === 'object' ? data.x : data;
  return path?.split(/[\\/]/).at(-1) ?? task.dataset;
}

function tellRun({ folder, sweep }: StoredFolder, content: FolderContent): Told {
  const spec = parsedIfSound(readIfThere(folder, keys.SPEC), specSchema);
  if (!spec) throw new DamagedArtifact(`${keys.SPEC} is not a run spec`);
  const written = readIfThere(folder, keys.SUMMARY);
  const summary = artifactIfSound(keys.SUMMARY, { uri: '' }, written, figuresSchema);
  const done = summary?.status === 'succeeded';
  const process = done ? undefined : (workerIn(folder, content) ?? cellWorker(sweep, content));
  return {
    state: done ? 'done' : process ? 'running' : 'stopped',
    ...(process && { process }),
    task: taskOf(spec),
    algorithm: spec.algorithm,
    seed: spec.seed,
    testAccuracy: summary?.testAccuracy ?? null,
    sparsity: summary?.sparsity ?? null,
    generation: done ? null : generationIn(folder, content),
  };
}

function workerIn(folder: string, { locked }: FolderContent): Owner | 'unknown' | undefined {
  return locked ? processIn(folder) : undefined;
}

/** Who works at a cell: whoever works at its sweep, once the cell has begun. */
function cellWorker(sweep: string | undefined, { files }: FolderContent): Owner | 'unknown' | undefined {
  return sweep !== undefined && files.includes(keys.MANIFEST) ? processIn(sweep) : undefined;
}

const stateSchema = z.object({ complete: z.int().nullable() });

function generationIn(folder: string, { files }: FolderContent): number | null {
  const latest = files
    .filter((file) => keys.roundOfState(file) !== undefined)
    .sort()
    .at(-1);
  if (latest === undefined) return null;
  return parsedIfSound(readIfThere(folder, latest), stateSchema)?.complete ?? null;
}

function tellSweep({ folder }: StoredFolder, content: FolderContent): Told {
  const sweep = sweepIn(folder);
  const process = workerIn(folder, content);
  const done = content.files.filter((file) => /^cells\/[^/]+\/summary\.json$/.test(file)).length;
  const failed = failedIn(folder);
  const total = sweep.grid.reduce(
    (product, { values }) => product * values.length,
    sweep.algorithms.length * sweep.seeds.length,
  );
  const over = done >= total ? 'done' : failed > 0 ? 'failed' : 'stopped';
  return {
    ...NOTHING,
    state: process ? 'running' : over,
    ...(process && { process }),
    task: taskOfSweep(sweep),
    algorithm: sweep.algorithms.map(({ name }) => name).join(', '),
    cells: { total, done, failed: Math.min(failed, Math.max(0, total - done)) },
  };
}

/** Throws DamagedArtifact. */
function sweepIn(folder: string): Sweep {
  const text = readFileSync(join(folder, keys.SWEEP), 'utf8');
  if (hasChanged(text)) throw changed(keys.SWEEP, 'restore the file that the sweep was started with');
  try {
    return parseSweepText(text, keys.SWEEP);
  } catch (cause) {
    throw new DamagedArtifact(`${keys.SWEEP} is not a sweep`, { cause });
  }
}

/** The presets that it runs over, at most three of them, or the data set. */
function taskOfSweep({ base, grid }: Sweep): string | null {
  const presets = grid.find(({ field }) => field === 'preset')?.values ?? [];
  if (presets.length > 0) return `${presets.slice(0, 3).join(', ')}${presets.length > 3 ? ', …' : ''}`;
  const { data } = specSchema.safeParse({ task: {}, ...base });
  return data && ('task' in base || data.preset !== undefined) ? taskOf(data) : null;
}

/** Cells that failed when the sweep ended last. */
function failedIn(folder: string): number {
  const table = readIfThere(folder, keys.SWEEP_CSV);
  if (!table) return 0;
  const { data } = papaparse.parse<Record<string, string>>(textOf(table), {
    header: true,
    skipEmptyLines: true,
  });
  return data.filter(({ status }) => status === 'failed').length;
}
