/** What all searches by single flips say of themselves: the rows of their history, how long they take, and what does not fit. */
import { at } from '../../base/at.ts';
import type { ClassSize } from '../../base/classes.ts';
import type { Individual, Objective } from '../../search/individual.ts';
import type { Course, RunPlace } from '../algorithm.ts';
import { maskCost } from './flip-ranking.ts';
import type { Size } from './flip-stages.ts';
import { type HistoryRow, historyRow } from './history-row.ts';
import type { Progress } from './progress.ts';

type Counts = Pick<HistoryRow, 'generation' | 'offspring' | 'evaluated' | 'evaluations'> & { flips: number };

/** `survivors`: best first. */
export function flipRow(
  survivors: readonly Individual[],
  objective: Objective,
  lambda: number,
  { samples, bits }: Size,
  counts: Counts,
): HistoryRow {
  const cost = maskCost(at(survivors, 0), objective, lambda, { samples, bits });
  const bestCost = Number.isFinite(cost) ? cost : null;
  const origins = ['start', 'improvement'] as const;
  return historyRow(survivors, { ...counts, bestCost, samples, bits, objective, origins });
}

export function placeAfter(
  { generation }: HistoryRow,
  progress: Progress,
): Omit<RunPlace, 'memory' | 'work'> {
  return { generation: generation + 1, round: 0, complete: generation, progress };
}

interface Plan {
  readonly generations: number;
  /** Slices of single masks, and what all their flips come to as flips judged by all samples. */
  readonly improvements: number;
  readonly wholeFlips: number;
  /** Share of these flips in passes that consider every weight; none if absent. */
  readonly everyBit?: number;
}

/** `first`: masks of the first generation; `passes`: over the weights that are searched, of each mask. */
export function flipCourse(
  first: number,
  passes: number,
  { generations, improvements, wholeFlips, everyBit = 0 }: Plan,
): Course {
  return {
    work: 'improve',
    first,
    each: Math.max(1, Math.round(improvements / generations)),
    flips: wholeFlips / improvements,
    passes,
    everyBit,
    generations,
    evaluations: first + improvements,
  };
}

/** The line that says that there are fewer samples than the first stage is to have; none where it fits. `classes`: of the training data. */
export function unfitFirstSamples(
  section: string,
  firstSamples: number | null,
  classes: readonly ClassSize[],
): string[] {
  const samples = classes.reduce((sum, one) => sum + one.samples, 0);
  if (firstSamples === null || firstSamples <= samples) return [];
  return [
    `${section}.firstSamples: found ${firstSamples}, expected at most ${samples}, the samples of the training data`,
  ];
}
