/** Runs side by side: in what their specs differ, what they found, and what their masks have in common. */
import { ALGORITHM_NAMES } from '../algorithms/registry.ts';
import { wilsonInterval } from '../report/intervals.ts';
import type { RunSummary } from '../report/summary.ts';
import { withoutPaths } from '../runspec/identity.ts';
import { ignoredBy } from '../runspec/ignored.ts';
import { isObject, type Json } from '../runspec/written-spec.ts';
import { countOnes } from '../search/genome.ts';

export interface ComparedRun {
  /** Unique among those that are compared. */
  readonly name: string;
  readonly state: string;
  readonly spec: Json;
  /** Absent where nothing has been found yet. */
  readonly summary?: RunSummary;
  /** The text of history.csv. */
  readonly history?: string;
  /** Absent for runs that train their weights or are not finished. */
  readonly ticket?: Ticket;
}

interface Ticket {
  /** A digest of the frozen network. */
  readonly network: string;
  readonly mask: Uint8Array;
  /** Prunable weights. */
  readonly bits: number;
}

/** A field of the specs in which the runs differ, with its value in each; undefined where a run has none. */
interface Difference {
  readonly field: string;
  readonly values: readonly unknown[];
}

/** Overlap of the masks of two runs. */
interface Overlap {
  readonly runs: readonly [string, string];
  /** Weights that both keep. */
  readonly both: number;
  /** Kept by both, of those that are kept by either; null where nobody keeps any. */
  readonly jaccard: number | null;
  /** Overlap of two random masks that keep as many. */
  readonly expected: number | null;
}

export interface RunComparison {
  readonly runs: readonly ComparedRun[];
  readonly differences: readonly Difference[];
  /** For each pair with the same frozen weights. */
  readonly overlaps: readonly Overlap[];
  /** Pairs that have a mask each, but over other weights. */
  readonly otherWeights: number;
  /** Whether accuracies are of the same test data. */
  readonly sameTask: boolean;
}

export function compareRuns(runs: readonly ComparedRun[]): RunComparison {
  const pairs = runs.flatMap((one, index) => runs.slice(index + 1).map((other) => [one, other] as const));
  const masked = pairs.flatMap(([one, other]) =>
    one.ticket && other.ticket
      ? [{ names: [one.name, other.name] as const, one: one.ticket, other: other.ticket }]
      : [],
  );
  const overlaps = masked
    .filter(({ one, other }) => one.network === other.network)
    .map(({ names, one, other }) => ({ runs: names, ...overlapOf(one, other) }));
  return {
    runs,
    differences: differencesOf(runs.map(({ spec }) => heededPart(spec))),
    overlaps,
    otherWeights: masked.length - overlaps.length,
    sameTask:
      new Set(runs.map(({ spec: { task } }) => JSON.stringify(isObject(task) ? withoutPaths(task) : task)))
        .size === 1,
  };
}

/** Without what changes no result, and without the sections that its algorithm ignores. */
function heededPart(spec: Json): Json {
  const algorithm = ALGORITHM_NAMES.find((name) => name === spec.algorithm);
  const ignored: readonly string[] = [
    'evaluation',
    'keepGenerations',
    ...(algorithm ? ignoredBy(algorithm) : []),
  ];
  return Object.fromEntries(Object.entries(spec).filter(([key]) => !ignored.includes(key)));
}

function differencesOf(specs: readonly Json[]): Difference[] {
  const flat = specs.map((spec) => new Map(fieldsOf(spec)));
  const fields = [...new Set(flat.flatMap((one) => [...one.keys()]))];
  return fields
    .map((field) => ({ field, values: flat.map((one) => one.get(field)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

/** Dotted fields; lists are values. */
function fieldsOf(value: Json, prefix = ''): [field: string, value: unknown][] {
  return Object.entries(value).flatMap(([key, below]): [string, unknown][] =>
    isObject(below) ? fieldsOf(below, `${prefix}${key}.`) : [[prefix + key, below]],
  );
}

function overlapOf(one: Ticket, other: Ticket): Omit<Overlap, 'runs'> {
  const [kept, keptByOther] = [countOnes(one.mask), countOnes(other.mask)];
  const both = countOnes(one.mask.map((byte, index) => byte & (other.mask[index] ?? 0)));
  const jaccard = (shared: number) =>
    kept + keptByOther > 0 ? shared / (kept + keptByOther - shared) : null;
  return { both, jaccard: jaccard(both), expected: jaccard((kept * keptByOther) / one.bits) };
}

/** 95 % interval of the test accuracy. */
export function intervalOf({ summary }: ComparedRun): readonly [low: number, high: number] | null {
  return summary ? wilsonInterval(summary.testAccuracy, summary.testSamples) : null;
}
