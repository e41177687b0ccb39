/** Ruggedness, neutrality and local optima of the landscapes that finished runs searched. */
import { range } from 'd3-array';
import { randomGenome } from '../algorithms/parts/operators.ts';
import { UserError } from '../base/errors.ts';
import { random } from '../base/random.ts';
import type { OpenSource } from '../base/source.ts';
import { FIGURES, type WalkedFigure } from '../landscape/flip-walks.ts';
import { climb, meanDistance, measureRuggedness } from '../landscape/neighbourhoods.ts';
import type { LandscapeStatistics } from '../landscape/schema.ts';
import { evaluateAll } from '../landscape/scoring.ts';
import { nameOfNetwork } from '../runspec/network.ts';
import { countOnes, emptyMasks, genomeAt, genomeKey } from '../search/genome.ts';
import type { FinishedRun } from './finished-run.ts';
import { openScorer, type Scorer } from './landscape-scorer.ts';

/** Random masks that ruggedness is measured at. */
const MASKS = 256;

export interface StatisticsRequest {
  readonly seed: number;
  /** Climbs to local optima, of each run by each figure. */
  readonly optima: number;
  readonly open: OpenSource;
  /** Told how many of how many climbs are done, first that none is; a measurement of ruggedness counts as one. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Of each run, by accuracy and by cross-entropy. Throws UserError where flips cannot be evaluated alone. */
export async function measureStatistics(
  runs: readonly FinishedRun[],
  { seed, optima, open, onProgress }: StatisticsRequest,
): Promise<LandscapeStatistics[]> {
  const total = runs.length * FIGURES.length * (optima + 1);
  let done = 0;
  onProgress?.(done, total);
  const step = async () => {
    onProgress?.(++done, total);
    // A walk does not wait for anything, so signals and the progress line get their turn here.
    await new Promise(setImmediate);
  };
  const measured: LandscapeStatistics[] = [];
  for (const run of runs) {
    await using scorer = await openScorer(run, true, open);
    for (const figure of FIGURES) measured.push(await measure(run, figure, scorer, { seed, optima }, step));
  }
  return measured;
}

async function measure(
  run: FinishedRun,
  figure: WalkedFigure,
  { evaluate, findWalk }: Scorer,
  { seed, optima }: Pick<StatisticsRequest, 'seed' | 'optima'>,
  step: () => Promise<void>,
): Promise<LandscapeStatistics> {
  const { name, group = '', bits } = run;
  const samples = run.summary.trainSamples;
  const walk = findWalk(genomeAt(emptyMasks(1, bits), 0), figure);
  if (!walk) throw withoutFlips(run, figure);
  const masks = range(MASKS).map((index) => randomGenome(random(seed, 'landscape-sample', index), bits));
  const ruggedness = measureRuggedness(walk, masks, bits, seed);
  await step();
  const found = [];
  for (let index = 0; index < optima; index++) {
    found.push(climb(walk, randomGenome(random(seed, 'landscape-climb', index), bits), bits, seed, index));
    await step();
  }
  const genomes = found.map(({ genome }) => genome);
  const scores = await evaluateAll(evaluate, genomes, bits);
  return {
    run: name,
    group,
    figure,
    bits,
    samples,
    ...ruggedness,
    optima: found.map(({ genome, flips, neutral }, index) => {
      const { correct = 0, loss = Number.NaN } = scores[index] ?? {};
      return {
        accuracy: correct / samples,
        loss: Number.isFinite(loss) ? loss / samples : null,
        kept: countOnes(genome),
        flips,
        neutral,
      };
    }),
    distinct: new Set(genomes.map(genomeKey)).size,
    distance: meanDistance(genomes, bits),
  };
}

function withoutFlips({ name, spec, summary }: FinishedRun, figure: WalkedFigure): UserError {
  return new UserError(
    `--optima: found ${name}, whose network is ${nameOfNetwork(spec.network)}; flips of it cannot be evaluated alone by ${figure} on ${summary.trainSamples} samples in this memory; leave out --optima, or give runs of multilayer perceptrons or of smaller networks`,
  );
}
