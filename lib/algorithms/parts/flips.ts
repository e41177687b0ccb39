/**
 * A search that flips single bits: random masks are evaluated, the best of them are improved, each by its own stream, until
 * its flips are used up. A generation is a slice of them: it takes a second or a few, and where it is cut changes no mask.
 */
import { at } from '../../base/at.ts';
import { defined } from '../../base/defined.ts';
import { packGenomes } from '../../search/genome.ts';
import { type ImprovingSettings, startAgain } from '../../search/improving.ts';
import { compareIndividuals, evaluated, type Individual } from '../../search/individual.ts';
import type {
  Algorithm,
  Brood,
  End,
  Improved,
  Moment,
  Problem,
  RunPlace,
  Section,
  Told,
} from '../algorithm.ts';
import { breedStart, maskDrawOf, planEvaluation } from './breeding.ts';
import { flipCourse, flipRow, placeAfter, unfitFirstSamples } from './flip-course.ts';
import type { FlipSection } from './flip-fields.ts';
import { startsOf } from './flip-memory.ts';
import { isMixingDue, mixed } from './flip-mixing.ts';
import { flipPlan } from './flip-plan.ts';
import { byCost, chanceLast, flipObjective, isAtChance, resolvedLambda } from './flip-ranking.ts';
import { FIRST_START, isRestartDue, restartMasks } from './flip-restart.ts';
import { redrawnAfter, sliceAfter } from './flip-stages.ts';
import {
  type FlipStanding,
  flipFactsSchema,
  flipsBefore,
  flipsSince,
  isMain,
  memoryOfStanding,
  nextSlice,
  phaseOf,
} from './flip-standing.ts';
import { matchScores, progressOf, resultByGenerations } from './generations.ts';
import type { HistoryRow } from './history-row.ts';
import type { Progress } from './progress.ts';
import type { SearchSpec } from './sections.ts';
import { SEARCH } from './wording.ts';

type Method<Settings = ImprovingSettings> = Settings extends ImprovingSettings
  ? Omit<Settings, 'lambda' | 'flips' | 'firstBit'>
  : never;

type Size = Pick<Problem, 'bits' | 'samples'>;
type Place = Omit<RunPlace, 'memory' | 'work'>;

interface Flipping<Spec, Key extends Section> {
  readonly summary: string;
  readonly section: Key;
  sectionOf(spec: Spec): FlipSection;
  method(spec: Spec): Method;
  /** Between these equal shares of the flips the starts recombine; one if absent. */
  rounds?(spec: Spec): number;
}

export function byImproving<Spec extends SearchSpec, const Key extends Section>(
  flipping: Flipping<Spec, Key>,
): Algorithm<Spec, Key> {
  const { section } = flipping;

  function lambdaOf(spec: Spec): number {
    return resolvedLambda(flipping.sectionOf(spec).lambda, spec.search.objective);
  }

  function planOf(spec: Spec, size: Size) {
    return flipPlan(flipping.sectionOf(spec), spec.search.population, size);
  }

  function rowOf(
    spec: Spec,
    problem: Problem,
    survivors: readonly Individual[],
    counts: Parameters<typeof flipRow>[4],
  ): HistoryRow {
    return flipRow(survivors, spec.search.objective, lambdaOf(spec), problem, counts);
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
          const { starts } = planOf(spec, problem);
          const survivors = scored.toSorted(compareIndividuals(spec.search.objective)).slice(0, starts);
          const counts = { generation: 0, offspring: scored.length, flips: 0 };
          const evaluations = brood.masks.count;
          const row = rowOf(spec, problem, survivors, { ...counts, evaluated: evaluations, evaluations });
          const from = survivors.map(({ genome }) => genome);
          const next = improving(spec, problem, placeAfter(row, progressAt(spec, problem, row)), {
            population: survivors,
            from,
            nextId: scored.length,
            mainEnd: null,
            ...FIRST_START,
          });
          return { complete: { survivors, row }, next };
        },
      },
    };
  }

  function progressAt(spec: Spec, problem: Problem, row?: HistoryRow): Progress {
    const { generations: maxGenerations, flips: all } = planOf(spec, problem);
    return { ...progressOf(spec, row), maxGenerations, flips: { done: row?.flips ?? 0, all } };
  }

  function improving(spec: Spec, problem: Problem, place: Place, standing: FlipStanding): Moment {
    const plan = planOf(spec, problem);
    const { front } = flipping.sectionOf(spec);
    const flips = phaseOf(plan, standing).flips;
    const { allowed: free } = problem;
    const settings = { ...flipping.method(spec), flips, lambda: lambdaOf(spec), ...defined({ free }) };
    const { samples, tasks } = nextSlice(standing, plan, settings, front);
    return {
      ...place,
      work: 'improve',
      memory: memoryOfStanding(standing, problem.bits),
      population: standing.population,
      ask: {
        work: 'improve',
        objective: flipObjective(spec.search.objective),
        samples,
        redrawnAfter: redrawnAfter(flipping.sectionOf(spec), problem),
        tasks,
        tell: (improved) => tellImproved(spec, problem, place, standing, improved, samples),
      },
    };
  }

  function tellImproved(
    spec: Spec,
    problem: Problem,
    { generation, round, progress }: Place,
    before: FlipStanding,
    improved: readonly Improved[],
    judgedBy: number,
  ): Told {
    const { population, nextId, mainEnd } = before;
    const individuals = improved.map(({ genome, score }, index) => {
      const newborn = { id: nextId + index, genome, origin: 'improvement', born: generation } as const;
      return evaluated(newborn, score, problem.bits);
    });
    const kept = mainEnd === null ? [] : population.filter((one) => isMain(one, mainEnd));
    const { objective } = spec.search;
    const ranked = byCost([...kept, ...individuals], objective, lambdaOf(spec), problem);
    // A mask at chance may cost the least, and is no ticket.
    const survivors = chanceLast(ranked, objective, problem);
    const states = improved.map(({ state }) => state);
    const plan = planOf(spec, problem);
    const earlier = plan.starts * (mainEnd === null ? before.begun : plan.main.flips);
    const flips = states.reduce((sum, state) => sum + state.flips, earlier);
    const evaluations = progress.evaluations + improved.length;
    const counts = { generation, offspring: improved.length, evaluated: improved.length, evaluations, flips };
    const row = rowOf(spec, problem, survivors, counts);
    const following = placeAfter(row, progressAt(spec, problem, row));
    const complete = { survivors, row };
    const standing = { ...before, population: survivors, nextId: nextId + improved.length };
    const { flips: all, stages } = phaseOf(plan, before);
    const done = flipsBefore(before) + flipsSince(states);
    if (done < all) {
      const isDue = mainEnd === null && isRestartDue(flipsSince(states), all - before.begun);
      if (isDue && isAtChance(at(survivors, 0), objective, problem)) {
        const restart = { restarts: before.restarts + 1, begun: done };
        const from = restartMasks(spec, problem, plan.starts, restart);
        return { complete, next: improving(spec, problem, following, { ...standing, ...restart, from }) };
      }
      const { samples } = sliceAfter(stages, done);
      // Costs by other samples cannot be compared: of the best mask left behind and the mask as it stands, the better one stays.
      const mates = improved.map(({ state, genome }) => ({
        genome,
        state: samples === judgedBy ? state : { ...state, genome, best: null },
      }));
      const rounds = mainEnd === null ? (flipping.rounds?.(spec) ?? 1) : 1;
      const isMixed = isMixingDue(rounds, flipsBefore(before) + flipsSince(before.from), done, all);
      const ranking = survivors.map(({ id }) => id - nextId);
      const from = isMixed
        ? mixed(mates, ranking, { seed: spec.seed, generation })
        : mates.map(({ state }) => state);
      return { complete, next: improving(spec, problem, following, { ...standing, from }) };
    }
    const { front } = flipping.sectionOf(spec);
    const best = improved.find((_, index) => nextId + index === survivors[0]?.id);
    if (mainEnd === null && best) {
      const from = front.map(() => startAgain(best.state, best.genome));
      if (from.length > 0) {
        const next = improving(spec, problem, following, { ...standing, from, mainEnd: generation });
        return { complete, next };
      }
    }
    const { restarts, begun } = before;
    const facts = { nextId: standing.nextId, mainEnd, restarts, begun };
    const memory = { facts, aside: [], vectors: {} };
    const end: End = { ...following, generation, round, work: 'improve', memory, over: 'max-flips' };
    return { complete, next: end };
  }

  return {
    summary: flipping.summary,
    wording: SEARCH,
    section,
    heeds: ['search', 'pruning', section.key],
    starts: true,
    networks: 'all',
    finds: 'mask',
    improves: true,
    hasFront: true,
    constrains: false,
    restricts: true,
    match: undefined,
    problems(spec, classes) {
      const { starts, firstSamples } = flipping.sectionOf(spec);
      const { population } = spec.search;
      return [
        ...(starts !== null && starts > population
          ? [
              `${section.key}.starts: found ${starts}, expected at most ${population}, the random masks of search.population that they are chosen from`,
            ]
          : []),
        ...unfitFirstSamples(section.key, firstSamples, classes),
      ];
    },
    needsNetwork: () => false,
    course(spec, _, size) {
      const plan = planOf(spec, size);
      return flipCourse(spec.search.population, plan.main.flips / size.bits, plan);
    },
    start(spec, problem) {
      const { seed, search } = spec;
      const draw = maskDrawOf(spec, problem);
      const offspring = breedStart(seed, search, problem.bits, draw);
      const { genomes, sources } = planEvaluation(offspring, []);
      const brood = {
        masks: packGenomes(genomes, problem.bits),
        sources,
        origins: offspring.map(({ origin }) => origin),
      };
      const progress = progressAt(spec, problem);
      const memory = { facts: { nextId: 0, mainEnd: null }, aside: [], vectors: {} };
      const place = { generation: 0, round: 0, complete: null, work: 'score', progress, memory } as const;
      return scoring(spec, problem, place, brood);
    },
    resume(spec, problem, { brood, work, memory, population, ...place }) {
      const facts = flipFactsSchema.parse(memory.facts);
      if (work === 'score') {
        if (!brood) throw new TypeError('a search has masks to evaluate');
        return scoring(spec, problem, { ...place, work, memory }, brood);
      }
      return improving(spec, problem, place, { population, from: startsOf(memory, problem.bits), ...facts });
    },
    result(spec, network, found) {
      const { mainEnd, restarts } = flipFactsSchema.parse(found.memory.facts);
      const { population } = found;
      const result = resultByGenerations(spec, network, found);
      // Masks found at other prices are for the front: the ticket is the same as without a front.
      const candidates = result.candidates.filter((_, rank) => isMain(at(population, rank), mainEnd));
      return { ...result, candidates, front: result.candidates, ...(restarts > 0 && { restarts }) };
    },
  };
}
