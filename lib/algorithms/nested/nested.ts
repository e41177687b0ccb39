/**
 * nested: an order of the weights whose every beginning is a ticket. A chain of masks, one for each kept share, is annealed
 * by single flips: in turns every other mask, while its neighbours in the chain stay and so bound it. Then the weights
 * between two masks leave the denser one while their price rises; the order is that of their leaving.
 */
import { at } from '../../base/at.ts';
import { random } from '../../base/random.ts';
import { packGenomes } from '../../search/genome.ts';
import type { Individual } from '../../search/individual.ts';
import { MOST_RANKED } from '../../search/nested-order.ts';
import type { Algorithm, Brood, Memory, Moment, Problem, RunPlace, Told } from '../algorithm.ts';
import { flipCourse, flipRow, placeAfter, unfitFirstSamples } from '../parts/flip-course.ts';
import { memoryOfStarts, startsOf } from '../parts/flip-memory.ts';
import { flipObjective } from '../parts/flip-ranking.ts';
import { matchScores, progressOf, resultByGenerations } from '../parts/generations.ts';
import type { HistoryRow } from '../parts/history-row.ts';
import type { Progress } from '../parts/progress.ts';
import { SEARCH } from '../parts/wording.ts';
import { leavingOrder, maskSize, pausesOf, randomChain } from './chain.ts';
import { type NestedSpec, nestedSchema, planOf } from './plan.ts';
import {
  annealingTurns,
  byOwnCost,
  type ChainStanding,
  doneBy,
  factsSchema,
  genomesInChain,
  lambdaOf,
  leavingTurns,
  tellAnnealed,
  tellLeft,
} from './turns.ts';

type Size = Pick<Problem, 'bits' | 'samples'>;
type Place = Omit<RunPlace, 'memory' | 'work'>;

const STAYS = 'stays';

function memoryOf({ nextId, flips, prices, from, stays }: ChainStanding, bits: number): Memory {
  const memory = memoryOfStarts({ nextId, flips, prices }, from, bits);
  return { ...memory, vectors: { ...memory.vectors, [STAYS]: stays } };
}

/** The sums of all weights, empty before the first flip; and the checkpoints. */
function apart({ vectors }: Pick<Memory, 'vectors'>) {
  const { [STAYS]: stays, ...states } = vectors;
  return { stays: stays instanceof Float64Array ? stays : new Float64Array(), states };
}

function rowOf(
  spec: NestedSpec,
  size: Size,
  survivors: readonly Individual[],
  counts: Parameters<typeof flipRow>[4],
): HistoryRow {
  return flipRow(survivors, spec.search.objective, lambdaOf(spec), size, counts);
}

function progressAt(spec: NestedSpec, size: Size, row?: HistoryRow): Progress {
  const { flips, generations } = planOf(spec, size);
  // Those by which weights leave are few beside them, and not known before.
  const all = Math.max(flips * spec.nested.shares.length, row?.flips ?? 0);
  return { ...progressOf(spec, row), maxGenerations: generations, flips: { done: row?.flips ?? 0, all } };
}

/** The random chain is evaluated. */
function scoring(spec: NestedSpec, problem: Problem, place: RunPlace, brood: Brood): Moment {
  return {
    ...place,
    population: [],
    ask: {
      work: 'score',
      brood,
      tell(scores) {
        const chain = matchScores(brood, scores, [], 0, 0, problem.bits);
        const population = byOwnCost(spec, chain, problem);
        const evaluations = brood.masks.count;
        const counts = { generation: 0, offspring: chain.length, evaluated: evaluations, evaluations };
        const row = rowOf(spec, problem, population, { ...counts, flips: 0 });
        const next = improving(spec, problem, placeAfter(row, progressAt(spec, problem, row)), {
          population,
          from: chain.map(({ genome }) => genome),
          stays: new Float64Array(problem.bits),
          nextId: chain.length,
          flips: 0,
          prices: chain.map(() => null),
        });
        return { complete: { survivors: population, row }, next };
      },
    },
  };
}

function improving(spec: NestedSpec, problem: Problem, place: Place, standing: ChainStanding): Moment {
  const { generation } = place;
  const anneals = generation <= planOf(spec, problem).annealed;
  const { turns, ...judged } = (anneals ? annealingTurns : leavingTurns)(spec, problem, generation, standing);
  const tellThis = anneals ? tellAnnealed : tellLeft;
  return {
    ...place,
    work: 'improve',
    memory: memoryOf(standing, problem.bits),
    population: standing.population,
    ask: {
      work: 'improve',
      objective: flipObjective(spec.search.objective),
      ...judged,
      tasks: turns.map(({ task }) => task),
      tell(improved) {
        const flips = turns.reduce(
          (sum, { task }, index) => sum + at(improved, index).state.flips - doneBy(task.from),
          standing.flips,
        );
        const after = tellThis(spec, problem, generation, { ...standing, flips }, turns, improved);
        return told(spec, problem, place, after, improved.length);
      },
    },
  };
}

/** The generation is complete, and the next begins, or the run is over. */
function told(
  spec: NestedSpec,
  problem: Problem,
  place: Place,
  standing: ChainStanding,
  count: number,
): Told {
  const { generation, progress } = place;
  const { population, flips } = standing;
  const evaluations = progress.evaluations + count;
  const counts = { generation, offspring: count, evaluated: count, evaluations, flips };
  const row = rowOf(spec, problem, population, counts);
  const following = placeAfter(row, progressAt(spec, problem, row));
  const complete = { survivors: population, row };
  const next = { ...following, work: 'improve' as const };
  const isOver =
    generation >= planOf(spec, problem).annealed &&
    leavingTurns(spec, problem, generation + 1, standing).turns.length === 0;
  if (isOver || generation === planOf(spec, problem).generations) {
    const memory = memoryOf({ ...standing, from: [] }, problem.bits);
    return { complete, next: { ...next, generation, memory, over: 'max-flips' } };
  }
  return { complete, next: improving(spec, problem, following, standing) };
}

export const nested: Algorithm<NestedSpec, { key: 'nested'; schema: typeof nestedSchema }> = {
  summary: 'an order of the weights whose every beginning is a ticket: one file for all sparsities',
  wording: SEARCH,
  section: { key: 'nested', schema: nestedSchema },
  heeds: ['search', 'pruning', 'nested'],
  starts: false,
  networks: 'all',
  mostWeights: MOST_RANKED,
  finds: 'mask',
  improves: true,
  hasFront: true,
  constrains: false,
  restricts: true,
  match: undefined,
  problems: ({ nested: { firstSamples } }, classes) => unfitFirstSamples('nested', firstSamples, classes),
  needsNetwork: () => false,
  course(spec, _, size) {
    const plan = planOf(spec, size);
    return flipCourse(spec.nested.shares.length, plan.passes, plan);
  },
  start(spec, problem) {
    const { bits, allowed } = problem;
    const chain = randomChain(random(spec.seed, 'start', 0, 0), spec.nested.shares, bits, allowed);
    const brood = {
      masks: packGenomes(chain, problem.bits),
      sources: Int32Array.from(chain.keys()),
      origins: chain.map(() => 'start' as const),
    };
    const memory = { facts: { nextId: 0, flips: 0, prices: [] }, aside: [], vectors: {} };
    const progress = progressAt(spec, problem);
    const place = { generation: 0, round: 0, complete: null, work: 'score', progress, memory } as const;
    return scoring(spec, problem, place, brood);
  },
  resume(spec, problem, { brood, work, memory, population, ...place }) {
    if (work === 'score') {
      if (!brood) throw new TypeError('a search has masks to evaluate');
      return scoring(spec, problem, { ...place, work, memory }, brood);
    }
    const { stays, states } = apart(memory);
    const from = startsOf({ vectors: states }, problem.bits);
    return improving(spec, problem, place, { population, from, stays, ...factsSchema.parse(memory.facts) });
  },
  result(spec, network, found) {
    const result = resultByGenerations(spec, network, found);
    const { stays } = apart(found.memory);
    if (stays.length === 0) return { ...result, front: result.candidates };
    const chain = genomesInChain(found.population);
    const sizes = spec.nested.shares.map((share) => maskSize(share, stays.length));
    const order = { bits: leavingOrder(chain, stays, stays.length), pauses: pausesOf(chain, sizes) };
    return { ...result, front: result.candidates, order };
  },
};
