/** `tombola estimate`, of a sweep: what its cells will cost on AWS, and what it takes to run them. */
import { max } from 'd3-array';
import { duration, money, whole } from '../../base/format.ts';
import type { Guess } from '../../cost/assumptions.ts';
import { PRICES } from '../../cost/prices.ts';
import type { Budget } from '../../runspec/budget.ts';
import type { RunSpec } from '../../runspec/schema.ts';
import type { Json } from '../../runspec/written-spec.ts';
import { type CheckedSweep, parseSweep } from '../../sweep/cells.ts';
import { bytesOf, type EstimateOptions } from '../estimate.ts';
import { print, printJson } from '../output.ts';
import { plainTable } from '../result.ts';
import { expectGroups, groupOf } from './expectation.ts';
import { resolveSweep } from './resolution.ts';

/** State transitions of the sweep's machine: Search, Over?, Settled and the start of a child for each cell; a few for each round. */
const TRANSITIONS_OF_CELL = 4;
const TRANSITIONS_OF_ROUND = 3;

interface SweepGuess {
  readonly evaluations: number;
  readonly transitions: number;
  readonly dollars: number;
  /** With as many cells at a time as the sweep allows, and no fewer than those that wait for each other. */
  readonly minutes: number;
}

export interface SweepEstimate {
  readonly cells: number;
  readonly low: SweepGuess;
  readonly high: SweepGuess;
}

/** Cells that differ in their seeds alone are taken to cost the same. */
export function estimateSweep(
  { sweep, cells }: CheckedSweep<RunSpec>,
  { memory, architecture }: Pick<EstimateOptions, 'memory' | 'architecture'>,
): SweepEstimate {
  const expected = expectGroups(cells, memory, architecture);
  const groups = [...expected.values()];
  const rounds = cells.some(({ match }) => match) ? 2 : 1;
  const transitions = cells.length * TRANSITIONS_OF_CELL + (rounds + 1) * TRANSITIONS_OF_ROUND;
  const atATime = Math.min(cells.length, sweep.maxConcurrency);
  const sum = (bound: 'low' | 'high'): SweepGuess => {
    const total = (of: (guess: Guess) => number) =>
      groups.reduce((before, group) => before + group.cells * of(group[bound].guess), 0);
    // A cell that takes over a figure of another begins after it.
    const ends = new Map<string, number>();
    for (const cell of cells) {
      const begins = cell.match ? (ends.get(cell.match.cell) ?? 0) : 0;
      ends.set(cell.id, begins + (expected.get(groupOf(cell))?.[bound].guess.minutes ?? 0));
    }
    return {
      evaluations: total(({ evaluations }) => evaluations),
      transitions: total(({ usage }) => usage.transitions) + transitions,
      dollars: total(({ dollars }) => dollars.total) + transitions * PRICES.transition,
      minutes: Math.max(total(({ minutes }) => minutes) / atATime, max(ends.values()) ?? 0),
    };
  };
  return { cells: cells.length, low: sum('low'), high: sum('high') };
}

/** Throws InvalidSpec. */
export async function printSweepEstimate(written: Json, options: EstimateOptions): Promise<void> {
  const checked = await resolveSweep(parseSweep(written), bytesOf(options.memory));
  const estimate = estimateSweep(checked, options);
  if (options.json) {
    printJson(estimate);
    return;
  }
  const { low, high } = estimate;
  const rows = [
    ['cells', whole(estimate.cells), whole(estimate.cells)],
    ['evaluations', whole(low.evaluations), whole(high.evaluations)],
    ['state transitions', whole(low.transitions), whole(high.transitions)],
    ['cost', money(low.dollars), money(high.dollars)],
    ['time', duration(low.minutes * 60), duration(high.minutes * 60)],
  ];
  const title = checked.sweep.name ?? 'sweep';
  print(
    [
      plainTable(rows, [title, 'low', 'high']),
      '',
      ...budgetText(checked.sweep.budget, estimate),
      `The sum of its cells, ${whole(checked.sweep.maxConcurrency)} at a time; 'tombola estimate' of a single spec explains the guesses.`,
      '',
    ].join('\n'),
  );
}

/** How far a sweep's budget goes: cells are begun as long as there is money, and time, for them. */
function budgetText(budget: Budget | undefined, { cells, low, high }: SweepEstimate): string[] {
  if (!budget) return [];
  const done = ({ dollars, minutes }: SweepGuess) => {
    const shares = [(budget.dollars ?? dollars) / dollars, (budget.minutes ?? minutes) / minutes];
    return whole(Math.floor(cells * Math.min(1, ...shares)));
  };
  return [
    `Its budget is enough for about ${done(high)} of the ${whole(cells)} cells by the high guess, ${done(low)} by the low one.`,
  ];
}
