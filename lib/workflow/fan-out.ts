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
  const wide = chunks.length > INLINE_WIDTH;
  return {
    chunks,
    chunkSize,
    fanOut: rules.fanOut === 'auto' ? (wide ? 'distributed' : 'inline') : rules.fanOut,
    maxConcurrency,
  };
}
