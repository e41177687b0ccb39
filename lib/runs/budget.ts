/** A run whose budget is spent ends with what is complete. */
import { type End, isEnd, type Memory, type Moment } from '../algorithms/algorithm.ts';
import { isSpent, type Used } from '../cost/budget.ts';
import type { Platform } from '../cost/cost.ts';
import type { Run } from './run.ts';

/**
 * The next moment, or the end, if the run has used what `now` says, and had used what `before` says ahead of the last piece of
 * work: as the algorithm asks, or the end. The first generation is always completed, since without one there is no ticket.
 */
export function withinBudget(
  { spec }: Pick<Run, 'spec'>,
  next: Moment | End,
  now: Used,
  before: Used,
  platform: Platform,
): Moment | End {
  const { complete, progress, work, memory } = next;
  if (isEnd(next) || complete === null || spec.budget === undefined) return next;
  if (!isSpent(spec.budget, now, before, platform)) return next;
  // Training keeps its result in its memory, and so does a search by flips for an order of the weights; others in their population.
  const kept: Memory = work === 'score' ? { facts: memory.facts, aside: [], vectors: {} } : memory;
  return { generation: complete, round: 0, complete, progress, work, memory: kept, over: 'budget' };
}
