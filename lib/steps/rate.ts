/** How long a unit of work takes, from what was measured. */
import type { Moment, Told } from '../algorithms/algorithm.ts';
import type { RunSpec } from '../runspec/schema.ts';

/** What was measured goes for work of the same kind; of another nothing is known, and every piece is a chunk. */
export function secondsPerUnit(
  { work }: Moment['ask'],
  next: Told['next'],
  { evaluation }: Pick<RunSpec, 'evaluation'>,
  measured: number,
): number {
  return next.work === work ? measured : Math.max(measured, evaluation.minChunkSeconds);
}
