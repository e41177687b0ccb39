/** `tombola landscape`: fitness around a ticket and between tickets, and how often weights are kept. */
import { readdir, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { Landscape } from '../landscape/schema.ts';
import { renderLandscapePage } from '../report/landscape-page.ts';
import { UserError } from '../spec/errors.ts';
import { type FinishedRun, openFinishedRun } from '../steps/finished-run.ts';
import { measureLandscape } from '../steps/landscape.ts';
import { writeLandscape } from '../steps/landscape-artifacts.ts';
import { FolderStore } from '../store/folder.ts';
import * as keys from '../store/keys.ts';
import { canBeReported, placeOf, rewriteReport } from './local-run.ts';
import { createCounter } from './progress.ts';
import { plainTable } from './result.ts';
import { percent, whole } from './text.ts';

export interface LandscapeOptions {
  readonly seed: number;
  readonly resolution?: number;
  /** Several runs: whether to walk from ticket to ticket. */
  readonly paths: boolean;
  /** Several runs: folder of the page. */
  readonly out?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Measures the landscape of one run, into its folder, or of several, into a folder of their own. */
export async function printLandscape(folders: readonly string[], options: LandscapeOptions): Promise<void> {
  const runs = await openRuns(folders);
  const [first] = runs;
  if (!first) throw new UserError(`${folders.join(', ')}: holds no finished run`);
  const single = runs.length === 1;
  if (single && options.out !== undefined) {
    throw new UserError("--out is for several runs; the landscape of one run goes into the run's folder");
  }
  const counter = options.quiet ? undefined : createCounter(process.stderr, 'masks evaluated');
  let landscape: Landscape;
  try {
    landscape = await measureLandscape([first, ...runs.slice(1)], {
      seed: options.seed,
      ...(options.resolution === undefined ? {} : { resolution: options.resolution }),
      paths: options.paths,
      ...(counter ? { onProgress: counter.update } : {}),
    });
  } finally {
    counter?.end();
  }
  const out = single ? resolve(folders[0] ?? '.') : resolve(options.out ?? 'landscape');
  const store = new FolderStore(placeOf(out));
  const written = await writeLandscape(store, landscape);
  let page: string = keys.LANDSCAPE_PAGE;
  if (single && (await canBeReported(out))) {
    await rewriteReport(out);
    page = keys.REPORT;
  } else {
    await writeFile(join(out, page), await renderLandscapePage(landscape));
  }
  print(landscape, out, [...written, page], options);
}

/** The runs that the folders are, or hold. Throws UserError. */
async function openRuns(folders: readonly string[]): Promise<FinishedRun[]> {
  const found = (await Promise.all(folders.map(runsIn))).flat();
  const twice = found.find((folder, index) => found.indexOf(folder) !== index);
  if (twice !== undefined) throw new UserError(`${shown(twice)}: is given twice`);
  const names = new Set(found.map((folder) => basename(folder))).size === found.length;
  const named = (folder: string) => (names ? basename(folder) : shown(folder));
  return Promise.all(
    found.map((folder) =>
      openFinishedRun(new FolderStore(placeOf(folder)), found.length > 1 ? named(folder) : shown(folder)),
    ),
  );
}

/** The folder itself if it is a run's; otherwise the finished runs in it, or in its `cells` (a sweep's results). */
async function runsIn(given: string): Promise<string[]> {
  const folder = resolve(given);
  const names = await readdir(folder).catch(() => undefined);
  if (!names) {
    throw new UserError(`${shown(folder)}: there is no such folder; give the folder of a run (its --out)`);
  }
  if (names.includes(keys.SPEC)) return [folder];
  const parent = names.includes('cells') ? join(folder, 'cells') : folder;
  const children = (await readdir(parent)).toSorted().map((name) => join(parent, name));
  const runs = await Promise.all(
    children.map(async (child) => {
      const files = await readdir(child).catch((): string[] => []);
      return files.includes(keys.SPEC) && files.includes(keys.SUMMARY) ? [child] : [];
    }),
  );
  if (runs.flat().length > 0) return runs.flat();
  throw new UserError(
    `${shown(folder)}: holds no finished run (no ${keys.SPEC} with a ${keys.SUMMARY}); give the folder of a run (its --out), or of a sweep`,
  );
}

function shown(path: string): string {
  return relative(process.cwd(), path) || path;
}

function print(
  landscape: Landscape,
  out: string,
  written: readonly string[],
  { json, quiet }: LandscapeOptions,
): void {
  const paths = written.map((key) => join(out, key));
  const page = paths.at(-1) ?? out;
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...landscape, out, files: paths }, null, 2)}\n`);
    return;
  }
  if (quiet) {
    process.stdout.write(`${shown(page)}\n`);
    return;
  }
  process.stdout.write(`\n${describe(landscape)}\n${shown(page)}\n`);
}

/** How the fitness goes along each path, how fine everything was measured, in a few lines. */
function describe({ paths, slice, kept, evaluations, samples, bits }: Landscape): string {
  const rows = paths.map(({ from, to, distance, at, random, greedyByAccuracy, greedyByLoss }) => {
    const { median } = random.accuracy;
    const middle = Math.floor(at.length / 2);
    const half = (values: readonly number[]) => percent(values[middle] ?? null);
    return [
      `${from} → ${to}`,
      whole(distance),
      percent(median[0] ?? null),
      half(median),
      half(greedyByAccuracy.accuracy),
      half(greedyByLoss.accuracy),
      percent(median.at(-1) ?? null),
    ];
  });
  const head = ['train accuracy', 'bits', 'start', 'half-way, random', 'greedy', 'greedy by loss', 'end'];
  const [path] = paths;
  const notes = [
    ...(slice
      ? [
          `slice: ${2 * slice.reach + 1} × ${2 * slice.reach + 1} masks, ${whole(slice.step)} of ${whole(bits)} bits a step`,
        ]
      : []),
    ...(path
      ? [
          `paths: ${path.orders} random orders, ${path.at.length} places; greedy steps of ${path.block === 1 ? 'one bit' : `${whole(path.block)} bits`}, at most ${whole(path.candidates)} candidates each`,
        ]
      : []),
    ...(kept ? [`kept weights: of ${whole(kept.masks)} masks`] : []),
    ...(evaluations > 0
      ? [`${whole(evaluations)} evaluations on ${whole(samples)} training samples each`]
      : []),
  ];
  return [...(rows.length > 0 ? [plainTable(rows, head), ''] : []), ...notes].join('\n');
}
