/** The expected work of a sweep's cells, also of those that take over figures of another cell. */
import { group } from 'd3-array';
import type { Doubts, MatchedFigures } from '../../algorithms/algorithm.ts';
import { algorithmNamed } from '../../algorithms/registry.ts';
import { type Assumptions, type Guess, HIGH } from '../../cost/assumptions.ts';
import { estimateCost } from '../../cost/estimate.ts';
import { secondsPerFlip, secondsPerSample } from '../../cost/estimate-search.ts';
import { guessTraining } from '../../cost/estimate-training.ts';
import { type Architecture, DEFAULT_MEMORY_MB } from '../../cost/prices.ts';
import { completeSpec } from '../../runspec/defaults.ts';
import type { RunSpec } from '../../runspec/schema.ts';
import { searchSizeOf, trainSamples } from '../../runspec/shape.ts';
import { type Cell, resolveMatch } from '../../sweep/cells.ts';

type Bound = 'low' | 'high';

/** Cells that differ in their seeds alone are taken to be alike. `spec`: what the guess is of. */
export type ExpectedGroup = { readonly cells: number } & Readonly<
  Record<Bound, { readonly spec: RunSpec; readonly guess: Guess }>
>;

/** The group of a cell: its grid point and its algorithm. */
export function groupOf({ point, algorithm }: Pick<Cell, 'point' | 'algorithm'>): string {
  return `${point.index} ${algorithm}`;
}

/** By group. `cells`: all of a sweep, each after the cell that it depends on. */
export function expectGroups(
  cells: readonly Cell<RunSpec>[],
  memory: number = DEFAULT_MEMORY_MB,
  architecture?: Architecture,
): Map<string, ExpectedGroup> {
  const expected = new Map<string, ExpectedGroup>();
  const groups = new Map(cells.map((cell) => [cell.id, groupOf(cell)]));
  for (const [name, [first, ...others]] of group(cells, groupOf)) {
    if (!first) continue;
    const waited = first.match && expected.get(groups.get(first.match.cell) ?? '');
    const of = (bound: Bound) => {
      const { task, network } = first.spec;
      const spec = waited
        ? completeSpec(resolveMatch(first, foundBy(waited[bound].guess)), task, network)
        : first.spec;
      return { spec, guess: estimateCost(spec, memory, architecture)[bound] };
    };
    expected.set(name, { cells: 1 + others.length, low: of('low'), high: of('high') });
  }
  return expected;
}

/** The expected figures that a run hands over. The sparsity of its ticket, or which it is, does not change the cost of another run. */
function foundBy({ evaluations }: Guess): MatchedFigures {
  return {
    evaluations: Math.min(Math.max(1, Math.round(evaluations)), Number.MAX_SAFE_INTEGER),
    sparsity: 0.5,
    ticket: 'ticket.safetensors',
  };
}

/** What a generation takes beside its arithmetic, seconds. */
const SECONDS_PER_GENERATION = 0.01;

/** A training on one core of this computer: its steps, and nothing of what Lambda adds. */
const LOCAL: Assumptions = {
  ...HIGH,
  multiplyAddsPerSecond: 6e9,
  trainingStep: 7e-5,
  draw: 1e-7,
  coldStart: 0,
  step: 0,
  prepare: 0,
  finalize: 0.5,
  transition: 0,
};

/** Evaluations of whole masks are the faster arithmetic: that of a core which is shared, as `Assumptions` tells it. */
const EVALUATION: Assumptions = { ...LOCAL, multiplyAddsPerSecond: 2e10, activation: 4.7e-10 };
/** Flips lie between, from [64,75,10] to Conv-2. */
const FLIPS: Assumptions = { ...LOCAL, multiplyAddsPerSecond: 1e10 };

/**
 * Seconds of each cell on one core: the geometric mean of the shortest and the longest that the spec allows. `cells`:
 * as in `expectGroups`; NaN for others.
 */
export function expectSeconds(cells: readonly Cell<RunSpec>[]): (cell: Cell) => number {
  // A budget is of Lambda's time and money.
  const here = cells.map((cell) => ({ ...cell, spec: { ...cell.spec, budget: undefined } }));
  const seconds = new Map(
    [...expectGroups(here)].map(([group, { low, high }]) => [
      group,
      Math.sqrt(secondsOf(low.spec, low.guess, 'shortest') * secondsOf(high.spec, high.guess, 'longest')),
    ]),
  );
  return (cell) => seconds.get(groupOf(cell)) ?? Number.NaN;
}

/** Seconds on one core of a search that is as long as the guess. */
export function secondsOf(
  spec: RunSpec,
  { evaluations, generations }: Guess,
  search: Doubts['search'],
): number {
  const given = { ...LOCAL, search };
  const course = algorithmNamed(spec.algorithm).course(spec, given, searchSizeOf(spec));
  if (course.work === 'train') {
    return 60 * guessTraining(spec, course, given, DEFAULT_MEMORY_MB, 'x86_64').minutes;
  }
  const flipping =
    course.work === 'improve'
      ? course.each * course.flips * course.generations * secondsPerFlip(spec, course, FLIPS)
      : 0;
  return (
    evaluations * trainSamples(spec.task) * secondsPerSample(spec, EVALUATION) +
    flipping +
    generations * SECONDS_PER_GENERATION
  );
}
