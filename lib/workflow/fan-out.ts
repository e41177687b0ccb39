/** How a generation is cut into chunks. Results never depend on it. */

export interface FanOutRules {
  readonly fanOut: 'auto' | 'inline' | 'distributed';
  readonly maxConcurrency: number;
  readonly minChunkSeconds: number;
}

export interface FanOutPlan {
  readonly chunks: number[];
  readonly chunkSize: number;
  readonly fanOut: 'inline' | 'distributed';
  readonly maxConcurrency: number;
}

/** Seconds of a chunk, at most, that fits into a child of a Distributed Map with room for a measure that was too short. */
export const LONGEST_WIDE_CHUNK = 120;

/** Iterations of an inline Map that Step Functions runs at once. */
export const INLINE_WIDTH = 40;

/**
 * Chunks of `individuals` masks that keep a worker busy for at least `minChunkSeconds`, at most `maxConcurrency` of
 * them, of nearly equal size. `secondsPerIndividual` is measured, or estimated before the first generation.
 */
export function planFanOut(
  individuals: number,
  secondsPerIndividual: number,
  rules: FanOutRules,
): FanOutPlan {
  const { maxConcurrency, minChunkSeconds } = rules;
  const least = secondsPerIndividual > 0 ? Math.floor(minChunkSeconds / secondsPerIndividual) : 1;
  const smallest = Math.max(1, Math.min(individuals, least));
  const count =
    individuals === 0 ? 0 : Math.max(1, Math.min(maxConcurrency, Math.floor(individuals / smallest)));
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

/** History events of one Train: a task and a choice. No more than a generation without chunks has. */
export const EVENTS_OF_TRAINING = 5 + 2;

/** Whether an execution that is at `events` must not begin another generation like `next`. */
export function historyRunsOut(
  events: number,
  next: Pick<FanOutPlan, 'fanOut' | 'chunks'>,
  maxEvents: number,
): boolean {
  return events + eventsOfGeneration(next) + EVENTS_AFTER > maxEvents;
}
