/**
 * nsga: masks that nothing beats in several objectives at once. NSGA-II for two of them (Deb et al. 2002), NSGA-III from
 * three on (Deb and Jain 2014). The first masks are of all sparsities, so that the search begins along the whole front.
 */
import { group } from 'd3-array';
import { z } from 'zod';
import { at } from '../../base/at.ts';
import { type Random, random } from '../../base/random.ts';
import { crowding, hypervolume, type Point, ranked } from '../../search/dominance.ts';
import { GAPS, type Gap } from '../../search/fairness.ts';
import { genomeKey } from '../../search/genome.ts';
import { heavyTailed } from '../../search/improving.ts';
import {
  compareIndividuals,
  excessOf,
  fitnessShare,
  type Individual,
  isFigure,
} from '../../search/individual.ts';
import type { FrontAxis, Problem } from '../algorithm.ts';
import { byGenerations } from '../parts/generations.ts';
import { untilEvaluations } from '../parts/match.ts';
import { sparedGenome, uniformCrossover, withFlips } from '../parts/operators.ts';
import { NOTHING } from '../parts/scheme.ts';
import type { SearchSpec } from '../parts/sections.ts';
import { directionsFor, niched } from './niching.ts';

const NSGA_OBJECTIVES = [
  'fitness',
  'sparsity',
  'units',
  'multiply-adds',
  'loss',
  'demographic-parity',
  'equal-opportunity',
  'equalised-odds',
] as const;
type NsgaObjective = (typeof NSGA_OBJECTIVES)[number];
/** Those that take the network to be known. */
const SIZES: readonly NsgaObjective[] = ['units', 'multiply-adds'];

const GAP_OF: Partial<Record<NsgaObjective, Gap>> = {
  'demographic-parity': 'demographicParity',
  'equal-opportunity': 'equalOpportunity',
  'equalised-odds': 'equalisedOdds',
};

const AXIS_OF: Readonly<Record<NsgaObjective, FrontAxis>> = {
  fitness: 'fitness',
  sparsity: 'sparsity',
  units: 'units',
  'multiply-adds': 'multiply-adds',
  loss: 'loss',
  'demographic-parity': 'demographicParity',
  'equal-opportunity': 'equalOpportunity',
  'equalised-odds': 'equalisedOdds',
};

const nsgaSchema = z.strictObject({
  objectives: z
    .array(z.enum(NSGA_OBJECTIVES))
    .min(2)
    .max(3)
    .refine((names) => new Set(names).size === names.length, { error: 'expected different objectives' })
    .default(['fitness', 'sparsity'])
    .meta({
      description:
        'What nothing must beat a ticket in: search.objective (fitness), the share of pruned weights, how few units or multiply-adds the minimised network has, cross-entropy (loss), and gaps between groups of samples; two or three',
    }),
  crossover: z.number().min(0).max(1).default(0.9).meta({
    description: 'Probability that a child has two parents',
  }),
  tail: z.number().min(1).max(10).default(1.5).meta({
    description: 'A child has k bits flipped, k drawn with probability ∝ k^−tail; of two parents, k − 1',
  }),
});

interface NsgaSpec extends SearchSpec {
  readonly nsga: z.output<typeof nsgaSchema>;
}

/** Values of the objectives, 0..1 each, larger is better. */
function pointOf(spec: NsgaSpec, { bits, samples, sizes }: Problem, one: Individual): Point {
  const { search, nsga } = spec;
  const left = needsSizes(spec) ? sizes?.of(one.genome) : undefined;
  return nsga.objectives.map((name) => {
    if (name === 'fitness') return fitnessShare(one.score, search.objective, samples);
    if (name === 'sparsity') return one.zeros / bits;
    if (name === 'loss') return fitnessShare(one.score, 'cross-entropy', samples);
    const gap = GAP_OF[name];
    if (gap) return 1 - gapOf(one, gap);
    if (!sizes || !left) throw new TypeError('the sizes of the network are missing');
    return name === 'units'
      ? 1 - left.units / sizes.whole.units
      : 1 - left.multiplyAdds / sizes.whole.multiplyAdds;
  });
}

function gapOf({ score: { fairness } }: Individual, gap: Gap): number {
  if (!fairness) throw new TypeError('the gaps between groups are missing');
  return fairness[gap];
}

/** Where the front is looked for: the objectives, and fitness in any case. */
function axesOf({ nsga }: NsgaSpec): FrontAxis[] {
  return [...new Set<FrontAxis>(['fitness', ...nsga.objectives.map((name) => AXIS_OF[name])])];
}

function needsSizes({ nsga }: NsgaSpec): boolean {
  return nsga.objectives.some((name) => SIZES.includes(name));
}

export const nsga = byGenerations({
  summary: 'masks that nothing beats in several objectives, such as fitness and sparsity (NSGA-II, NSGA-III)',
  section: { key: 'nsga', schema: nsgaSchema },
  origins: ['start', 'recombination', 'mutation'],
  match: untilEvaluations(false),
  evaluations: ({ search: { population } }: NsgaSpec) => ({ first: population, each: population }),
  // The front goes on growing where its best end stands still.
  rules: ({ stop }) => ({ ...stop, stagnation: null, targetAccuracy: null }),
  needsNetwork: needsSizes,
  start({ seed, search: { population } }, { bits }) {
    const offspring = Array.from({ length: population }, (_, index) => {
      const genome = sparedGenome(random(seed, 'start', 0, index), bits, (index + 0.5) / population);
      return { id: index, genome, origin: 'start', born: 0 } as const;
    });
    return { offspring, own: null };
  },
  breed(spec, problem, { generation, survivors, nextId, own }) {
    const points = survivors.map((one) => pointOf(spec, problem, one));
    const parents = tournamentOf(points, frontsOf(points, survivors));
    const offspring = survivors.map((_, index) => {
      const stream = random(spec.seed, 'recombine', generation, index);
      const [first, second] = [at(survivors, parents(stream)), at(survivors, parents(stream))];
      const crossed = stream.uniform() < spec.nsga.crossover && first !== second;
      const child = crossed ? uniformCrossover(stream, first.genome, second.genome) : first.genome;
      const origin = crossed ? ('recombination' as const) : ('mutation' as const);
      const flips = heavyTailed(stream.uniform(), spec.nsga.tail, Math.max(1, problem.bits >> 1));
      // A child of two parents may be without flips, a copy of one never.
      const genome = withFlips(stream, child, problem.bits, crossed ? flips - 1 : flips, problem.allowed);
      return { id: nextId + index, genome, origin, born: generation };
    });
    return { offspring, own };
  },
  survive(spec, problem, parents, newborns) {
    const all = [...new Map([...newborns, ...parents].map((one) => [genomeKey(one.genome), one])).values()];
    const points = all.map((one) => pointOf(spec, problem, one));
    const kept = survivorsOf(points, frontsOf(points, all), spec.search.population);
    return kept.map((position) => at(all, position)).sort(compareIndividuals(spec.search.objective));
  },
  covered: (spec, problem, survivors) => hypervolume(survivors.map((one) => pointOf(spec, problem, one))),
  hasFront: true,
  frontAxes: axesOf,
  figures: ({ search: { objective, constraints }, nsga: { objectives } }) => ({
    objective:
      objectives.includes('loss') && objective === 'accuracy' ? 'accuracy-then-cross-entropy' : objective,
    gaps: GAPS.filter((gap) => constraints?.[gap] ?? objectives.some((name) => GAP_OF[name] === gap)),
  }),
  problems({ search: { objective }, nsga: { objectives } }) {
    if (!objectives.includes('loss')) return [];
    if (isFigure(objective))
      return [
        `nsga.objectives: found "loss" with "search.objective": "${objective}", which is evaluated without cross-entropy: choose another objective, or leave "loss" out`,
      ];
    return objective === 'cross-entropy' && objectives.includes('fitness')
      ? [
          'nsga.objectives: found "fitness" and "loss", which are the same with "search.objective": "cross-entropy": leave one out',
        ]
      : [];
  },
  codec: NOTHING,
});

/** Positions front by front; after those that satisfy the constraints the others, by their excess (Deb 2000). */
function frontsOf(points: readonly Point[], individuals: readonly Individual[]): number[][] {
  const excess = individuals.map(({ score }) => excessOf(score));
  const feasible = [...points.keys()].filter((position) => excess[position] === 0);
  const fronts = ranked(feasible.map((position) => at(points, position)));
  const others = [...points.keys()].filter((position) => at(excess, position) > 0);
  const levels = group(others, (position) => at(excess, position));
  const worse = [...levels].sort(([a], [b]) => a - b).map(([, positions]) => positions);
  return [...fronts.map((front) => front.map((place) => at(feasible, place))), ...worse];
}

/** The positions that survive: front by front, and of the last one those in the emptiest places. */
function survivorsOf(points: readonly Point[], fronts: readonly number[][], size: number): number[] {
  const kept: number[] = [];
  for (const front of fronts) {
    const left = size - kept.length;
    if (left === 0) break;
    const own = front.length <= left ? front : sparsest(points, kept, front, left);
    for (const position of own) kept.push(position);
  }
  return kept;
}

function sparsest(points: readonly Point[], kept: readonly number[], front: readonly number[], left: number) {
  const axes = points[0]?.length ?? 0;
  if (axes > 2) return niched(points, kept, front, left, directionsFor(axes, kept.length + left));
  const distances = crowding(front.map((position) => at(points, position)));
  const order = [...front.keys()].sort((a, b) => compare(at(distances, b), at(distances, a)) || a - b);
  return order.slice(0, left).map((place) => at(front, place));
}

/** The better of two that are drawn: of the front before, or in the emptier place of the same one. */
function tournamentOf(points: readonly Point[], fronts: readonly number[][]): (stream: Random) => number {
  const rank = new Uint32Array(points.length);
  const distance = new Float64Array(points.length);
  for (const [place, front] of fronts.entries()) {
    const distances = crowding(front.map((position) => at(points, position)));
    for (const [index, position] of front.entries()) {
      rank[position] = place;
      distance[position] = at(distances, index);
    }
  }
  return (stream) => {
    const [first, second] = [stream.below(points.length), stream.below(points.length)];
    const order = at(rank, first) - at(rank, second) || compare(at(distance, second), at(distance, first));
    return order > 0 ? second : first;
  };
}

/** Of numbers that may be infinite. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
