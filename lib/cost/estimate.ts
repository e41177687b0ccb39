/**
 * What a run will cost, before it starts: the same counters as a metered run, filled in from the spec, once with
 * every doubt taken well and once with every doubt taken badly.
 */
import { algorithmNamed } from '../algorithms/registry.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { searchSizeOf } from '../runspec/shape.ts';
import { type Assumptions, type Guess, HIGH, LOW } from './assumptions.ts';
import { guessSearch } from './estimate-search.ts';
import { guessTraining } from './estimate-training.ts';
import { type Architecture, DEFAULT_MEMORY_MB, PRICE_DATE, PRICE_REGION } from './prices.ts';

export interface Estimate {
  readonly low: Guess;
  readonly high: Guess;
  readonly memoryMb: number;
  readonly architecture: Architecture;
  readonly priceDate: string;
  readonly priceRegion: string;
}

export function estimateCost(
  spec: RunSpec,
  memoryMb = DEFAULT_MEMORY_MB,
  architecture: Architecture = 'x86_64',
): Estimate {
  return {
    low: guess(spec, LOW, memoryMb, architecture),
    high: guess(spec, HIGH, memoryMb, architecture),
    memoryMb,
    architecture,
    priceDate: PRICE_DATE,
    priceRegion: PRICE_REGION,
  };
}

/** Memories to choose from: one, two and four vCPUs, and the largest. */
const MEMORIES = [DEFAULT_MEMORY_MB, 3_538, 7_076, 10_240] as const;

/** The same with functions of other sizes, each with its vCPUs. */
export function estimateByMemory(spec: RunSpec, architecture?: Architecture): readonly Estimate[] {
  return MEMORIES.map((memoryMb) => estimateCost(spec, memoryMb, architecture));
}

/** One of the two. */
function guess(spec: RunSpec, given: Assumptions, memoryMb: number, architecture: Architecture): Guess {
  const course = algorithmNamed(spec.algorithm).course(spec, given, searchSizeOf(spec));
  return course.work !== 'train'
    ? guessSearch(spec, course, given, memoryMb, architecture)
    : guessTraining(spec, course, given, memoryMb, architecture);
}
