/** The results of a sweep: a row per run, and a row per grid point and algorithm. */
import { group, mean } from 'd3-array';
import { z } from 'zod';
import { at } from '../base/at.ts';
import { recordOf } from '../base/record.ts';
import { fairnessSchema } from '../report/fairness.ts';
import { plantedSchema } from '../report/summary.ts';
import { areaOf } from './attainment.ts';
import type { Cell, CheckedSweep, GridPoint } from './cells.ts';
import type { GroupCurves } from './curves.ts';
import { type Overall, overallOf } from './overall.ts';
import type { ProgressRow } from './progress.ts';
import type { Reach } from './reach.ts';
import type { Repeated } from './repeated.ts';
import {
  type Corrected,
  correctedOver,
  DIFFERENCES,
  type Difference,
  type Location,
  locate,
  pairedDifference,
} from './statistics.ts';

const optional = z.number().nullish();

/** The part of a run's summary.json that a sweep needs. */
export const cellSummarySchema = z.object({
  status: z.enum(['succeeded', 'stopped']),
  stopReason: z.string().nullable(),
  trainAccuracy: z.number(),
  testAccuracy: z.number(),
  trainLoss: optional,
  testLoss: optional,
  trainConfidence: optional,
  testConfidence: optional,
  trainBalancedAccuracy: optional,
  testBalancedAccuracy: optional,
  trainMacroF1: optional,
  testMacroF1: optional,
  fairness: fairnessSchema.pick({ train: true, test: true }).optional(),
  planted: plantedSchema.optional(),
  keptWeights: optional,
  sparsity: z.number(),
  generations: z.number(),
  evaluations: z.number(),
  seconds: z.number(),
  cost: z.object({ dollars: z.object({ total: z.number() }) }),
  front: z
    .array(z.object({ sparsity: z.number(), trainAccuracy: z.number(), testAccuracy: z.number() }))
    .optional(),
  nested: z
    .array(z.object({ keptShare: z.number(), sparsity: z.number(), testAccuracy: z.number() }))
    .optional(),
  specHash: z.string(),
  asked: z.string().optional(),
  checksums: z.record(z.string(), z.string()).optional(),
});
export type CellSummary = z.output<typeof cellSummarySchema>;

/** How a cell ended. One that is still to be run has no result. */
export type CellResult =
  | { readonly status: 'succeeded'; readonly summary: CellSummary }
  | { readonly status: 'failed'; readonly error: string };

export interface CellRun {
  readonly cell: Cell;
  /** Undefined: not run yet. */
  readonly result: CellResult | undefined;
}

/** Quantities of a table, each with mean, confidence interval and median. */
const QUANTITIES = ['testAccuracy', 'sparsity', 'evaluations', 'seconds', 'dollars'] as const;
type Quantity = (typeof QUANTITIES)[number];

const RANGES = {
  testAccuracy: [0, 1],
  sparsity: [0, 1],
  evaluations: [0, Number.POSITIVE_INFINITY],
  seconds: [0, Number.POSITIVE_INFINITY],
  dollars: [0, Number.POSITIVE_INFINITY],
} as const satisfies Record<Quantity, readonly [number, number]>;

/** The tickets of runs beside those that were planted in their networks. */
interface Planted {
  /** Test accuracy less that of the planted ticket. */
  readonly gap: Location;
  /** Share of the planted weights that are kept. */
  readonly shared: Location;
  /** Kept weights, as a multiple of the planted ones. */
  readonly size: Location;
  /** Runs that are at least as accurate as the planted ticket, on training data. */
  readonly reached: number;
}

/** An algorithm at a grid point. Runs that failed or are still to come are counted apart, and nowhere else. */
export interface Group extends Repeated<CellSummary> {
  readonly runs: readonly (Repeated<CellSummary>['runs'][number] & { readonly id: string })[];
  readonly failed: number;
  readonly missing: number;
  /** How near the runs came to the tickets that were planted; null where none was. */
  readonly planted: Planted | null;
  /** Areas under the fronts of the runs; null where none has a front. One of a single ticket counts, too. */
  readonly frontArea: Location | null;
  /** Null where no run succeeded. */
  readonly locations: Readonly<Record<Quantity, Location | null>>;
}

/**
 * An algorithm against the reference at one grid point, paired by seed: the same weights and data unless its spec changes them.
 * Differences of test accuracy over the seeds at which both succeeded, corrected over all comparisons of the sweep.
 */
export interface Comparison extends Corrected {
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly reference: string;
  /** Whether both made exactly as many evaluations in every pair. */
  readonly equalEvaluations: boolean;
  /** The same of the areas under the fronts, where both have some. */
  readonly front?: Corrected;
  /** Mean difference of sparsity. */
  readonly sparsityDifference: number;
}

export interface Results {
  readonly groups: readonly Group[];
  readonly comparisons: readonly Comparison[];
  readonly overall: Overall;
  /** Learning curves of the first grid points; empty until histories are read. */
  readonly curves: readonly GroupCurves[];
  /** How soon algorithms are as fit as the reference; empty until histories are read. */
  readonly reach: readonly Reach[];
  /** How searches progressed; empty until histories are read. */
  readonly progress: readonly ProgressRow[];
  readonly runs: readonly CellRun[];
}

/** Sums up the cells. `results` by id; cells that are not there are still to be run. */
export function summarize({ sweep, cells }: CheckedSweep, results: ReadonlyMap<string, CellResult>): Results {
  const runs = cells.map((cell) => ({ cell, result: results.get(cell.id) }));
  const byGroup = group(runs, ({ cell }) => `${cell.point.index} ${cell.algorithm}`);
  const groups = [...byGroup.values()].map(groupOf);
  const references = new Map(
    groups.flatMap((group) => (group.algorithm === sweep.reference ? [[group.point.index, group]] : [])),
  );
  const pairs = groups.flatMap((group) => {
    if (group.algorithm === sweep.reference) return [];
    const reference = references.get(group.point.index);
    const compared = reference && compare(group, reference);
    return compared ? [compared] : [];
  });
  const correctedP = correctedOver(pairs.map(({ test }) => test));
  const correctedPOfFronts = correctedOver(pairs.flatMap(({ front }) => (front ? [front.test] : [])));
  const comparisons = pairs.map(({ front, ...pair }) => ({
    ...pair,
    correctedP: correctedP(pair.test),
    ...(front && { front: { ...front, correctedP: correctedPOfFronts(front.test) } }),
  }));
  return { groups, comparisons, overall: overallOf(groups, runs), curves: [], reach: [], progress: [], runs };
}

function groupOf(runs: readonly CellRun[]): Group {
  const { cell } = at(runs, 0);
  const succeeded = runs.flatMap(({ cell, result }) =>
    result?.status === 'succeeded' ? [{ seed: cell.seed, id: cell.id, summary: result.summary }] : [],
  );
  const locations = recordOf(QUANTITIES, (quantity) =>
    locate(
      succeeded.map(({ summary }) => quantityOf(summary, quantity)),
      RANGES[quantity],
    ),
  );
  return {
    point: cell.point,
    algorithm: cell.algorithm,
    runs: succeeded,
    failed: runs.filter(({ result }) => result?.status === 'failed').length,
    missing: runs.filter(({ result }) => result === undefined).length,
    planted: plantedOf(succeeded.map(({ summary }) => summary)),
    frontArea: locate(
      succeeded.flatMap(({ summary }) => frontAreaOf(summary) ?? []),
      RANGES.testAccuracy,
    ),
    locations,
  };
}

function plantedOf(summaries: readonly CellSummary[]): Planted | null {
  const found = summaries.flatMap(({ planted, keptWeights, ...own }) =>
    planted ? [{ own, planted, kept: keptWeights ?? 0 }] : [],
  );
  const over = (value: (one: (typeof found)[number]) => number, range: readonly [number, number]) =>
    locate(found.map(value), range);
  const gap = over(({ own, planted }) => own.testAccuracy - planted.testAccuracy, DIFFERENCES);
  const shared = over(({ planted }) => planted.shared / planted.keptWeights, RANGES.sparsity);
  const size = over(({ planted, kept }) => kept / planted.keptWeights, RANGES.evaluations);
  const reached = found.filter(({ own, planted }) => own.trainAccuracy >= planted.trainAccuracy).length;
  return gap && shared && size && { gap, shared, size, reached };
}

/** The area under a run's front, be it of one ticket; undefined where its algorithm gives no front. */
export function frontAreaOf({ front }: CellSummary): number | undefined {
  return front && areaOf(front);
}

export function quantityOf(summary: CellSummary, quantity: Quantity): number {
  return quantity === 'dollars' ? summary.cost.dollars.total : summary[quantity];
}

type Uncorrected = Omit<Comparison, 'correctedP' | 'front'> & {
  readonly front?: Difference;
};

/** Undefined where no seed succeeded with both. */
function compare(group: Group, reference: Group): Uncorrected | undefined {
  const bySeed = new Map(reference.runs.map(({ seed, summary }) => [seed, summary]));
  const pairs = group.runs.flatMap(({ seed, summary }) => {
    const other = bySeed.get(seed);
    return other ? [{ own: summary, other }] : [];
  });
  const difference = pairedDifference(pairs.map(({ own, other }) => own.testAccuracy - other.testAccuracy));
  if (!difference) return undefined;
  const areas = pairs.flatMap(({ own, other }) => {
    const both = [frontAreaOf(own), frontAreaOf(other)];
    return both[0] === undefined || both[1] === undefined ? [] : [both[0] - both[1]];
  });
  const front = pairedDifference(areas);
  return {
    point: group.point,
    algorithm: group.algorithm,
    reference: reference.algorithm,
    ...difference,
    ...(front && { front }),
    equalEvaluations: pairs.every(({ own, other }) => own.evaluations === other.evaluations),
    sparsityDifference: mean(pairs, ({ own, other }) => own.sparsity - other.sparsity) ?? 0,
  };
}
