/** The evaluations that algorithms need until they are as fit as the reference was at its end, and after half of its work. */
import { group } from 'd3-array';
import { at } from '../base/at.ts';
import type { GridPoint } from './cells.ts';
import type { FitnessCurve, ReadCurve } from './fitness-curve.ts';
import { holm, medianInterval, type SignedRank, signedRank } from './statistics.ts';

/** When the reference was as fit as the others are to be. */
const TARGETS = ['end', 'half'] as const;
type Target = (typeof TARGETS)[number];

/** An algorithm against the reference, paired by seed. */
export interface Reach {
  /** Null: over all grid points, where each seed counts once, with the median of its ratios. */
  readonly point: GridPoint | null;
  readonly algorithm: string;
  readonly reference: string;
  readonly target: Target;
  readonly unit: FitnessCurve['unit'];
  /** Pairs of runs, and those in which the algorithm became as fit. */
  readonly pairs: number;
  readonly reached: number;
  /** Work of the algorithm over that of the reference until both were as fit; infinite where the algorithm never was. */
  readonly ratio: {
    readonly median: number;
    /** Of the median, 95 %, by order statistics; null of fewer than six. */
    readonly interval: readonly [low: number, high: number] | null;
  };
  /** Of the logarithms of the ratios; a negative effect size: the algorithm needs less. */
  readonly test: SignedRank;
  /** Corrected over all rows of the table. */
  readonly correctedP: number;
}

/** Work until a search was as fit; infinite where it never was. */
function workUntil({ points }: FitnessCurve, fitness: number): number {
  return points.find((point) => point.fitness >= fitness)?.work ?? Number.POSITIVE_INFINITY;
}

function targetOf({ points, work }: FitnessCurve, target: Target): number {
  const until = target === 'end' ? work : work / 2;
  return (points.findLast((point) => point.work <= until) ?? at(points, 0)).fitness;
}

/** Work of a search over that of the reference until both were as fit as the reference at the target. */
export function ratioOf(own: FitnessCurve, reference: FitnessCurve, target: Target): number {
  const fitness = targetOf(reference, target);
  return workUntil(own, fitness) / workUntil(reference, fitness);
}

/** Infinite logarithms would have no ranks. */
const NEVER = 1_000;

/** The runs that succeeded with an algorithm at a grid point, as far as needed. */
interface Repeated {
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly runs: readonly { readonly seed: number; readonly id: string }[];
}

interface Ratio {
  readonly point: GridPoint;
  readonly algorithm: string;
  readonly seed: number;
  readonly unit: FitnessCurve['unit'];
  readonly target: Target;
  readonly ratio: number;
}

/** A row per grid point, algorithm and target, and those over all grid points; none of what cannot be compared. */
export async function reachOf(
  reference: string,
  groups: readonly Repeated[],
  readCurve: ReadCurve,
): Promise<Reach[]> {
  const curvesOf = async (group: Pick<Repeated, 'runs'>) => {
    const curves = new Map<number, FitnessCurve>();
    for (const { id, seed } of group.runs) {
      const curve = await readCurve(id);
      if (curve) curves.set(seed, curve);
    }
    return curves;
  };
  const ratios: Ratio[] = [];
  for (const present of group(groups, ({ point }) => point.index).values()) {
    const base = present.find(({ algorithm }) => algorithm === reference);
    const others = present.filter((one) => one !== base);
    if (!base || others.length === 0) continue;
    const references = await curvesOf(base);
    if (references.size === 0) continue;
    for (const other of others) {
      for (const [seed, own] of await curvesOf(other)) {
        const against = references.get(seed);
        if (against?.figure !== own.figure) continue;
        const { point, algorithm } = other;
        for (const target of TARGETS) {
          const ratio = ratioOf(own, against, target);
          ratios.push({ point, algorithm, seed, unit: own.unit, target, ratio });
        }
      }
    }
  }
  const points = new Set(ratios.map(({ point }) => point.index));
  const rows = [
    ...group(ratios, ({ point, algorithm, target }) => `${point.index} ${target} ${algorithm}`).values(),
  ].map((own) =>
    rowOf(
      at(own, 0).point,
      reference,
      own,
      own.map(({ ratio }) => ratio),
    ),
  );
  const all =
    points.size < 2 ? [] : [...group(ratios, ({ algorithm, target }) => `${target} ${algorithm}`).values()];
  const over = all.map((own) => {
    const seeds = [...group(own, ({ seed }) => seed).values()];
    return rowOf(
      null,
      reference,
      own,
      seeds.map((some) => middleOf(some.map(({ ratio }) => ratio))),
    );
  });
  const found = [...over, ...rows];
  const corrected = holm(found.map(({ test }) => test.pValue));
  return found.map((row, index) => ({ ...row, correctedP: at(corrected, index) }));
}

function rowOf(
  point: GridPoint | null,
  reference: string,
  pairs: readonly Ratio[],
  values: readonly number[],
): Omit<Reach, 'correctedP'> {
  const { algorithm, target, unit } = at(pairs, 0);
  return {
    point,
    algorithm,
    reference,
    target,
    unit,
    pairs: pairs.length,
    reached: pairs.filter(({ ratio }) => Number.isFinite(ratio)).length,
    ratio: { median: middleOf(values), interval: medianInterval(values) },
    test: signedRank(values.map((ratio) => Math.min(NEVER, Math.log(ratio)))),
  };
}

/** The median, also of values that are infinite. */
function middleOf(values: readonly number[]): number {
  const order = values.toSorted((a, b) => (a === b ? 0 : a < b ? -1 : 1));
  return (at(order, (order.length - 1) >> 1) + at(order, order.length >> 1)) / 2;
}
