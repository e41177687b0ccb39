/** How a search by single flips spends them: stages on more and more samples, each cut into slices, a generation each. */
import { at } from '../../base/at.ts';
import type { FlipSection } from './flip-fields.ts';

export interface Stage {
  /** Samples that flips are judged by. */
  readonly samples: number;
  /** Flips of each start since the beginning when the stage is over. */
  readonly end: number;
  /** Flips of a generation, at most. */
  readonly slice: number;
}

export interface Size {
  readonly bits: number;
  readonly samples: number;
}

/** Samples of the first stage where the data are at least twice as many. */
const FIRST_SAMPLES = 2_000;
/**
 * Each stage has so many times the samples of the one before, and this share of its flips. Usually most of the way is the same
 * on few samples as on many. Many weights are misled by few samples, and soon.
 */
const STAGES = { usual: { growth: 5, share: 1 / 3 }, many: { growth: 2, share: 1 } } as const;

const MOST_FLIPS = 200_000;
/** But so many for each weight, where weights are many. */
const FEW_PER_WEIGHT = 3;
const FLIPS_PER_WEIGHT = 300;
/** Beyond so many times samples, flips take tens of seconds. There remain some for each weight. */
const QUICK_FLIPS = 7.5e8;
const FEWEST_PER_WEIGHT = 20;

/** Generations of a run, at least; and flips times samples that take a second or a few, of many weights some more. */
const LEAST_GENERATIONS = 20;
const FLIPS_BY_SAMPLES = { usual: 5e7, many: 1.5e9 };

/** From so many weights for each of the first samples on, 2,000 or more, a search would fit the masks to these: others are drawn. */
const WEIGHTS_PER_SAMPLE = 10;
/** Of all weights as many are flipped between two draws. */
const DRAWN_AFTER = 0.2;

/** Samples of the first stage. */
function firstOf(first: number | null, samples: number): number {
  return first ?? (2 * FIRST_SAMPLES <= samples ? FIRST_SAMPLES : samples);
}

function hasManyWeights(
  { firstSamples }: Pick<FlipSection, 'firstSamples'>,
  { bits, samples }: Size,
): boolean {
  const first = firstOf(firstSamples, samples);
  return first < samples && bits >= WEIGHTS_PER_SAMPLE * Math.max(first, FIRST_SAMPLES);
}

/** Samples of each stage, and its share of the flips. */
function shares(
  section: Pick<FlipSection, 'firstSamples'>,
  size: Size,
): { readonly samples: number; readonly share: number }[] {
  const { samples } = size;
  const { growth, share } = STAGES[hasManyWeights(section, size) ? 'many' : 'usual'];
  const sizes: number[] = [];
  const start = firstOf(section.firstSamples, samples);
  for (let some = start; sizes.length === 0 ? some < samples : 2 * some <= samples; some *= growth) {
    sizes.push(some);
  }
  sizes.push(samples);
  const total = sizes.reduce((sum, _, stage) => sum + share ** stage, 0);
  return sizes.map((some, stage) => ({ samples: some, share: share ** stage / total }));
}

/** Flips that each start considers. */
export function flipsOf(section: Pick<FlipSection, 'flips' | 'firstSamples'>, size: Size): number {
  const { bits } = size;
  const mean = shares(section, size).reduce((sum, one) => sum + one.share * one.samples, 0);
  const quick = Math.max(FEWEST_PER_WEIGHT * bits, Math.floor(QUICK_FLIPS / mean));
  const most = Math.max(MOST_FLIPS, FEW_PER_WEIGHT * bits);
  return section.flips ?? Math.min(FLIPS_PER_WEIGHT * bits, quick, most);
}

/** Flips after which a part of the samples is drawn anew; null: never. */
export function redrawnAfter(section: Pick<FlipSection, 'firstSamples'>, size: Size): number | null {
  return hasManyWeights(section, size) ? Math.ceil(DRAWN_AFTER * size.bits) : null;
}

export function stagesOf(section: Pick<FlipSection, 'flips' | 'firstSamples'>, size: Size): Stage[] {
  const flips = flipsOf(section, size);
  const work = FLIPS_BY_SAMPLES[hasManyWeights(section, size) ? 'many' : 'usual'];
  let share = 0;
  return shares(section, size).map(({ samples, share: own }, index, all) => {
    share += own;
    const slice = Math.min(Math.ceil(flips / LEAST_GENERATIONS), Math.floor(work / samples));
    const end = index === all.length - 1 ? flips : Math.round(share * flips);
    return { samples, end, slice: Math.max(1, slice) };
  });
}

/** The next slice after so many flips: how many more, by which samples. */
export function sliceAfter(
  stages: readonly Stage[],
  done: number,
): { readonly flips: number; readonly samples: number } {
  const { samples, end, slice } = stages.find((stage) => done < stage.end) ?? at(stages, stages.length - 1);
  return { flips: Math.min(slice, end - done), samples };
}

/** Generations after the first, and what all their flips come to as flips judged by all samples. */
export function extentOf(stages: readonly Stage[]): { readonly generations: number; readonly flips: number } {
  const { samples: all } = at(stages, stages.length - 1);
  let [begin, generations, flips] = [0, 0, 0];
  for (const { samples, end, slice } of stages) {
    generations += Math.ceil((end - begin) / slice);
    flips += ((end - begin) * samples) / all;
    begin = end;
  }
  return { generations, flips };
}
