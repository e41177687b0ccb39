/** Gaps between groups of samples as they are reported: with intervals, and each group by itself. */
import { z } from 'zod';
import { constraintsSchema } from '../algorithms/parts/sections.ts';
import { at } from '../base/at.ts';
import type { Confusion } from '../base/classes.ts';
import { recordOf } from '../base/record.ts';
import {
  type Fairness,
  fairnessOf,
  GAPS,
  type Gap,
  type GapLimits,
  type GroupCounts,
  type GroupRates,
  RATES_OF,
  ratesOf,
} from '../search/fairness.ts';
import { differenceInterval } from './intervals.ts';

const share = z.number().min(0).max(1);
const gap = share.nullable();

const gapsSchema = z.object({
  demographicParity: gap,
  equalOpportunity: gap,
  equalisedOdds: gap,
  /** By how much they exceed their limits in all. */
  excess: z.number(),
});

const measuredGapSchema = z.object({
  gap: share,
  /** The 95 % interval. */
  low: share,
  high: share,
  /** The two groups that differ most: the one with the larger share first. */
  groups: z.tuple([z.string(), z.string()]),
});

export const fairnessSchema = z.object({
  /** The name of the positive class. */
  positive: z.string(),
  limits: constraintsSchema.optional(),
  train: gapsSchema,
  validation: gapsSchema.nullable(),
  /** Null where fewer than two groups have such samples. */
  test: z.record(z.enum(GAPS), measuredGapSchema.nullable()),
  /** Of the test data. */
  groups: z.array(
    z.object({
      name: z.string(),
      samples: z.int(),
      accuracy: gap,
      /** Share answered with the positive class: of all samples, of the positive ones, of the negative ones. */
      positiveRate: gap,
      truePositiveRate: gap,
      falsePositiveRate: gap,
    }),
  ),
});
export type FairnessReport = z.output<typeof fairnessSchema>;

/** Columns of the gaps in tables of runs. */
export const GAP_COLUMNS = [
  'trainDemographicParity',
  'testDemographicParity',
  'trainEqualOpportunity',
  'testEqualOpportunity',
  'trainEqualisedOdds',
  'testEqualisedOdds',
] as const;

export function gapsByColumn(
  fairness: Pick<FairnessReport, 'train' | 'test'> | undefined,
): Partial<Record<(typeof GAP_COLUMNS)[number], number | null>> {
  if (!fairness) return {};
  const { train, test } = fairness;
  return {
    trainDemographicParity: train.demographicParity,
    testDemographicParity: test.demographicParity?.gap ?? null,
    trainEqualOpportunity: train.equalOpportunity,
    testEqualOpportunity: test.equalOpportunity?.gap ?? null,
    trainEqualisedOdds: train.equalisedOdds,
    testEqualisedOdds: test.equalisedOdds?.gap ?? null,
  };
}

export interface PositiveClass {
  readonly label: number;
  readonly name: string;
}

/** Confusions of the groups in the parts of the data. */
export interface GroupConfusions {
  readonly train: readonly Confusion[];
  readonly validation: readonly Confusion[] | undefined;
  readonly test: readonly Confusion[];
}

export function fairnessReport(
  { train, validation, test }: GroupConfusions,
  names: readonly string[],
  positive: PositiveClass,
  limits?: GapLimits,
): FairnessReport {
  const counts = (groups: readonly Confusion[]) => countsOfGroups(groups, positive.label);
  return {
    ...(limits && { limits }),
    train: finiteGaps(fairnessOf(counts(train), limits)),
    validation: validation ? finiteGaps(fairnessOf(counts(validation), limits)) : null,
    ...measuredFairness(test, names, positive),
  };
}

/** Gaps of one part of the data, with intervals, and all groups: some may have no samples in it. */
export function measuredFairness(
  groups: readonly Confusion[],
  names: readonly string[],
  { label, name }: PositiveClass,
): Pick<FairnessReport, 'positive' | 'test' | 'groups'> {
  const { classes } = at(groups, 0);
  const none = { classes, counts: new Uint32Array(classes * classes) };
  const all = names.map((_, group) => groups[group] ?? none);
  return {
    positive: name,
    test: measuredGaps(countsOfGroups(all, label), names),
    groups: groupRows(all, names, label),
  };
}

/** Gaps in JSON, which has no NaN. */
function finiteGaps(fairness: Fairness): FairnessReport['train'] {
  return { ...recordOf(GAPS, (name) => finite(fairness[name])), excess: fairness.excess };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

export function countsOfGroups(groups: readonly Confusion[], positive: number): GroupCounts[] {
  return groups.map(({ classes, counts }) => {
    const none = { positives: 0, negatives: 0, truePositives: 0, falsePositives: 0 };
    for (const [cell, count] of Array.from(counts).entries()) {
      const [actual, predicted] = [Math.floor(cell / classes), cell % classes];
      none[actual === positive ? 'positives' : 'negatives'] += count;
      if (predicted === positive) none[actual === positive ? 'truePositives' : 'falsePositives'] += count;
    }
    return none;
  });
}

function groupRows(
  groups: readonly Confusion[],
  names: readonly string[],
  positive: number,
): FairnessReport['groups'] {
  return countsOfGroups(groups, positive).map((counts, group) => {
    const { classes, counts: cells } = at(groups, group);
    const samples = counts.positives + counts.negatives;
    const correct = Array.from({ length: classes }, (_, label) => at(cells, label * classes + label));
    const rates = ratesOf(counts);
    return {
      name: at(names, group),
      samples,
      accuracy: finite(correct.reduce((sum, one) => sum + one, 0) / samples),
      positiveRate: finite(rates.positive),
      truePositiveRate: finite(rates.truePositive),
      falsePositiveRate: finite(rates.falsePositive),
    };
  });
}

export function measuredGaps(
  groups: readonly GroupCounts[],
  names: readonly string[],
): FairnessReport['test'] {
  return recordOf(GAPS, (name) => measuredGap(groups, names, name));
}

/** Samples that each rate is a share of. */
const SAMPLES_OF: Readonly<Record<keyof GroupRates, (counts: GroupCounts) => number>> = {
  positive: ({ positives, negatives }) => positives + negatives,
  truePositive: ({ positives }) => positives,
  falsePositive: ({ negatives }) => negatives,
};

/** The interval is that of the two groups that differ most, from 0 on. */
function measuredGap(groups: readonly GroupCounts[], names: readonly string[], name: Gap) {
  const pairs = RATES_OF[name].flatMap((rate) => {
    const known = groups
      .map((counts, group) => ({
        group,
        share: ratesOf(counts)[rate],
        samples: SAMPLES_OF[rate](counts),
      }))
      .filter((one) => Number.isFinite(one.share))
      .sort((a, b) => b.share - a.share);
    const [high] = known;
    const low = known.at(-1);
    return high && low && high !== low ? [{ high, low, gap: high.share - low.share }] : [];
  });
  const [widest] = pairs.sort((a, b) => b.gap - a.gap);
  if (!widest) return null;
  const { high, low, gap } = widest;
  const [from, to] = differenceInterval(high, low);
  return {
    gap,
    low: Math.max(0, from),
    high: Math.min(1, to),
    groups: [at(names, high.group), at(names, low.group)] as [string, string],
  };
}
