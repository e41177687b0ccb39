/** How long a unit of work takes, from what was measured. */
import type { Moment, Told } from '../algorithms/algorithm.ts';
import type { RunSpec } from '../runspec/schema.ts';

/** A measured rate holds for work of the same kind; for another kind the rate is unknown, and every piece is a chunk. */
export function secondsPerUnit(
  { work }: Moment['ask'],
  next: Told['next'],
  { evaluation }: Pick<RunSpec, 'evaluation'>,
  measured: number,
): number {
  return next.work === work ? measured : Math.max(measured, evaluation.minChunkSeconds);
}
