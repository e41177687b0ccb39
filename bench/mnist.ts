/**
 * MNIST, one ticket, many workers: each improves a block of the weights, flip by flip, for a short round, and then makes the
 * flips that the others made. All of it runs on one thread; what side by side takes is put together from processor time,
 * without transport. A sixth of the training images validates; the test images are not used.
 */
import { randomGenome } from '../lib/algorithms/parts/operators.ts';
import { at } from '../lib/base/at.ts';
import { random } from '../lib/base/random.ts';
import { shuffle } from '../lib/base/shuffle.ts';
import { pick, type Samples, scaled } from '../lib/data/dataset.ts';
import { LayersPosition } from '../lib/evaluation/flips/layers.ts';
import { countWeights } from '../lib/network/architecture.ts';
import { INITIALIZERS } from '../lib/network/initializer.ts';
import { sourceOpener } from '../lib/places/sources.ts';
import { resolveSpec } from '../lib/runs/spec-resolution.ts';
import { parseSpec } from '../lib/runspec/parser.ts';
import { median, processorSeconds } from './threads.ts';

const WIDTHS = [784, 300, 100, 10];
const BITS = countWeights(WIDTHS);
const KEPT_SHARE = 0.2;
const LAMBDA = 3;
const HEAT = 0.2;
const SAMPLES = 4_000;
const VALIDATION = 10_000;
/** Flips in all; of all workers in a round; and until the samples are drawn anew. The first round takes improvements alone. */
const FLIPS = 81_920;
const ROUND = 4_096;
const DRAWN_AFTER = 12 * ROUND;
const SHOWN_AFTER = 5 * ROUND;

export interface MnistRow {
  readonly workers: number;
  readonly flips: number;
  readonly seconds: number;
  /** On the images that validate. */
  readonly accuracy: number;
  readonly sparsity: number;
}

/** A block of weights, in the order that they are flipped in. */
class Block {
  readonly #bits: Uint32Array;
  readonly #index: number;
  #done = 0;

  constructor(index: number, count: number) {
    const first = Math.floor((index * BITS) / count);
    const size = Math.floor(((index + 1) * BITS) / count) - first;
    this.#bits = Uint32Array.from({ length: size }, (_, place) => first + place);
    this.#index = index;
  }

  /** Metropolis over the next flips; gives those that it makes. */
  walk(position: LayersPosition, flips: number, heat: number): number[] {
    const made: number[] = [];
    const luck = random(1, 'flip-accept', this.#done, this.#index);
    for (let flip = 0; flip < flips; flip++, this.#done++) {
      const place = this.#done % this.#bits.length;
      if (place === 0) shuffle(random(1, 'flip-order', this.#done, this.#index), this.#bits);
      const bit = at(this.#bits, place);
      const price = (position.has(bit) ? -LAMBDA : LAMBDA) / BITS;
      const limit = -heat * Math.log(1 - luck.uniform()) - price;
      if (position.change(bit, limit) >= limit) continue;
      position.flip(bit);
      made.push(bit);
    }
    return made;
  }
}

export async function measureMnist(
  counts: readonly number[],
  progress: (text: string) => void,
): Promise<MnistRow[]> {
  const { dataset } = await resolveSpec(parseSpec({ preset: 'mnist' }), sourceOpener());
  const { train, scaling } = dataset;
  const network = INITIALIZERS['signed-kaiming-constant'](WIDTHS, 1, KEPT_SHARE);
  const order = shuffle(random(1, 'split'), Uint32Array.from(train.labels.keys()));
  const open = (samples: Samples, genome: Uint8Array, objective: 'accuracy' | 'cross-entropy') => {
    const data = { ...samples, x: scaled(samples.x, scaling) };
    return new LayersPosition(network, data, genome, { objective });
  };
  let genome: Uint8Array = randomGenome(random(1, 'start'), BITS);
  const start = genome;
  const validation = open(pick(train, order.subarray(0, VALIDATION)), genome, 'accuracy');
  const rows: MnistRow[] = [];
  for (const workers of counts) {
    const blocks = Array.from({ length: workers }, (_, index) => new Block(index, workers));
    let [seconds, typical] = [0, 0];
    let position: LayersPosition | undefined;
    genome = start;
    for (let flips = 0; flips < FLIPS; flips += ROUND) {
      progress(`mnist, ${workers} workers, ${flips} flips`);
      if (flips % DRAWN_AFTER === 0) {
        const drawn = shuffle(random(1, 'flip-sample', 1, flips), order.slice(VALIDATION)).subarray(
          0,
          SAMPLES,
        );
        const samples = pick(train, drawn);
        seconds += processorSeconds(() => {
          position = open(samples, genome, 'cross-entropy');
        });
      }
      if (!position) throw new TypeError('flips come after a draw');
      const here = position;
      const made: number[] = [];
      for (const block of blocks) {
        let own: number[] = [];
        const heat = HEAT * typical * (1 - flips / FLIPS);
        // Clocks are too coarse for a block: each takes as long as the others.
        seconds +=
          processorSeconds(() => {
            own = block.walk(here, ROUND / workers, heat);
          }) / workers;
        if (workers > 1) for (const bit of own) here.flip(bit);
        made.push(...own);
      }
      if (workers > 1) {
        seconds += processorSeconds(() => {
          for (const bit of made) here.flip(bit);
        });
      }
      if (flips === 0) typical = typicalChange(here);
      genome = here.genome();
      if ((flips + ROUND) % SHOWN_AFTER > 0) continue;
      validation.moveTo(genome);
      const accuracy = validation.score().correct / VALIDATION;
      rows.push({ workers, flips: flips + ROUND, seconds, accuracy, sparsity: 1 - here.kept / BITS });
    }
  }
  return rows;
}

function typicalChange(position: LayersPosition): number {
  const stream = random(1, 'flip-sample');
  const changes = Array.from({ length: 256 }, () => Math.abs(position.change(stream.below(BITS))));
  return median(changes.filter((change) => change > 0));
}
