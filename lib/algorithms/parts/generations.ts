/**
 * A search by generations: offspring are evaluated, the best of parents and offspring survive, and breed again until a
 * rule of stopping ends it. An algorithm is a `Scheme`: the parts that it is composed of.
 */
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { defined } from '../../base/defined.ts';
import { DamagedArtifact } from '../../base/errors.ts';
import type { AnyNetwork } from '../../network/network.ts';
import { genomeAt, packGenomes } from '../../search/genome.ts';
import {
  evaluated,
  excessOf,
  fitnessOf,
  type Individual,
  type Score,
  selectSurvivors,
} from '../../search/individual.ts';
import type {
  Algorithm,
  Brood,
  Findings,
  Kept,
  Memory,
  Moment,
  Problem,
  Result,
  RunPlace,
  Section,
  Told,
} from '../algorithm.ts';
import { planEvaluation, restricted } from './breeding.ts';
import { type HistoryRow, historyRow } from './history-row.ts';
import type { Progress } from './progress.ts';
import { NOTHING, type Round, type Scheme } from './scheme.ts';
import { SEARCH_SECTIONS, type SearchSpec } from './sections.ts';
import { generationsOf, stopReason } from './stopping.ts';
import { SEARCH } from './wording.ts';

const factsSchema = z.object({
  /** Id of the first offspring of this generation. */
  nextId: z.int(),
  /** Evaluations up to the last complete generation. */
  evaluationsBefore: z.int(),
  /** The best fitness so far (null before the first selection, or where it is the worst there is). */
  bestFitness: z.number().nullable(),
  /** Generations since it last changed. */
  unchanged: z.int(),
  own: z.unknown(),
});
type Facts = Omit<z.output<typeof factsSchema>, 'own'>;

const BRED = ['start', 'recombination', 'mutation', 'migration'] as const;

/** Where a search is, without its offspring. */
interface Standing extends Omit<RunPlace, 'memory' | 'work'> {
  readonly population: readonly Individual[];
  readonly facts: Facts;
}

export function byGenerations<
  Spec extends SearchSpec,
  Own,
  const Key extends Section | undefined = undefined,
>(scheme: Scheme<Spec, Own> & { readonly section?: Key }): Algorithm<Spec, Key> {
  function memoryOf(facts: Facts, own: Own): Memory {
    const memory = scheme.codec.encode(own);
    return { ...memory, facts: { ...facts, own: memory.facts } };
  }

  function searchOf(spec: Spec, problem: Problem) {
    const { samples, bits } = problem;
    const { objective, population } = spec.search;

    function next(standing: Standing, { offspring: bred, own }: Round<Own>): Moment {
      const offspring = restricted(bred, problem.allowed);
      const { aside } = scheme.codec.encode(own);
      const plan = planEvaluation(offspring, [...standing.population, ...aside]);
      const origins = offspring.map(({ origin }) => origin);
      const brood = { masks: packGenomes(plan.genomes, bits), sources: plan.sources, origins };
      const start = standing.generation === 0 ? (scheme.waiting?.(spec, own) ?? null) : null;
      return moment({ ...standing, progress: { ...standing.progress, start } }, brood, own);
    }

    function moment(standing: Standing, brood: Brood, own: Own): Moment {
      const { facts, ...place } = standing;
      return {
        ...place,
        work: 'score',
        memory: memoryOf(facts, own),
        ask: { work: 'score', brood, tell: (scores) => tell(standing, brood, own, scores) },
      };
    }

    function tell(standing: Standing, brood: Brood, own: Own, scores: readonly Score[]): Told {
      const { generation, round, population: parents, facts, progress: before } = standing;
      const known = [...parents, ...scheme.codec.encode(own).aside];
      const scored = matchScores(brood, scores, known, facts.nextId, generation, bits);
      const evaluations = before.evaluations + brood.masks.count;
      const settled = scheme.settle?.(spec, problem, generation, own, scored) ?? { newborns: scored, own };
      if ('offspring' in settled) {
        const further = { ...standing, round: round + 1, progress: { ...before, evaluations } };
        return { next: next(further, settled) };
      }
      const newborns = settled.newborns.map((one, index) => ({ ...one, id: facts.nextId + index }));
      const survivors =
        scheme.survive?.(spec, problem, parents, newborns) ??
        selectSurvivors(parents, newborns, population, objective);
      const fitness = fitnessOf(at(survivors, 0).score, objective);
      const bestFitness = Number.isFinite(fitness) ? fitness : null;
      // A search whose best mask breaks a constraint is not there yet.
      const isFeasible = excessOf(at(survivors, 0).score) === 0;
      const stands = generation > 0 && bestFitness === facts.bestFitness && isFeasible;
      const unchanged = stands ? facts.unchanged + 1 : 0;
      const row = historyRow(survivors, {
        generation,
        offspring: newborns.length,
        evaluated: evaluations - facts.evaluationsBefore,
        evaluations,
        ...defined({ hypervolume: scheme.covered?.(spec, problem, survivors) }),
        samples,
        bits,
        objective,
        origins: scheme.origins ?? BRED,
      });
      const complete = { survivors, row };
      const reached = { complete: generation, progress: progressOf(spec, row) };
      const accuracy = isFeasible ? row.bestAccuracy : 0;
      const over = stopReason(scheme.rules(spec), generation, unchanged, accuracy, evaluations);
      if (over) {
        const memory = NOTHING.encode(null);
        return { complete, next: { work: 'score', generation, round, ...reached, memory, over } };
      }
      const nextId = facts.nextId + newborns.length;
      const following = { generation: generation + 1, round: 0, ...reached, population: survivors };
      const counted = { nextId, evaluationsBefore: evaluations, bestFitness, unchanged };
      const selected = { generation: generation + 1, survivors, nextId, evaluations, own: settled.own };
      return {
        complete,
        next: next({ ...following, facts: counted }, scheme.breed(spec, problem, selected)),
      };
    }

    return { next, moment };
  }

  return {
    summary: scheme.summary,
    wording: SEARCH,
    section: scheme.section as Key,
    heeds: [...SEARCH_SECTIONS, ...(scheme.section ? [scheme.section.key] : [])],
    starts: scheme.starts ?? false,
    networks: 'all',
    finds: 'mask',
    improves: false,
    hasFront: scheme.hasFront ?? false,
    constrains: true,
    restricts: true,
    ...defined({ figures: scheme.figures }),
    match: scheme.match,
    problems: (spec) => scheme.problems?.(spec) ?? [],
    needsNetwork: (spec) => scheme.needsNetwork?.(spec) ?? false,
    course(spec, doubts) {
      const { first, each } = scheme.evaluations(spec, doubts);
      const { maxEvaluations } = spec.stop;
      const affordable =
        maxEvaluations === null ? Infinity : Math.max(0, Math.ceil((maxEvaluations - first) / each));
      const generations = Math.min(affordable, generationsOf(scheme.rules(spec))[doubts.search]);
      const bred = first + generations * each;
      const evaluations =
        scheme.match.exact && maxEvaluations !== null ? Math.min(bred, maxEvaluations) : bred;
      return { work: 'score', first, each, generations, evaluations };
    },
    start(spec, problem) {
      const facts = { nextId: 0, evaluationsBefore: 0, bestFitness: null, unchanged: 0 };
      const place = { generation: 0, round: 0, complete: null };
      const standing = { ...place, population: [], progress: progressOf(spec), facts };
      return searchOf(spec, problem).next(standing, scheme.start(spec, problem));
    },
    resume(spec, problem, { brood, memory, work: _, ...kept }: Kept) {
      const { own, ...facts } = factsSchema.parse(memory.facts);
      if (!brood) throw new TypeError('a search has offspring to evaluate');
      const remembered = scheme.codec.decode({ ...memory, facts: own });
      return searchOf(spec, problem).moment({ ...kept, facts }, brood, remembered);
    },
    result(spec, network, found) {
      const result = resultByGenerations(spec, network, found);
      if (!scheme.hasFront) return result;
      return { ...result, front: result.candidates, ...defined({ frontAxes: scheme.frontAxes?.(spec) }) };
    },
  };
}

/** The individuals of the last generation, best first. */
export function resultByGenerations(
  { search }: Pick<SearchSpec, 'search'>,
  network: AnyNetwork,
  { population, rows }: Pick<Findings, 'population' | 'rows'>,
): Result {
  const last = at(rows, rows.length - 1);
  return {
    candidates: population.map(({ genome, score }) => ({ network, genome, score })),
    objective: search.objective,
    generations: last.generation,
    evaluations: last.evaluations,
    history: { by: 'generation', rows },
  };
}

/** Before the first complete generation there is no row. */
export function progressOf(
  { search, stop }: Pick<SearchSpec, 'search' | 'stop'>,
  row?: HistoryRow,
): Progress {
  return {
    evaluations: row?.evaluations ?? 0,
    maxGenerations: stop.maxGenerations,
    bestAccuracy: row?.bestAccuracy ?? null,
    meanAccuracy: row?.meanAccuracy ?? null,
    bestLoss: row?.bestLoss ?? null,
    meanLoss: row?.meanLoss ?? null,
    objective: search.objective,
    bestMacroAverage: row?.bestMacroAverage ?? null,
    meanMacroAverage: row?.meanMacroAverage ?? null,
    bestSparsity: row?.bestSparsity ?? null,
    validationAccuracy: null,
    start: null,
  };
}

/** Offspring with their scores: evaluated, or those of the equal one among `known`. */
export function matchScores(
  brood: Brood,
  scores: readonly Score[],
  known: readonly Individual[],
  nextId: number,
  generation: number,
  bits: number,
): Individual[] {
  return Array.from(brood.sources, (source, index) => {
    const twin = source < 0 ? known[-1 - source] : undefined;
    const score = source < 0 ? twin?.score : scores[source];
    const genome = source < 0 ? twin?.genome : genomeAt(brood.masks, source);
    if (!score || !genome) {
      throw new DamagedArtifact(
        `generation ${generation}: offspring ${index} refers to an individual that is not there`,
      );
    }
    const newborn = { id: nextId + index, genome, origin: at(brood.origins, index), born: generation };
    return evaluated(newborn, score, bits);
  });
}
