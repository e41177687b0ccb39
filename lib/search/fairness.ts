/** Gaps between groups of samples in the answers of a classifier, and limits of them. Gaps are 0..1; 0 is fair. */
import { recordOf } from '../base/record.ts';

/** The largest difference between two groups: of the share answered with the positive class, of the true positive rate, and of the true or false positive rate. */
export const GAPS = ['demographicParity', 'equalOpportunity', 'equalisedOdds'] as const;
export type Gap = (typeof GAPS)[number];
export type Gaps = Readonly<Record<Gap, number>>;

/** Gaps of a mask, and by how much they exceed their limits in all. */
export interface Fairness extends Gaps {
  readonly excess: number;
}

export type GapLimits = { readonly [Name in Gap]?: { readonly atMost: number } | undefined };

/** The answers to the samples of one group: one class is the positive one, all others are negative. */
export interface GroupCounts {
  readonly positives: number;
  readonly negatives: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** The shares that gaps are differences of; each NaN where the group has no such samples. */
export interface GroupRates {
  readonly positive: number;
  readonly truePositive: number;
  readonly falsePositive: number;
}

export function ratesOf({ positives, negatives, truePositives, falsePositives }: GroupCounts): GroupRates {
  return {
    positive: (truePositives + falsePositives) / (positives + negatives),
    truePositive: truePositives / positives,
    falsePositive: falsePositives / negatives,
  };
}

/** The rates that each gap compares: it is the largest of their differences. */
export const RATES_OF: Readonly<Record<Gap, readonly (keyof GroupRates)[]>> = {
  demographicParity: ['positive'],
  equalOpportunity: ['truePositive'],
  equalisedOdds: ['truePositive', 'falsePositive'],
};

/** NaN where fewer than two groups have the samples that a gap compares. */
export function gapsOf(groups: readonly GroupCounts[]): Gaps {
  const rates = groups.map(ratesOf);
  const spread = (name: keyof GroupRates) => {
    const known = rates.map((one) => one[name]).filter(Number.isFinite);
    return known.length < 2 ? Number.NaN : Math.max(...known) - Math.min(...known);
  };
  return recordOf(GAPS, (gap) => {
    const known = RATES_OF[gap].map(spread).filter(Number.isFinite);
    return known.length === 0 ? Number.NaN : Math.max(...known);
  });
}

/** Rounding errors of a difference of two shares are smaller, and counts of fewer than 10⁹ samples differ by more. */
const ROUNDING = 1e-9;

/** By how much a gap exceeds its limit; 0 where it does not, or cannot be measured. A gap of 0.8 − 0.7 is one of 0.1. */
export function excessOver(gap: number, atMost: number): number {
  return gap - atMost > ROUNDING ? gap - atMost : 0;
}

/** A gap that cannot be measured exceeds nothing. */
export function fairnessOf(groups: readonly GroupCounts[], limits: GapLimits = {}): Fairness {
  const gaps = gapsOf(groups);
  const excess = GAPS.reduce((sum, gap) => sum + excessOver(gaps[gap], limits[gap]?.atMost ?? 1), 0);
  return { ...gaps, excess };
}
