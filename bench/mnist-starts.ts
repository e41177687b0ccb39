/**
 * MNIST, a start on each of many workers, of which the best one counts: which accuracy how many workers reach, and when. All
 * chunks run on one thread, each with the evaluation that a run makes of its mask; what side by side takes is put together from
 * their processor time, without transport. Weights, λ and heat are those of docs/studies/mnist-whole.json. The best start is the one
 * of the least cost on the training images, as in a run.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { randomGenome } from '../lib/algorithms/parts/operators.ts';
import { at } from '../lib/base/at.ts';
import { ifThere } from '../lib/base/file-errors.ts';
import { random } from '../lib/base/random.ts';
import { shuffle } from '../lib/base/shuffle.ts';
import { pick, scaled } from '../lib/data/dataset.ts';
import { createEvaluator } from '../lib/evaluation/evaluator-choice.ts';
import { LayersPosition } from '../lib/evaluation/flips/layers.ts';
import { countWeights } from '../lib/network/architecture.ts';
import { INITIALIZERS } from '../lib/network/initializer.ts';
import { sourceOpener } from '../lib/places/sources.ts';
import { resolveSpec } from '../lib/runs/spec-resolution.ts';
import { parseSpec } from '../lib/runspec/parser.ts';
import { bytesPerGenome, countOnes, packGenomes } from '../lib/search/genome.ts';
import type { ImprovingState } from '../lib/search/improving.ts';
import { decodeImproving } from '../lib/search/improving-checkpoint.ts';
import type { Position } from '../lib/search/position.ts';
import { improveAll } from '../lib/steps/improvements.ts';

const WIDTHS = [784, 300, 100, 10];
const BITS = countWeights(WIDTHS);
const SEED = 0;
const LAMBDA = 3;
/** Of the whole search, of which the first flips are made. */
const SETTINGS = { method: 'annealing', heat: 0, lambda: LAMBDA, flips: 500_000 } as const;
const SAMPLES = 2_000;
const DRAWN_AFTER = 53_240;
const RUN = { spec: { seed: SEED }, manifest: { bits: BITS } };
/** Half of a generation of the whole search. */
const SLICE = 12_500;
/** The first starts have more slices than the others: all of them would take hours. */
const LONG = { starts: 8, slices: 4 };

/** The first starts first: what is done when the time is over is a result. */
const FILE = 'runs/bench-mnist-starts.json';

const sliceSchema = z.object({
  /** Processor time of the flips, and of the evaluation on the training images. */
  seconds: z.number(),
  /** On all training images, with the price of the weights. */
  cost: z.number(),
  testAccuracy: z.number(),
  sparsity: z.number(),
});
type Slice = z.output<typeof sliceSchema>;
const keptSchema = z.object({ settings: z.string(), starts: z.array(z.array(sliceSchema)) });

export interface StartsRow extends Omit<Slice, 'cost'> {
  readonly workers: number;
  /** Of each start. */
  readonly flips: number;
}

/** Starts that were measured before are not measured again. */
export async function measureStarts(
  counts: readonly number[],
  progress: (text: string) => void,
): Promise<StartsRow[]> {
  const settings = JSON.stringify({ SEED, SETTINGS, SAMPLES, SLICE, LONG });
  const text = await ifThere(readFile(FILE, 'utf8'));
  const kept = text === undefined ? undefined : keptSchema.parse(JSON.parse(text));
  const starts = kept?.settings === settings ? kept.starts : [];
  const most = Math.max(...counts);
  if (starts.length < most) {
    const measure = await openMeasure();
    await mkdir(dirname(FILE), { recursive: true });
    for (let start = starts.length; start < most; start++) {
      progress(`mnist, start ${start + 1} of ${most}`);
      starts.push(await measure(start, start < LONG.starts ? LONG.slices : 1));
      await writeFile(FILE, JSON.stringify({ settings, starts }));
    }
  }
  return counts.flatMap((workers) => rowsOf(starts.slice(0, workers)));
}

/** A generation ends with its slowest chunk. */
function rowsOf(starts: readonly (readonly Slice[])[]): StartsRow[] {
  const slices = Math.min(...starts.map((one) => one.length));
  let seconds = 0;
  return Array.from({ length: slices }, (_, index) => {
    const chunks = starts.map((one) => at(one, index));
    seconds += Math.max(...chunks.map((one) => one.seconds));
    const best = chunks.reduce((a, b) => (b.cost < a.cost ? b : a));
    const { testAccuracy, sparsity } = best;
    return { workers: starts.length, flips: (index + 1) * SLICE, seconds, testAccuracy, sparsity };
  });
}

async function openMeasure(): Promise<(start: number, slices: number) => Promise<Slice[]>> {
  const { dataset } = await resolveSpec(parseSpec({ preset: 'mnist' }), sourceOpener());
  const { train, test, scaling } = dataset;
  const network = INITIALIZERS['signed-kaiming-constant'](WIDTHS, SEED, 0.2);
  const options = { objective: 'cross-entropy' } as const;
  const [trained, tested] = [
    await createEvaluator(network, train, scaling, options),
    await createEvaluator(network, test, scaling, options),
  ];
  const none = new Uint8Array(bytesPerGenome(BITS));
  let last: { readonly draw: number; readonly position: Position } | undefined;
  const positionOf = (draw: number) => {
    if (last?.draw !== draw) {
      const order = shuffle(random(SEED, 'flip-sample', 1, draw), Uint32Array.from(train.labels.keys()));
      const part = pick(train, order.subarray(0, SAMPLES));
      const position = new LayersPosition(network, { ...part, x: scaled(part.x, scaling) }, none, options);
      last = { draw, position };
    }
    return last.position;
  };
  return async (start, slices) => {
    const done: Slice[] = [];
    let from: Uint8Array | ImprovingState = randomGenome(random(SEED, 'start', 0, start), BITS);
    for (let slice = 0; slice < slices; slice++) {
      const before = process.cpuUsage();
      const tasks = [{ stream: start, settings: SETTINGS, flips: SLICE, from }];
      const improved = improveAll(positionOf, { tasks, redrawnAfter: DRAWN_AFTER }, RUN);
      const genome = at(improved.genomes, 0);
      from = decodeImproving(at(improved.states, 0), BITS, 'state');
      const masks = packGenomes([genome], BITS);
      const { loss } = await trained.evaluate(masks);
      const { user, system } = process.cpuUsage(before);
      const { correct } = await tested.evaluate(masks);
      const share = countOnes(genome) / BITS;
      done.push({
        seconds: (user + system) / 1e6,
        cost: at(loss, 0) / train.labels.length + LAMBDA * share,
        testAccuracy: at(correct, 0) / test.labels.length,
        sparsity: 1 - share,
      });
    }
    return done;
  };
}
