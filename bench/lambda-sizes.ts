/**
 * A generation of a network of a million weights, population 1,000, in one function of each size: simulated from what a
 * chunk takes on one thread of this computer, and from how well its threads share the cores.
 */
import { expectedOffspring } from '../lib/algorithms/parts/breeding.ts';
import { MEMORIES } from '../lib/cost/estimate.ts';
import { speedOf, vcpusOf } from '../lib/cost/prices.ts';
import { parseSpec } from '../lib/runspec/parser.ts';
import { BenchThreads, median } from './threads.ts';
import { MILLION_WEIGHTS } from './work.ts';

/** Masks of a chunk that is measured. */
const CHUNK = 8;

export interface LambdaSizes {
  /** Time of one mask on one thread; and the share of two threads' time that is work. */
  readonly milliseconds: number;
  readonly scaling: number;
  readonly individuals: number;
  readonly sizes: readonly {
    readonly memoryMb: number;
    readonly vcpus: number;
    readonly seconds: number;
    /** As fast as the smallest. */
    readonly times: number;
  }[];
}

export async function measureLambdaSizes(
  rounds: number,
  threads: number,
  turn: number,
  progress: (text: string) => void,
): Promise<LambdaSizes> {
  const work = await BenchThreads.start({ network: MILLION_WEIGHTS, individuals: CHUNK }, threads);
  const [ones, alls]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    progress(`a million weights ${round + 1}/${rounds}`);
    ones.push(await work.rate(1, turn));
    alls.push(await work.rate(threads, turn));
  }
  await work.stop();
  const scaling = Math.min(1, median(alls) / median(ones) / threads);
  const { search } = parseSpec({ search: { population: 1_000 } });
  const individuals = Math.round(expectedOffspring(search));
  const simulated = MEMORIES.map((memoryMb) => {
    const vcpus = vcpusOf(memoryMb);
    const speed = vcpus === 1 ? 1 : speedOf(memoryMb) * scaling;
    // The last round may leave threads without a mask.
    const seconds = (Math.ceil(individuals / vcpus) * vcpus) / median(ones) / speed;
    return { memoryMb, vcpus, seconds };
  });
  const slowest = Math.max(...simulated.map(({ seconds }) => seconds));
  return {
    milliseconds: 1_000 / median(ones),
    scaling,
    individuals,
    sizes: simulated.map((size) => ({ ...size, times: slowest / size.seconds })),
  };
}
