/**
 * Many workers, one ticket: seconds until a mask of a given cost is found, by ways of spreading the flips of one search. All of
 * it runs on one thread; what side by side takes is put together from the processor time of its chunks, without transport.
 */
import { randomGenome } from '../lib/algorithms/parts/operators.ts';
import { at } from '../lib/base/at.ts';
import { type Random, random } from '../lib/base/random.ts';
import { shuffle, shuffled } from '../lib/base/shuffle.ts';
import { makeDataset } from '../lib/data/builtin/generators.ts';
import { pick, scaled } from '../lib/data/dataset.ts';
import { LayersPosition } from '../lib/evaluation/flips/layers.ts';
import { countWeights } from '../lib/network/architecture.ts';
import { uniformNetwork } from '../lib/network/initializer.ts';
import { builtInTaskSchema } from '../lib/runspec/task.ts';
import { getBit } from '../lib/search/genome.ts';
import {
  bestOf,
  costWithWeights,
  type DrawStream,
  improve,
  startImproving,
} from '../lib/search/improving.ts';
import { median, processorSeconds } from './threads.ts';

const WIDTHS = [64, 75, 10] as const;
const [INPUTS, HIDDEN, CLASSES] = WIDTHS;
const BITS = countWeights(WIDTHS);
const UNITS = Array.from({ length: HIDDEN }, (_, unit) => unit);
/** λ: the cost of keeping all weights, in nats. */
const LAMBDA = 1;
/** Costs that are to be reached, and the flips of one search that are tried for it, fewest first. */
export const TARGETS = [0.3, 0.25, 0.2] as const;
const BUDGETS = [12_500, 25_000, 50_000, 100_000, 200_000] as const;
/** Of all starts, or replicas, together: more take minutes. */
const MOST_FLIPS = 800_000;

/** Rounds of blocks and of replicas; the first tenth is cold and without a price, as `improve` begins. */
const ROUNDS = 200;
const COLD = ROUNDS / 10;

interface Found {
  readonly cost: number;
  /** Processor time of what no worker can share, and of the chunks of all rounds. */
  readonly serial: number;
  readonly shared: number;
  /** Flips of the chunks of each round, which are done side by side. */
  readonly rounds: readonly (readonly number[])[];
}

/** Finds a mask by so many flips, of each start or replica where there are several. */
type Way = (seed: number, flips: number) => Found;

export interface WorkersRow {
  readonly way: string;
  readonly workers: number;
  /** By target, the median over the seeds, with the fewest flips that reach it; Infinity where none do. */
  readonly seconds: readonly number[];
}

const { train, scaling } = makeDataset(builtInTaskSchema.parse({ dataset: 'digits' }));

function positionOf(seed: number, samples = train): LayersPosition {
  const data = { ...samples, x: scaled(samples.x, scaling) };
  const start = randomGenome(random(seed, 'start'), BITS);
  return new LayersPosition(uniformNetwork(WIDTHS, seed), data, start, { objective: 'cross-entropy' });
}

/**
 * Each chunk goes to the worker that is free first, and a round ends with its last one. Clocks are too coarse for the chunks of
 * a round: a flip is taken to cost what it does on average over all of them.
 */
function secondsOf({ serial, shared, rounds }: Found, workers: number): number {
  let [all, span] = [0, 0];
  for (const chunks of rounds) {
    const busy = new Float64Array(workers);
    for (const flips of chunks) {
      all += flips;
      busy[busy.indexOf(Math.min(...busy))] = Math.min(...busy) + flips;
    }
    span += Math.max(...busy);
  }
  return serial + (shared * span) / all;
}

/** One annealing, of which a share of the flips is judged by a fifth of the samples. */
function annealing(seed: number, flips: number, start: number, few = 0): Found {
  const settings = { method: 'annealing', heat: 1, lambda: LAMBDA, flips } as const;
  const draw: DrawStream = (purpose, index) => random(seed, purpose, index, start);
  const order = shuffle(random(seed, 'flip-sample', 1), Uint32Array.from(train.labels.keys()));
  const fifth = few > 0 ? positionOf(seed, pick(train, order.subarray(0, order.length / 5))) : undefined;
  const position = positionOf(seed);
  let state = startImproving(position, randomGenome(random(seed, 'start', 0, start), BITS));
  const shared = processorSeconds(() => {
    if (fifth) state = improve(fifth, state, settings, draw, few * flips);
    state = improve(position, state, settings, draw, flips);
    position.moveTo(bestOf(position, state, LAMBDA));
  });
  return { cost: costWithWeights(position, LAMBDA), serial: 0, shared, rounds: [[flips]] };
}

/** Metropolis over fresh random orders of these bits. */
function walk(
  position: LayersPosition,
  bits: number[],
  flips: number,
  heat: number,
  lambda: number,
  stream: Random,
) {
  let order: number[] = [];
  for (let flip = 0; flip < flips; flip++) {
    if (flip % bits.length === 0) order = shuffled(stream, bits);
    const bit = at(order, flip % bits.length);
    const price = (position.has(bit) ? -lambda : lambda) / BITS;
    const limit = allowance(heat, stream) - price;
    if (position.change(bit, limit) < limit) position.flip(bit);
  }
}

/** By how much the cost may rise, by chance. */
function allowance(heat: number, stream: Random): number {
  const luck = stream.uniform();
  return heat > 0 ? -heat * Math.log(1 - luck) : 0;
}

function typicalChange(position: LayersPosition, stream: Random): number {
  const changes = Array.from({ length: 256 }, () => Math.abs(position.change(stream.below(BITS))));
  return median(changes.filter((change) => change > 0));
}

/** The weights that lead into a hidden unit and out of it. */
function weightsOf(unit: number): number[] {
  const into = Array.from({ length: INPUTS }, (_, input) => unit * INPUTS + input);
  const outOf = Array.from({ length: CLASSES }, (_, label) => HIDDEN * (INPUTS + label) + unit);
  return [...into, ...outOf];
}

/** Blocks of hidden units, drawn anew in each round, are annealed side by side from one mask and merged one by one. */
function blocks(count: number): Way {
  return (seed, flips) => {
    const position = positionOf(seed);
    let [serial, shared, typical] = [0, 0, 0];
    const rounds: number[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const heat = typical * (1 - round / ROUNDS);
      const lambda = round < COLD ? 0 : LAMBDA;
      const stream = random(seed, 'noise', round);
      const units = shuffled(stream, UNITS);
      const before = position.genome();
      const changes: number[][] = [];
      const shares: number[] = [];
      shared += processorSeconds(() => {
        for (let block = 0; block < count; block++) {
          const own = units
            .slice((block * HIDDEN) / count, ((block + 1) * HIDDEN) / count)
            .flatMap(weightsOf);
          const share = Math.round((flips / ROUNDS) * (own.length / BITS));
          position.moveTo(before);
          walk(position, own, share, heat, lambda, random(seed, 'flip-order', round, block));
          changes.push(own.filter((bit) => position.has(bit) !== (getBit(before, bit) === 1)));
          shares.push(share);
        }
      });
      rounds.push(shares);
      serial += processorSeconds(() => {
        position.moveTo(before);
        for (const bits of changes) {
          const cost = costWithWeights(position, lambda);
          position.flipAll(bits);
          if (costWithWeights(position, lambda) > cost + allowance(heat, stream)) position.flipAll(bits);
        }
        if (round === COLD - 1) typical = typicalChange(position, stream);
      });
    }
    return { cost: costWithWeights(position, LAMBDA), serial, shared, rounds };
  };
}

/** Replicas at temperatures that fall by the same factor, neighbours of which are exchanged after each round. */
function tempering(replicas: number): Way {
  return (seed, flips) => {
    if (flips * replicas > MOST_FLIPS) return NOTHING;
    const position = positionOf(seed);
    const stream = random(seed, 'noise');
    const all = UNITS.flatMap(weightsOf);
    const serial = processorSeconds(() => walk(position, all, (COLD * flips) / ROUNDS, 0, 0, stream));
    const typical = typicalChange(position, stream);
    const heats = Array.from({ length: replicas }, (_, rank) => typical / 4 ** ((4 * rank) / (replicas - 1)));
    let masks = heats.map(() => ({ genome: position.genome(), cost: 0 }));
    let shared = 0;
    for (let round = COLD; round < ROUNDS; round++) {
      shared += processorSeconds(() => {
        masks = masks.map(({ genome }, rank) => {
          position.moveTo(genome);
          const own = random(seed, 'flip-order', round, rank);
          walk(position, all, flips / ROUNDS, at(heats, rank), LAMBDA, own);
          return { genome: position.genome(), cost: costWithWeights(position, LAMBDA) };
        });
      });
      for (let rank = round % 2; rank + 1 < replicas; rank += 2) {
        const [hot, cold] = [at(masks, rank), at(masks, rank + 1)];
        const gain = (cold.cost - hot.cost) * (1 / at(heats, rank + 1) - 1 / at(heats, rank));
        if (Math.log(1 - stream.uniform()) <= gain) masks.splice(rank, 2, cold, hot);
      }
    }
    const rounds = Array.from({ length: ROUNDS - COLD }, () => heats.map(() => flips / ROUNDS));
    return { cost: Math.min(...masks.map(({ cost }) => cost)), serial, shared, rounds };
  };
}

const NOTHING: Found = { cost: Number.POSITIVE_INFINITY, serial: 0, shared: 0, rounds: [] };

/** Tombola's way: each worker has a start of its own, and the best one is the ticket. */
function starts(count: number): Way {
  return (seed, flips) => {
    if (flips * count > MOST_FLIPS) return NOTHING;
    const found = Array.from({ length: count }, (_, start) => annealing(seed, flips, start));
    return {
      cost: Math.min(...found.map(({ cost }) => cost)),
      serial: 0,
      shared: found.reduce((sum, { shared }) => sum + shared, 0),
      rounds: [found.map(() => flips)],
    };
  };
}

const WAYS: readonly (readonly [name: string, way: Way, workers: readonly number[]])[] = [
  ['one start', starts(1), [1]],
  ['one start, growing subset', (seed, flips) => annealing(seed, flips, 0, 0.75), [1]],
  ['8 blocks', blocks(8), [1, 2, 8]],
  ['64 blocks', blocks(64), [1, 2, 8, 64]],
  ['8 tempered replicas', tempering(8), [1, 2, 8]],
  ['a start each', starts(2), [2]],
  ['a start each', starts(8), [8]],
  ['a start each', starts(64), [64]],
];

export function measureWorkers(seeds: readonly number[], progress: (text: string) => void): WorkersRow[] {
  return WAYS.flatMap(([way, find, counts]) => {
    const found = seeds.map((seed) => {
      const tried: Found[] = [];
      for (const flips of BUDGETS) {
        const one = find(seed, flips);
        tried.push(one);
        progress(`${way} ${counts.at(-1)}, seed ${seed}, ${flips} flips: cost ${one.cost.toFixed(4)}`);
        if (one.cost <= Math.min(...TARGETS)) break;
      }
      return TARGETS.map((target) => tried.find(({ cost }) => cost <= target));
    });
    const none = Number.POSITIVE_INFINITY;
    return counts.map((workers) => ({
      way,
      workers,
      seconds: TARGETS.map((_, index) =>
        median(found.map(({ [index]: one }) => (one ? secondsOf(one, workers) : none))),
      ),
    }));
  });
}
