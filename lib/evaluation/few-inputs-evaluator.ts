/** The evaluator for few inputs, one hidden layer and two classes: see few-inputs-model.ts. Correct predictions only. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { countSamples } from '../data/dataset.ts';
import type { Network } from '../network/architecture.ts';
import { BLOCKS, buildFewInputsModel } from '../network/models/few-inputs-model.ts';
import { genomeAt, type PackedMasks, unpackInto } from '../search/genome.ts';
import { DoublePrecision } from './double/layers.ts';
import { type Evaluator, emptyScores, requireBits, type ScaledData, type Scores } from './evaluator.ts';
import { sessionOptions, type ThreadOptions } from './session.ts';
import { cutTiles, type Tile } from './tiles.ts';

/** Samples a tile: the margins of a full batch and a tile's activations share the L2 cache. */
const TILE = 1024;
/** Individuals a run at most. */
const BATCH = 64;
/** Half the distance between 1 and the next float32: the largest relative error of one rounding. */
const ROUNDING = 2 ** -24;

/** Rows of the activation matrix for a network of this shape: a term per version of a neuron, and the constant. */
export function countTerms(features: number, hidden: number): number {
  return (2 ** features - 1) * hidden + 1;
}

export class FewInputsEvaluator implements Evaluator {
  readonly bytes: number;
  readonly #session: InferenceSession;
  readonly #tiles: readonly Tile[];
  /** [terms, samples]: every version's activation with the label's sign; the last row is the sign itself. */
  readonly #activations: Float32Array;
  /** Per term the largest activation. */
  readonly #largest: Float64Array;
  /** Per hidden neuron, what it emits without inputs. */
  readonly #constants: Float64Array;
  readonly #double: DoublePrecision;
  readonly #network: Network;
  readonly #labels: Uint16Array;
  readonly #features: number;
  readonly #hidden: number;
  readonly #bits: number;
  readonly #terms: number;
  readonly #rows: Float32Array;
  readonly #masks: Uint8Array;
  readonly #margins: Float64Array;

  static async create(network: Network, data: ScaledData, { threads }: ThreadOptions = {}) {
    const [features = 0, hidden = 0] = network.widths;
    const samples = countSamples(data);
    const terms = countTerms(features, hidden);
    const versions = activationsOf(network, data, terms);
    const tiles = cutTiles(samples, TILE);
    const model = buildFewInputsModel(
      terms,
      tiles.map((tile) => ({ ...tile, activations: columns(versions.activations, terms, samples, tile) })),
    );
    const session = await InferenceSession.create(model, sessionOptions(threads));
    return new FewInputsEvaluator(network, data, session, tiles, versions);
  }

  private constructor(
    network: Network,
    data: ScaledData,
    session: InferenceSession,
    tiles: readonly Tile[],
    { activations, largest }: ReturnType<typeof activationsOf>,
  ) {
    const [features = 0, hidden = 0] = network.widths;
    // Its own activations, and those that the session keeps, packed.
    this.bytes = 2 * activations.byteLength + data.x.byteLength;
    this.#network = network;
    this.#session = session;
    this.#tiles = tiles;
    this.#activations = activations;
    this.#largest = largest;
    this.#features = features;
    this.#hidden = hidden;
    this.#terms = largest.length;
    this.#bits = hidden * (features + 2);
    this.#labels = data.labels;
    this.#constants = Float64Array.from(network.biases[0] ?? [], (bias) => Math.max(0, bias));
    this.#double = new DoublePrecision(network, data.x);
    this.#rows = new Float32Array(BATCH * this.#terms);
    this.#masks = new Uint8Array(BATCH * this.#bits);
    this.#margins = new Float64Array(Math.max(...tiles.map((tile) => tile.samples)));
  }

  async evaluate(masks: PackedMasks): Promise<Scores> {
    const bits = this.#bits;
    requireBits(masks, bits);
    const scores = emptyScores(masks.count);
    for (let start = 0; start < masks.count; start += BATCH) {
      const count = Math.min(BATCH, masks.count - start);
      for (let slot = 0; slot < count; slot++) {
        unpackInto(genomeAt(masks, start + slot), bits, this.#masks, slot * bits);
        this.#fillRow(slot);
      }
      const rows = new Tensor('float32', this.#rows.subarray(0, count * this.#terms), [count, this.#terms]);
      const { metrics } = await this.#session.run({ rows });
      if (!(metrics?.data instanceof Float32Array))
        throw new TypeError('the evaluator gave no float32 metrics');
      for (let slot = 0; slot < count; slot++) scores.correct[start + slot] = this.#count(slot, metrics.data);
    }
    return scores;
  }

  /**
   * One individual's row: per hidden neuron, the difference of its two outgoing weights at the version that its mask
   * chooses, and the constant. Scaled by ½ / ε, where ε bounds the rounding error of the row's product: each of its n
   * terms is rounded once, each of the n additions once (Higham 2002, section 3.1), and the activations themselves
   * once more.
   */
  #fillRow(slot: number): void {
    const features = this.#features;
    const hidden = this.#hidden;
    const masks = this.#masks;
    const rows = this.#rows;
    const largest = this.#largest;
    const constants = this.#constants;
    const outgoing = this.#network.weights[1] ?? new Float32Array();
    const biases = this.#network.biases[1] ?? new Float32Array();
    const row = slot * this.#terms;
    const mask = slot * this.#bits;
    const toFirst = mask + features * hidden;
    const toSecond = toFirst + hidden;
    const versions = 2 ** features - 1;
    rows.fill(0, row, row + this.#terms);
    let constant = (biases[1] ?? 0) - (biases[0] ?? 0);
    let magnitude = Math.abs(constant);
    let terms = 1;
    for (let neuron = 0; neuron < hidden; neuron++) {
      const difference =
        (masks[toSecond + neuron] === 1 ? (outgoing[hidden + neuron] ?? 0) : 0) -
        (masks[toFirst + neuron] === 1 ? (outgoing[neuron] ?? 0) : 0);
      if (difference === 0) continue;
      let version = 0;
      for (let input = 0; input < features; input++) {
        version |= (masks[mask + neuron * features + input] ?? 0) << input;
      }
      if (version === 0) {
        constant += difference * (constants[neuron] ?? 0);
        magnitude += Math.abs(difference) * (constants[neuron] ?? 0);
      } else {
        const term = neuron * versions + version - 1;
        rows[row + term] = difference;
        magnitude += Math.abs(difference) * (largest[term] ?? 0);
        terms++;
      }
    }
    magnitude += Math.abs(constant);
    rows[row + this.#terms - 1] = constant;
    const additions = terms + 6 + (this.#terms >>> 8);
    const bound = Math.max(additions * ROUNDING * 1.01 * magnitude, 1e-30);
    const scale = Math.fround(0.5 / bound);
    for (let term = 0; term < this.#terms; term++) rows[row + term] = (rows[row + term] ?? 0) * scale;
  }

  #count(slot: number, metrics: Float32Array): number {
    let correct = 0;
    let at = slot * this.#tiles.length * 2 * BLOCKS;
    for (const { start, samples, width } of this.#tiles) {
      const size = width / BLOCKS;
      for (let block = 0; block < BLOCKS; block++, at++) {
        const filled = Math.max(0, Math.min(size, samples - block * size));
        const settled = (metrics[at + BLOCKS] ?? 0) >= 0.5;
        correct += settled
          ? (metrics[at] ?? 0) + filled / 2
          : this.#countExactly(slot, start + block * size, filled);
      }
      at += BLOCKS;
    }
    return correct;
  }

  /** A block with a near tie: its margins in double precision, and the samples still unsettled by the definition. */
  #countExactly(slot: number, start: number, samples: number): number {
    const margins = this.#margins.fill(0, 0, samples);
    const all = this.#activations;
    const total = this.#labels.length;
    const row = slot * this.#terms;
    for (let term = 0; term < this.#terms; term++) {
      const weight = this.#rows[row + term] ?? 0;
      if (weight === 0) continue;
      const from = term * total + start;
      for (let sample = 0; sample < samples; sample++) {
        margins[sample] = (margins[sample] ?? 0) + weight * (all[from + sample] ?? 0);
      }
    }
    const mask = this.#masks.subarray(slot * this.#bits, (slot + 1) * this.#bits);
    return this.#double.countCorrect(mask, margins.subarray(0, samples), this.#labels, start);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The activations of every version of every hidden neuron over all samples, with the labels' signs. */
function activationsOf(network: Network, { x, labels, features }: ScaledData, terms: number) {
  const samples = labels.length;
  const [weights = new Float32Array()] = network.weights;
  const [biases = new Float32Array()] = network.biases;
  const versions = 2 ** features - 1;
  const activations = new Float32Array(terms * samples);
  const largest = new Float64Array(terms);
  for (let term = 0; term < terms - 1; term++) {
    const neuron = Math.floor(term / versions);
    const version = (term % versions) + 1;
    let most = 0;
    for (let sample = 0; sample < samples; sample++) {
      let sum = biases[neuron] ?? 0;
      for (let input = 0; input < features; input++) {
        if ((version >>> input) & 1)
          sum += (weights[neuron * features + input] ?? 0) * (x[sample * features + input] ?? 0);
      }
      const activation = Math.fround(Math.max(0, sum));
      if (activation > most) most = activation;
      activations[term * samples + sample] = labels[sample] === 1 ? activation : -activation;
    }
    largest[term] = most;
  }
  for (let sample = 0; sample < samples; sample++) {
    activations[(terms - 1) * samples + sample] = labels[sample] === 1 ? 1 : -1;
  }
  return { activations, largest };
}

/** A tile's columns of the activation matrix, filled up with zeros. */
function columns(activations: Float32Array, terms: number, samples: number, tile: Tile): Float32Array {
  const cut = new Float32Array(terms * tile.width);
  for (let term = 0; term < terms; term++) {
    const from = term * samples + tile.start;
    cut.set(activations.subarray(from, from + tile.samples), term * tile.width);
  }
  return cut;
}
