/** A landscape as files: the document that is drawn, and tables of its paths and its slice. */

import { median } from 'd3-array';
import { parseArtifact } from '../base/artifact-json.ts';
import { csvText } from '../base/csv.ts';
import { sealedJson } from '../base/seal.ts';
import { type Landscape, landscapeSchema } from '../landscape/schema.ts';
import * as keys from '../store/keys.ts';
import { checksum, getIfThere, type Store } from '../store/store.ts';

const REASON =
  "not what 'tombola landscape' of this version writes; measure it again with 'tombola landscape', or delete the file";

/** The landscape beside a run, unless it is that of another ticket. Throws DamagedArtifact. */
export async function readLandscape(store: Store, specHash: string, ticket: Uint8Array) {
  const bytes = await getIfThere(store, keys.LANDSCAPE);
  if (!bytes) return undefined;
  const landscape = parseArtifact(keys.LANDSCAPE, store, bytes, landscapeSchema, REASON);
  const [run] = landscape.runs;
  return run?.specHash === specHash && run.ticket === checksum(ticket) ? landscape : undefined;
}

const TABLES = [keys.LANDSCAPE_PATHS, keys.LANDSCAPE_SLICE, keys.LANDSCAPE_STATISTICS];

/**
 * Writes landscape.json, and tables of paths, slice and statistics where there are any; gives the keys of what it wrote. A table
 * of an earlier landscape goes where this one has none.
 */
export async function writeLandscape(store: Store, landscape: Landscape): Promise<string[]> {
  const files: [string, Uint8Array | string][] = [[keys.LANDSCAPE, sealedJson(landscape)]];
  if (landscape.paths.length > 0) files.push([keys.LANDSCAPE_PATHS, pathsCsv(landscape)]);
  if (landscape.slice) files.push([keys.LANDSCAPE_SLICE, sliceCsv(landscape.slice)]);
  if (landscape.statistics.length > 0) files.push([keys.LANDSCAPE_STATISTICS, statisticsCsv(landscape)]);
  await Promise.all(files.map(([key, content]) => store.put(key, content)));
  const written = files.map(([key]) => key);
  for (const table of TABLES) if (!written.includes(table)) await store.deletePrefix(table);
  return written;
}

/** A row per path and place. Losses are means in nats, empty where not finite. */
function pathsCsv({ paths }: Landscape): string {
  const rows = paths.flatMap(({ from, to, at, random, greedyByAccuracy, greedyByLoss }) =>
    at.map((bits, place) => ({
      from,
      to,
      bits,
      accuracyLow: random.accuracy.low[place],
      accuracyMedian: random.accuracy.median[place],
      accuracyHigh: random.accuracy.high[place],
      lossLow: random.loss.low[place],
      lossMedian: random.loss.median[place],
      lossHigh: random.loss.high[place],
      greedyByAccuracyAccuracy: greedyByAccuracy.accuracy[place],
      greedyByAccuracyLoss: greedyByAccuracy.loss[place],
      greedyByLossAccuracy: greedyByLoss.accuracy[place],
      greedyByLossLoss: greedyByLoss.loss[place],
    })),
  );
  return tableOf(rows);
}

/** A row per place; `first` and `second`: bits flipped along the directions, negative on their other sides. */
function sliceCsv({ reach, step, accuracy, loss }: NonNullable<Landscape['slice']>): string {
  const side = 2 * reach + 1;
  const rows = accuracy.map((share, place) => ({
    first: ((place % side) - reach) * step,
    second: (Math.floor(place / side) - reach) * step,
    accuracy: share,
    loss: loss[place],
  }));
  return tableOf(rows);
}

/** A row per run and figure; of the local optima the median, and of their accuracies the least and the greatest, too. */
function statisticsCsv({ statistics }: Landscape): string {
  const rows = statistics.map(({ optima, ...one }) => {
    const accuracies = optima.map(({ accuracy }) => accuracy);
    return {
      run: one.run,
      group: one.group,
      figure: one.figure,
      bits: one.bits,
      samples: one.samples,
      correlation: one.correlation,
      correlationLength: one.correlationLength,
      neutral: one.neutral,
      optima: optima.length,
      distinct: one.distinct,
      distance: one.distance,
      accuracyLow: Math.min(...accuracies),
      accuracyMedian: median(accuracies),
      accuracyHigh: Math.max(...accuracies),
      lossMedian: median(optima, ({ loss }) => loss),
      keptMedian: median(optima, ({ kept }) => kept),
      flipsMedian: median(optima, ({ flips }) => flips),
      neutralMedian: median(optima, ({ neutral }) => neutral),
    };
  });
  return tableOf(rows);
}

/** Rows with the same fields, which are the columns. */
function tableOf(rows: readonly Readonly<Record<string, string | number | null | undefined>>[]): string {
  return csvText(Object.keys(rows[0] ?? {}), rows.map(Object.values));
}
