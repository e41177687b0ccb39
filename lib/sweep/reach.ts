/** The evaluations that algorithms need until they are as fit as the reference was at its end, and after half of its work. */
import { ascending, group } from 'd3-array';
import { at } from '../base/at.ts';
import { recordOf } from '../base/record.ts';
import type { GridPoint } from './cells.ts';
import type { FitnessCurve } from './fitness-curve.ts';
import { correctedOver, medianInterval, type SignedRank, signedRank } from './statistics.ts';

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

/** What the others are to reach: how fit the reference was at each target, and the work after which it first was. */
export interface Goals extends Pick<FitnessCurve, 'kind'> {
  readonly targets: Readonly<Record<Target, { readonly fitness: number; readonly work: number }>>;
}

export function goalsOf(reference: FitnessCurve): Goals {
  const { kind, points, work } = reference;
  const targets = recordOf(TARGETS, (target) => {
    const until = target === 'end' ? work : work / 2;
    const { fitness } = points.findLast((point) => point.work <= until) ?? at(points, 0);
    return { fitness, work: workUntil(reference, fitness) };
  });
  return { kind, targets };
}

/** Work until a search was as fit; infinite where it never was. */
function workUntil({ points }: FitnessCurve, fitness: number): number {
  return points.find((point) => point.fitness >= fitness)?.work ?? Number.POSITIVE_INFINITY;
}

/** Work of a search until it was as fit as the reference at each target, over that of the reference; none by fitness of another kind. */
export function ratiosOf(
  own: FitnessCurve,
  { kind, targets }: Goals,
): Pick<Ratio, 'unit' | 'target' | 'ratio'>[] {
  if (own.kind !== kind) return [];
  return TARGETS.map((target) => {
    const { fitness, work } = targets[target];
    return { unit: own.unit, target, ratio: workUntil(own, fitness) / work };
  });
}

/** Infinite logarithms would have no ranks. */
const NEVER = 1_000;

/** A run against that of the reference with the same seed at the same grid point. */
export interface Ratio extends Pick<Reach, 'algorithm' | 'target' | 'unit'> {
  readonly point: GridPoint;
  readonly seed: number;
  readonly ratio: number;
}

/** A row per grid point, algorithm and target, and those over all grid points. */
export function reachOf(reference: string, ratios: readonly Ratio[]): Reach[] {
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
  const correctedP = correctedOver(found.map(({ test }) => test));
  return found.map((row) => ({ ...row, correctedP: correctedP(row.test) }));
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
  const order = values.toSorted(ascending);
  return (at(order, (order.length - 1) >> 1) + at(order, order.length >> 1)) / 2;
}
