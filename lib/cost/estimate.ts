/**
 * The expected cost of a run: the same counters as a metered run, filled in from the spec, once with
 * every doubt taken well and once with every doubt taken badly.
 */
import type { Course } from '../algorithms/algorithm.ts';
import { algorithmNamed } from '../algorithms/registry.ts';
import type { RunSpec } from '../runspec/schema.ts';
import { searchSizeOf } from '../runspec/shape.ts';
import { type Assumptions, type Guess, HIGH, LOW } from './assumptions.ts';
import { exceeds } from './budget.ts';
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
export const MEMORIES = [DEFAULT_MEMORY_MB, 3_538, 7_076, 10_240] as const;

/** The same with functions of other sizes, each with its vCPUs. */
export function estimateByMemory(spec: RunSpec, architecture?: Architecture): readonly Estimate[] {
  return MEMORIES.map((memoryMb) => estimateCost(spec, memoryMb, architecture));
}

/** One of the two. */
function guess(spec: RunSpec, given: Assumptions, memoryMb: number, architecture: Architecture): Guess {
  const course = algorithmNamed(spec.algorithm).course(spec, given, searchSizeOf(spec));
  const guessOf = (course: Course) =>
    course.work === 'train'
      ? guessTraining(spec, course, given, memoryMb, architecture)
      : guessSearch(spec, course, given, memoryMb, architecture);
  const whole = guessOf(course);
  const { budget } = spec;
  if (budget === undefined || !exceeds(whole, budget, architecture)) return whole;
  // Without the first generation there is no ticket: whatever it costs, it is done.
  let [affordable, most] = [course.work === 'train' ? 1 : 0, whole.generations];
  while (affordable + 1 < most) {
    const middle = Math.floor((affordable + most) / 2);
    if (exceeds(guessOf(cut(course, middle)), budget, architecture)) most = middle;
    else affordable = middle;
  }
  return { ...guessOf(cut(course, affordable)), without: whole.generations };
}

/** The course up to that generation, or that epoch. */
function cut(course: Course, generations: number): Course {
  if (course.work === 'train') return { ...course, epochs: generations };
  const share = course.generations === 0 ? 1 : generations / course.generations;
  const later = course.evaluations - course.first;
  return { ...course, generations, evaluations: Math.round(course.first + share * later) };
}
