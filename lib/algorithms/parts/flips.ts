/**
 * A search that flips single bits: random masks are evaluated, the best of them are improved, each by its own stream, until
 * its flips are used up. A generation is a slice of them: it takes a second or a few, and where it is cut changes no mask.
 */
import { z } from 'zod';
import { countOnes, packGenomes } from '../../search/genome.ts';
import type { ImprovingSettings } from '../../search/improving.ts';
import {
  compareIndividuals,
  evaluated,
  fitnessOf,
  type Individual,
  type Objective,
  type Score,
} from '../../search/individual.ts';
import type { FlipObjective } from '../../search/position.ts';
import type {
  Algorithm,
  Brood,
  End,
  Improved,
  Improvement,
  Moment,
  Problem,
  RunPlace,
  Section,
  Told,
} from '../algorithm.ts';
import { breedStart, denseMask, fairMask, planEvaluation } from './breeding.ts';
import type { FlipSection } from './flip-fields.ts';
import { memoryOfStarts, startsOf } from './flip-memory.ts';
import { extentOf, flipsOf, sliceAfter, stagesOf } from './flip-stages.ts';
import { matchScores, progressOf, resultByGenerations } from './generations.ts';
import { type HistoryRow, historyRow } from './history-row.ts';
import type { SearchSpec } from './sections.ts';
import { SEARCH } from './wording.ts';

type Method<Settings = ImprovingSettings> = Settings extends ImprovingSettings
  ? Omit<Settings, 'lambda' | 'flips' | 'firstBit'>
  : never;

type Size = Pick<Problem, 'bits' | 'samples'>;

interface Flipping<Spec, Key extends Section> {
  readonly summary: string;
  readonly section: Key;
  sectionOf(spec: Spec): FlipSection;
  method(spec: Spec): Method;
}

/** Starts by default: the fewer the weights, the more local optima there are to fall into, and the less a start costs. */
const STARTS = { least: 2, most: 8, weights: 600 };

const LAMBDA = { 'cross-entropy': 1, others: 0.05 } as const;

const factsSchema = z.object({ nextId: z.int() });

/** A mask that keeps all weights costs λ more than one that keeps none. */
function costOf(score: Score, kept: number, objective: Objective, lambda: number, problem: Problem): number {
  const { samples, bits } = problem;
  const fitness = fitnessOf(score, objective);
  const share = (lambda * kept) / bits;
  if (objective === 'cross-entropy') return share - fitness / samples;
  return share + 1 - (objective === 'accuracy' ? fitness / samples : fitness);
}

/** Where accuracy is the objective, cross-entropy decides among equals: accuracy alone has few steps to climb. */
function flipObjective(objective: Objective): FlipObjective {
  return objective === 'accuracy' ? 'accuracy-then-cross-entropy' : objective;
}

/** Flips that each start has considered. */
function doneBy([first]: readonly Improvement['from'][]): number {
  return first && 'flips' in first ? first.flips : 0;
}

export function byImproving<Spec extends SearchSpec, const Key extends Section>(
  flipping: Flipping<Spec, Key>,
): Algorithm<Spec, Key> {
  const { section } = flipping;

  function lambdaOf(spec: Spec): number {
    const { objective } = spec.search;
    return flipping.sectionOf(spec).lambda ?? LAMBDA[objective === 'cross-entropy' ? objective : 'others'];
  }

  function startsBy(spec: Spec, bits: number): number {
    const { least, most, weights } = STARTS;
    const few = Math.max(least, Math.min(most, Math.round(weights / bits)));
    return flipping.sectionOf(spec).starts ?? Math.min(few, spec.search.population);
  }

  function settingsOf(spec: Spec, problem: Size): ImprovingSettings {
    const flips = flipsOf(flipping.sectionOf(spec), problem);
    return { ...flipping.method(spec), flips, lambda: lambdaOf(spec) };
  }

  function ranked(spec: Spec, problem: Problem, individuals: readonly Individual[]): Individual[] {
    const { objective } = spec.search;
    const lambda = lambdaOf(spec);
    const cost = ({ score, genome }: Individual) =>
      costOf(score, countOnes(genome), objective, lambda, problem);
    const compare = compareIndividuals(objective);
    return individuals.toSorted((a, b) => cost(a) - cost(b) || compare(a, b));
  }

  function rowOf(
    spec: Spec,
    { samples, bits }: Problem,
    survivors: readonly Individual[],
    counts: Pick<HistoryRow, 'generation' | 'offspring' | 'evaluated' | 'evaluations'> & { flips: number },
  ): HistoryRow {
    const { objective } = spec.search;
    return historyRow(survivors, { ...counts, samples, bits, objective, origins: ['start', 'improvement'] });
  }

  function scoring(spec: Spec, problem: Problem, place: RunPlace, brood: Brood): Moment {
    return {
      ...place,
      population: [],
      ask: {
        work: 'score',
        brood,
        tell(scores) {
          const scored = matchScores(brood, scores, [], 0, 0, problem.bits);
          const starts = startsBy(spec, problem.bits);
          const survivors = scored.toSorted(compareIndividuals(spec.search.objective)).slice(0, starts);
          const counts = { generation: 0, offspring: scored.length, flips: 0 };
          const evaluations = brood.masks.count;
          const row = rowOf(spec, problem, survivors, { ...counts, evaluated: evaluations, evaluations });
          const from = survivors.map(({ genome }) => genome);
          const next = improving(spec, problem, placeAfter(spec, row, problem), {
            population: survivors,
            from,
            nextId: scored.length,
          });
          return { complete: { survivors, row }, next };
        },
      },
    };
  }

  function placeAfter(spec: Spec, row: HistoryRow, problem: Problem): Omit<RunPlace, 'memory' | 'work'> {
    const { generations: maxGenerations } = extentOf(stagesOf(flipping.sectionOf(spec), problem));
    return {
      generation: row.generation + 1,
      round: 0,
      complete: row.generation,
      progress: { ...progressOf(spec, row), maxGenerations },
    };
  }

  /** `from`: what each start goes on from, in the order of their streams. */
  function improving(
    spec: Spec,
    problem: Problem,
    place: Omit<RunPlace, 'memory' | 'work'>,
    standing: {
      readonly population: readonly Individual[];
      readonly from: readonly Improvement['from'][];
      readonly nextId: number;
    },
  ): Moment {
    const { population, from, nextId } = standing;
    const settings = settingsOf(spec, problem);
    const { flips, samples } = sliceAfter(stagesOf(flipping.sectionOf(spec), problem), doneBy(from));
    const tasks = from.map((one, stream): Improvement => ({ stream, settings, flips, from: one }));
    return {
      ...place,
      work: 'improve',
      memory: memoryOfStarts(nextId, from, problem.bits),
      population,
      ask: {
        work: 'improve',
        objective: flipObjective(spec.search.objective),
        samples,
        tasks,
        tell: (improved) => tellImproved(spec, problem, place, nextId, improved, samples),
      },
    };
  }

  function tellImproved(
    spec: Spec,
    problem: Problem,
    { generation, round, progress: before }: Omit<RunPlace, 'memory' | 'work'>,
    nextId: number,
    improved: readonly Improved[],
    judgedBy: number,
  ): Told {
    const individuals = improved.map(({ genome, score }, index) => {
      const newborn = { id: nextId + index, genome, origin: 'improvement', born: generation } as const;
      return evaluated(newborn, score, problem.bits);
    });
    const survivors = ranked(spec, problem, individuals);
    const states = improved.map(({ state }) => state);
    const flips = states.reduce((sum, state) => sum + state.flips, 0);
    const evaluations = before.evaluations + improved.length;
    const counts = { generation, offspring: improved.length, evaluated: improved.length, evaluations, flips };
    const row = rowOf(spec, problem, survivors, counts);
    const following = placeAfter(spec, row, problem);
    const complete = { survivors, row };
    if (doneBy(states) >= flipsOf(flipping.sectionOf(spec), problem)) {
      const memory = { facts: null, aside: [], vectors: {} };
      const end: End = { ...following, generation, round, work: 'improve', memory, over: 'max-flips' };
      return { complete, next: end };
    }
    const { samples } = sliceAfter(stagesOf(flipping.sectionOf(spec), problem), doneBy(states));
    // Costs by other samples cannot be compared: of the best mask left behind and the mask as it stands, the better one stays.
    const from = improved.map(({ state, genome }) =>
      samples === judgedBy ? state : { ...state, genome, best: null },
    );
    const standing = { population: survivors, from, nextId: nextId + improved.length };
    return { complete, next: improving(spec, problem, following, standing) };
  }

  return {
    summary: flipping.summary,
    wording: SEARCH,
    section,
    heeds: ['search', 'pruning', section.key],
    starts: false,
    networks: 'all',
    finds: 'mask',
    improves: true,
    match: undefined,
    problems(spec, sizes) {
      const { starts, firstSamples } = flipping.sectionOf(spec);
      const samples = sizes.reduce((sum, size) => sum + size, 0);
      const { population } = spec.search;
      return [
        ...(starts !== null && starts > population
          ? [
              `${section.key}.starts: found ${starts}, expected at most ${population}, the random masks of search.population that they are chosen from`,
            ]
          : []),
        ...(firstSamples !== null && firstSamples > samples
          ? [
              `${section.key}.firstSamples: found ${firstSamples}, expected at most ${samples}, the samples of the training data`,
            ]
          : []),
      ];
    },
    needsNetwork: () => false,
    course(spec, _, size) {
      const starts = startsBy(spec, size.bits);
      const { population } = spec.search;
      const { generations, flips } = extentOf(stagesOf(flipping.sectionOf(spec), size));
      return {
        work: 'improve',
        first: population,
        each: starts,
        flips: flips / generations,
        generations,
        evaluations: population + starts * generations,
      };
    },
    start(spec, problem) {
      const { seed, search } = spec;
      const draw = search.start.strategy === 'dense' ? denseMask : fairMask;
      const offspring = breedStart(seed, search, problem.bits, draw);
      const { genomes, sources } = planEvaluation(offspring, []);
      const brood = {
        masks: packGenomes(genomes, problem.bits),
        sources,
        origins: offspring.map(({ origin }) => origin),
      };
      const { generations: maxGenerations } = extentOf(stagesOf(flipping.sectionOf(spec), problem));
      const progress = { ...progressOf(spec), maxGenerations };
      const memory = { facts: { nextId: 0 }, aside: [], vectors: {} };
      const place = { generation: 0, round: 0, complete: null, work: 'score', progress, memory } as const;
      return scoring(spec, problem, place, brood);
    },
    resume(spec, problem, { brood, work, memory, population, ...place }) {
      const { nextId } = factsSchema.parse(memory.facts);
      if (work === 'score') {
        if (!brood) throw new TypeError('a search has masks to evaluate');
        return scoring(spec, problem, { ...place, work, memory }, brood);
      }
      return improving(spec, problem, place, { population, from: startsOf(memory, problem.bits), nextId });
    },
    result: resultByGenerations,
  };
}
