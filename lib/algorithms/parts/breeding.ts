/**
 * sltn-ga (arXiv 2508.08877): what each generation breeds. Recombination, mutation and migration in the paper's order;
 * every decision is drawn from the stream of (seed, generation, individual).
 */

import { defined } from '../../base/defined.ts';
import { type Random, random } from '../../base/random.ts';
import { type KeepProbabilities, learnedGenome } from '../../search/drawing.ts';
import { genomeKey, intersection } from '../../search/genome.ts';
import type { Individual, Newborn } from '../../search/individual.ts';
import { flipOneBit, randomGenome, sparedGenome, uniformCrossover } from './operators.ts';
import type { SearchSpec } from './sections.ts';

export type BreedingRates = Pick<
  SearchSpec['search'],
  'population' | 'recombination' | 'mutation' | 'migration'
>;

/** Whether a mask may live. */
export type Viable = (genome: Uint8Array) => boolean;

/** Which descendants may be born; all if absent. `allowed`: the weights that a mutation may flip. */
export interface Limits {
  readonly viable?: Viable;
  readonly allowed?: Uint8Array;
}

/** Draws after which a child that is not viable is not born, and a random mask is taken as it is. */
const REDRAWS = 1_000;

/** How a random mask is drawn; `place`, 0..1: its place among those that are drawn with it. */
export type MaskDraw = (stream: Random, bits: number, place: number) => Uint8Array;

/** Every bit is fair, as in the paper. */
const fairMask: MaskDraw = (stream, bits) => randomGenome(stream, bits);

/** Masks that keep between half and all of the weights: to prune a network that solves its task already. */
export const denseMask: MaskDraw = (stream, bits, place) => sparedGenome(stream, bits, place / 2);

/** How random masks are drawn at the start, and as migrants: without the weights that no mask may keep. */
export function maskDrawOf(
  { search }: SearchSpec,
  { prior, allowed }: { readonly prior?: KeepProbabilities; readonly allowed?: Uint8Array },
): MaskDraw {
  const plain = prior ? (stream: Random) => learnedGenome(stream, prior) : plainDrawOf(search);
  return allowed ? (...place) => intersection(plain(...place), allowed) : plain;
}

function plainDrawOf({ start }: SearchSpec['search']): MaskDraw {
  if (start.strategy === 'dense') return denseMask;
  if (start.strategy !== 'random' || start.sparsity === undefined) return fairMask;
  const { sparsity } = start;
  return (stream, bits) => sparedGenome(stream, bits, sparsity);
}

/** The same without the weights that no mask may keep. */
export function restricted<One extends { readonly genome: Uint8Array }>(
  masks: readonly One[],
  allowed: Uint8Array | undefined,
): readonly One[] {
  if (!allowed) return masks;
  return masks.map((one) => ({ ...one, genome: intersection(one.genome, allowed) }));
}

/** The first generation: `population` random masks (fair ones: "GA", the plain start). */
export function breedStart(
  seed: number,
  rates: BreedingRates,
  bits: number,
  draw: MaskDraw = fairMask,
): Newborn[] {
  return Array.from({ length: rates.population }, (_, index) => ({
    id: index,
    genome: draw(random(seed, 'start', 0, index), bits, index / rates.population),
    origin: 'start',
    born: 0,
  }));
}

/**
 * The offspring of generation `generation` (1 or later) from survivors sorted best first.
 * Ids continue from `nextId`. About 53 for the paper's rates: 30 children, 13 mutants, 10 migrants.
 */
export function breedOffspring(
  seed: number,
  rates: BreedingRates,
  bits: number,
  generation: number,
  survivors: readonly Individual[],
  nextId: number,
  draw: MaskDraw = fairMask,
  allowed?: Uint8Array,
): Newborn[] {
  const limits = defined({ allowed });
  const descendants = breedDescendants(seed, rates, bits, generation, survivors, nextId, limits);
  const first = nextId + descendants.length;
  const migrants = breedMigrants(seed, bits, generation, migrantsOf(rates), first, draw);
  return [...descendants, ...migrants];
}

/** Random masks of a generation; all of it, in a random search. */
export function breedMigrants(
  seed: number,
  bits: number,
  generation: number,
  count: number,
  nextId: number,
  draw: MaskDraw = fairMask,
): Newborn[] {
  return Array.from({ length: count }, (_, index) => ({
    id: nextId + index,
    genome: draw(random(seed, 'migrate', generation, index), bits, (index + 0.5) / count),
    origin: 'migration',
    born: generation,
  }));
}

/** Offspring that a generation is expected to breed, 53 with the paper's rates. */
export function expectedOffspring({ population, recombination, mutation, migration }: BreedingRates): number {
  const children = population * recombination.rate;
  return children + (population + children) * mutation.rate + Math.round(population * migration.rate);
}

/** Random masks a generation. */
export function migrantsOf({ population, migration }: BreedingRates): number {
  return Math.round(population * migration.rate);
}

/**
 * The offspring that have parents: about 30 children and 13 mutants for the paper's rates. An operator whose result is
 * not viable is applied anew; where it never is, nothing is born.
 */
export function breedDescendants(
  seed: number,
  rates: BreedingRates,
  bits: number,
  generation: number,
  survivors: readonly Individual[],
  nextId: number,
  { viable, allowed }: Limits = {},
): Newborn[] {
  const offspring: Newborn[] = [];
  const bear = (breed: () => Uint8Array, origin: Newborn['origin']) => {
    const genome = untilViable(breed, viable);
    if (genome) offspring.push({ id: nextId + offspring.length, genome, origin, born: generation });
  };

  const mates = Math.min(rates.recombination.mates, survivors.length);
  for (const [index, individual] of survivors.entries()) {
    const stream = random(seed, 'recombine', generation, index);
    if (stream.uniform() >= rates.recombination.rate) continue;
    const mate = survivors[stream.below(mates)] ?? individual;
    bear(() => uniformCrossover(stream, individual.genome, mate.genome), 'recombination');
  }
  for (const [index, { genome }] of [...survivors, ...offspring].entries()) {
    const stream = random(seed, 'mutate', generation, index);
    if (stream.uniform() < rates.mutation.rate)
      bear(() => flipOneBit(stream, genome, bits, allowed), 'mutation');
  }
  return offspring;
}

/** The first viable of up to 1,000 tries. */
function untilViable(breed: () => Uint8Array, viable: Viable | undefined): Uint8Array | undefined {
  for (let draw = 0; draw < REDRAWS; draw++) {
    const genome = breed();
    if (viable === undefined || viable(genome)) return genome;
  }
  return undefined;
}

/** Fair random masks number `first`…, each by its own stream; not viable only where 1,000 draws gave none that is. */
export function drawMasks(
  seed: number,
  bits: number,
  first: number,
  count: number,
  viable?: Viable,
): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const stream = random(seed, 'queue', 0, first + index);
    const draw = () => randomGenome(stream, bits);
    return untilViable(draw, viable) ?? draw();
  });
}

/** How the offspring of a generation get their scores. */
export interface EvaluationPlan {
  /** The genomes to evaluate: each mask once, none that is alive already. In order of birth. */
  readonly genomes: readonly Uint8Array[];
  /** Per offspring: ≥ 0, the position in `genomes`; < 0, −1 − the position of the living individual it equals. */
  readonly sources: Int32Array;
}

/** Nothing is evaluated twice: equal masks among offspring and survivors share one evaluation. */
export function planEvaluation(
  offspring: readonly Newborn[],
  survivors: readonly Individual[],
): EvaluationPlan {
  const known = new Map<string, number>();
  for (const [index, { genome }] of survivors.entries()) {
    const key = genomeKey(genome);
    if (!known.has(key)) known.set(key, -1 - index);
  }
  const genomes: Uint8Array[] = [];
  const sources = Int32Array.from(offspring, ({ genome }) => {
    const key = genomeKey(genome);
    const source = known.get(key);
    if (source !== undefined) return source;
    known.set(key, genomes.length);
    return genomes.push(genome) - 1;
  });
  return { genomes, sources };
}
