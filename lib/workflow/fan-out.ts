/** How a generation is cut into chunks. Results never depend on it. */

export interface FanOutRules {
  readonly fanOut: 'auto' | 'inline' | 'distributed';
  readonly maxConcurrency: number;
  readonly minChunkSeconds: number;
}

export interface LeapRules {
  readonly evaluation: FanOutRules & { readonly leapSeconds: number };
  readonly keepGenerations: boolean;
}

export interface FanOutPlan {
  readonly chunks: number[];
  readonly chunkSize: number;
  readonly fanOut: 'inline' | 'distributed';
  readonly maxConcurrency: number;
}

/** Seconds of a chunk, at most, that fits into a child of a Distributed Map with room for a measure that was too short. */
export const LONGEST_WIDE_CHUNK = 120;

/** Seconds of a chunk, at most, where more of them can be made: two thirds of a function's time, since a measure may be too short. */
export const LONGEST_CHUNK = 600;

/** Chunks of a generation, at most. */
const MOST_CHUNKS = 1_000;

/** Iterations of an inline Map that Step Functions runs at once. */
export const INLINE_WIDTH = 40;

/**
 * Chunks of `individuals` masks that keep a worker busy for at least `minChunkSeconds`, of nearly equal size: at most
 * `maxConcurrency` of them, or, where these would outlive their function, more, of which so many run at a time.
 * `secondsPerIndividual` is measured, or estimated before the first generation.
 */
export function planFanOut(
  individuals: number,
  secondsPerIndividual: number,
  rules: FanOutRules,
): FanOutPlan {
  const { maxConcurrency, minChunkSeconds } = rules;
  const least = secondsPerIndividual > 0 ? Math.floor(minChunkSeconds / secondsPerIndividual) : 1;
  const smallest = Math.max(1, Math.min(individuals, least));
  const together = Math.max(1, Math.min(maxConcurrency, Math.floor(individuals / smallest)));
  const longest = rules.fanOut === 'distributed' ? LONGEST_WIDE_CHUNK : LONGEST_CHUNK;
  const needed = Math.ceil((individuals * secondsPerIndividual) / longest);
  const count = Math.min(individuals, Math.max(together, Math.min(needed, MOST_CHUNKS)));
  const chunkSize = count === 0 ? 1 : Math.ceil(individuals / count);
  const chunks = Array.from({ length: Math.ceil(individuals / chunkSize) }, (_, index) => index);
  const wide = chunks.length > INLINE_WIDTH && chunkSize * secondsPerIndividual <= LONGEST_WIDE_CHUNK;
  return {
    chunks,
    chunkSize,
    fanOut: rules.fanOut === 'auto' ? (wide ? 'distributed' : 'inline') : rules.fanOut,
    maxConcurrency,
  };
}

/** Seconds of work from which on a generation is worth states of its own. */
const LARGEST_LEAPT = 1;

/**
 * Whether generations like this one are done in one invocation, many of them: those of one chunk that is little work, or
 * that has one individual alone to improve, which takes a second or a few.
 */
export function isLeapt(
  work: 'score' | 'improve' | 'train',
  individuals: number,
  secondsPerIndividual: number,
  { evaluation, keepGenerations }: LeapRules,
): boolean {
  if (work === 'train' || evaluation.leapSeconds === 0 || keepGenerations) return false;
  const { fanOut, chunks } = planFanOut(individuals, secondsPerIndividual, evaluation);
  if (fanOut !== 'inline' || chunks.length > 1) return false;
  return (work === 'improve' && individuals === 1) || individuals * secondsPerIndividual < LARGEST_LEAPT;
}

/** Seconds of the first leap in the cloud; a later one is as long as all before it, up to what the spec says. */
export const FIRST_LEAP = 15;

/** Length of a leap, in the time unit of `before`, the time that the run worked before it. */
export function lengthOfLeap(before: number, first: number, longest: number): number {
  return Math.min(longest, Math.max(first, before));
}

/** History events of an execution before its first generation: start, Prepare, What next?. */
export const EVENTS_BEFORE = 8;

/** Room for what ends an execution: Continue as new or Finalize, and the events of a few retries. */
const EVENTS_AFTER = 40;

/**
 * History events of one generation without retries, counted from recorded executions: an inline iteration 7 (its task
 * 5), an inline Map 4, a distributed Map 6 whatever its width, a task 5, a choice 2.
 */
export function eventsOfGeneration({ fanOut, chunks }: Pick<FanOutPlan, 'fanOut' | 'chunks'>): number {
  const selectAndChoice = 5 + 2;
  return selectAndChoice + (fanOut === 'inline' ? 4 + 7 * chunks.length : 6);
}

/** History events of one Train or Leap: a task and a choice. No more than a generation without chunks has. */
export const EVENTS_OF_TASK = 5 + 2;

/** Whether an execution that is at `events` must not begin another generation like `next`. */
export function historyRunsOut(
  events: number,
  next: Pick<FanOutPlan, 'fanOut' | 'chunks'>,
  maxEvents: number,
): boolean {
  return events + eventsOfGeneration(next) + EVENTS_AFTER > maxEvents;
}
