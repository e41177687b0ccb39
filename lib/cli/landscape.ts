/** `tombola landscape`: fitness around a ticket and between tickets, and how often weights are kept. */
import { join, resolve } from 'node:path';
import { defined } from '../base/defined.ts';
import { UserError } from '../base/errors.ts';
import { percent, whole } from '../base/format.ts';
import type { Landscape } from '../landscape/schema.ts';
import { sourceOpener } from '../places/sources.ts';
import { renderLandscapePage } from '../report/landscape-page.ts';
import { STATISTICS_HEADS, statisticsCells, statisticsRows } from '../report/tables/statistics-table.ts';
import { measureLandscape } from '../runs/landscape.ts';
import { writeLandscape } from '../runs/landscape-artifacts.ts';
import { FolderStore } from '../store/folder.ts';
import { lockFolder } from '../store/folder-lock.ts';
import * as keys from '../store/keys.ts';
import { openRuns } from './given-runs.ts';
import { canBeReported, rewriteReport, uriOfFolder } from './local-run.ts';
import { print, printJson, tell } from './output.ts';
import { pathOfUri, shown } from './paths.ts';
import { createCounter } from './progress.ts';
import { plainTable } from './result.ts';

export interface LandscapeOptions {
  readonly seed: number;
  readonly resolution?: number;
  /** Climbs to local optima; 0 for none, and no ruggedness. */
  readonly optima: number;
  /** Several runs: whether to draw paths from ticket to ticket. */
  readonly paths: boolean;
  /** For a sweep: only the cells whose ids contain this, or match it if it has * or ?. */
  readonly cells?: string;
  /** Several runs: folder of the page. */
  readonly out?: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Measures the landscape of one run, into its folder, or of several, or of runs in S3, into a folder of their own. */
export async function printLandscape(folders: readonly string[], options: LandscapeOptions): Promise<void> {
  const { runs, leftOut } = await openRuns(folders, options.cells);
  if (leftOut !== undefined && !options.quiet) tell(`${leftOut}\n`);
  const [{ store: place }] = runs;
  const single = runs.length === 1 && place.uri.startsWith('file:');
  if (single && options.out !== undefined) {
    throw new UserError(
      "--out is for several runs, or one in S3; the landscape of one run goes into the run's folder",
    );
  }
  const out = single ? pathOfUri(place.uri) : resolve(options.out ?? 'landscape');
  using _ = await lockFolder(out, { command: 'tombola landscape', name: shown(out) });
  const counterOf = (what: string) => (options.quiet ? undefined : createCounter(process.stderr, what));
  let counter = counterOf('masks evaluated');
  let landscape: Landscape;
  try {
    const { seed, resolution, paths, optima } = options;
    const asked = { seed, resolution, paths, optima, open: sourceOpener() };
    const onProgress = (done: number, all: number) => counter?.update(done, all);
    const onClimb = (done: number, all: number) => {
      if (done === 0) {
        counter?.end();
        counter = counterOf('climbs');
      }
      counter?.update(done, all);
    };
    landscape = await measureLandscape(runs, defined({ ...asked, onProgress, onClimb }));
  } finally {
    counter?.end();
  }
  const store = new FolderStore(uriOfFolder(out));
  const written = await writeLandscape(store, landscape);
  let page: string = keys.LANDSCAPE_PAGE;
  if (single && (await canBeReported(out))) {
    await rewriteReport(out);
    page = keys.REPORT;
  } else {
    await store.put(page, await renderLandscapePage(landscape));
  }
  printDrawn(landscape, out, [...written, page], options);
}

function printDrawn(
  landscape: Landscape,
  out: string,
  written: readonly string[],
  { json, quiet }: LandscapeOptions,
): void {
  const paths = written.map((key) => join(out, key));
  const page = paths.at(-1) ?? out;
  if (json) {
    printJson({ ...landscape, out, files: paths });
    return;
  }
  if (quiet) {
    print(`${shown(page)}\n`);
    return;
  }
  print(`\n${describe(landscape)}\n${shown(page)}\n`);
}

/** How the fitness goes along each path, how fine everything was measured, in a few lines. */
function describe(landscape: Landscape): string {
  const { paths, slice, kept, groups, runs, evaluations, samples, bits } = landscape;
  const rows = paths.map(({ from, to, distance, at, random, greedyByAccuracy, greedyByLoss }) => {
    const { median } = random.accuracy;
    const middle = Math.floor(at.length / 2);
    const half = (values: readonly number[]) => percent(values[middle] ?? null, 1);
    return [
      `${from} → ${to}`,
      whole(distance),
      percent(median[0] ?? null, 1),
      half(median),
      half(greedyByAccuracy.accuracy),
      half(greedyByLoss.accuracy),
      percent(median.at(-1) ?? null, 1),
    ];
  });
  const head = ['train accuracy', 'bits', 'start', 'half-way, random', 'greedy', 'greedy by loss', 'end'];
  const [path] = paths;
  const notes = [
    slice &&
      `slice: ${2 * slice.reach + 1} × ${2 * slice.reach + 1} masks, ${whole(slice.step)} of ${whole(bits)} bits a step`,
    path &&
      `paths: ${path.orders} random orders, ${path.at.length} places; greedy steps of ${path.block === 1 ? 'one bit' : `${whole(path.block)} bits`}, at most ${whole(path.candidates)} candidates each`,
    kept && `kept weights: of ${whole(kept.masks)} masks`,
    groups.length > 0 && keptText(groups, runs),
    evaluations > 0 && `${whole(evaluations)} evaluations on ${whole(samples)} training samples each`,
  ];
  const table = rows.length > 0 ? [plainTable(rows, head), ''] : [];
  return [...table, ...statisticsText(landscape), ...notes.filter((note) => typeof note === 'string')].join(
    '\n',
  );
}

/** A line per run, or group of runs, and figure; nothing where it was not measured. */
function statisticsText({ statistics }: Landscape): string[] {
  const rows = statisticsRows(statistics).map((row) => [
    `${row.name}, ${row.figure}`,
    ...statisticsCells(row),
  ]);
  return rows.length > 0 ? [plainTable(rows, ['ruggedness and optima', ...STATISTICS_HEADS]), ''] : [];
}

function keptText(groups: Landscape['groups'], runs: Landscape['runs']): string {
  const all = new Set(runs.map(({ group }) => group)).size;
  const several = all > 1 ? ` in ${whole(all)} groups` : '';
  const more =
    all > groups.length ? `, of which the first ${groups.length} are drawn: choose with --cells` : '';
  return `kept weights: of ${whole(runs.length)} tickets${several}${more}`;
}
