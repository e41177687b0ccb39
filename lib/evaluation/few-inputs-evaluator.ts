/** The evaluator for few inputs, one hidden layer and two classes: see few-inputs-model.ts. Correct predictions only. */
import { max } from 'd3-array';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Network } from '../network/architecture.ts';
import { BLOCKS, buildFewInputsModel } from '../network/models/few-inputs-model.ts';
import { genomeAt, type PackedMasks, unpackInto } from '../search/genome.ts';
import { DoublePrecision } from './double/layers.ts';
import { emptyScores, requireBits, type ScaledData } from './evaluator.ts';
import { sessionOptions } from './session.ts';
import { cutTiles, type Tile } from './tiles.ts';

/** Samples a tile: the margins of a full batch and a tile's activations share the L2 cache. */
const TILE = 1024;
/** Individuals a run at most. */
const BATCH = 64;
/** Half the distance between 1 and the next float32: the largest relative error of one rounding. */
const ROUNDING = 2 ** -24;

/** Rows of the activation matrix for a network of this shape: a term per version of a unit, and the constant. */
export function countTerms(features: number, hidden: number): number {
  return (2 ** features - 1) * hidden + 1;
}

export async function fewInputsEvaluator(network: Network, data: ScaledData, threads?: number) {
  const [features = 0, hidden = 0] = network.widths;
  const bits = hidden * (features + 2);
  const terms = countTerms(features, hidden);
  const { x, labels } = data;
  // [terms, samples]: every version's activation with the label's sign, the sign itself last; and the largest of a term.
  const { activations, largest } = activationsOf(network, data, terms);
  const tiles = cutTiles(labels.length, TILE);
  const columnsOf = (tile: Tile) => columns(activations, terms, labels.length, tile);
  const activationTiles = tiles.map((tile) => ({ ...tile, activations: columnsOf(tile) }));
  const model = buildFewInputsModel(terms, activationTiles);
  const session = await InferenceSession.create(model, sessionOptions(threads));
  const [biases = new Float32Array(), lastBiases = new Float32Array()] = network.biases;
  const [, outgoing = new Float32Array()] = network.weights;
  /** Per hidden unit, what it emits without inputs. */
  const constants = Float64Array.from(biases, (bias) => Math.max(0, bias));
  const double = new DoublePrecision(network, x);
  const rows = new Float32Array(BATCH * terms);
  const masks = new Uint8Array(BATCH * bits);
  const margins = new Float64Array(max(tiles, ({ samples }) => samples) ?? 0);

  /**
   * One individual's row: per hidden unit, the difference of its two outgoing weights at the version that its mask
   * chooses, and the constant. Scaled by ½ / ε, where ε bounds the rounding error of the row's product: each of its n
   * terms is rounded once, each of the n additions once (Higham 2002, section 3.1), and the activations themselves
   * once more.
   */
  function fillRow(slot: number): void {
    const row = slot * terms;
    const mask = slot * bits;
    const toFirst = mask + features * hidden;
    const toSecond = toFirst + hidden;
    const versions = 2 ** features - 1;
    rows.fill(0, row, row + terms);
    let constant = (lastBiases[1] ?? 0) - (lastBiases[0] ?? 0);
    let magnitude = Math.abs(constant);
    let used = 1;
    for (let unit = 0; unit < hidden; unit++) {
      const difference =
        (masks[toSecond + unit] === 1 ? (outgoing[hidden + unit] ?? 0) : 0) -
        (masks[toFirst + unit] === 1 ? (outgoing[unit] ?? 0) : 0);
      if (difference === 0) continue;
      let version = 0;
      for (let input = 0; input < features; input++) {
        version |= (masks[mask + unit * features + input] ?? 0) << input;
      }
      if (version === 0) {
        constant += difference * (constants[unit] ?? 0);
        magnitude += Math.abs(difference) * (constants[unit] ?? 0);
      } else {
        const term = unit * versions + version - 1;
        rows[row + term] = difference;
        magnitude += Math.abs(difference) * (largest[term] ?? 0);
        used++;
      }
    }
    magnitude += Math.abs(constant);
    rows[row + terms - 1] = constant;
    const additions = used + 6 + (terms >>> 8);
    const bound = Math.max(additions * ROUNDING * 1.01 * magnitude, 1e-30);
    const scale = Math.fround(0.5 / bound);
    for (let term = 0; term < terms; term++) rows[row + term] = (rows[row + term] ?? 0) * scale;
  }

  function count(slot: number, metrics: Float32Array): number {
    let correct = 0;
    let at = slot * tiles.length * 2 * BLOCKS;
    for (const { start, samples, width } of tiles) {
      const size = width / BLOCKS;
      for (let block = 0; block < BLOCKS; block++, at++) {
        const filled = Math.max(0, Math.min(size, samples - block * size));
        const settled = (metrics[at + BLOCKS] ?? 0) >= 0.5;
        correct += settled
          ? (metrics[at] ?? 0) + filled / 2
          : countExactly(slot, start + block * size, filled);
      }
      at += BLOCKS;
    }
    return correct;
  }

  /** A block with a near tie: its margins in double precision, and the samples still unsettled by the definition. */
  function countExactly(slot: number, start: number, samples: number): number {
    margins.fill(0, 0, samples);
    for (let term = 0; term < terms; term++) {
      const weight = rows[slot * terms + term] ?? 0;
      if (weight === 0) continue;
      const from = term * labels.length + start;
      for (let sample = 0; sample < samples; sample++) {
        margins[sample] = (margins[sample] ?? 0) + weight * (activations[from + sample] ?? 0);
      }
    }
    const mask = masks.subarray(slot * bits, (slot + 1) * bits);
    return double.countCorrect(mask, margins.subarray(0, samples), labels, start);
  }

  return {
    // Its own activations, and those that the session keeps, packed.
    bytes: 2 * activations.byteLength + x.byteLength,
    async evaluate(packed: PackedMasks) {
      requireBits(packed, bits);
      const scores = emptyScores(packed.count);
      for (let start = 0; start < packed.count; start += BATCH) {
        const batch = Math.min(BATCH, packed.count - start);
        for (let slot = 0; slot < batch; slot++) {
          unpackInto(genomeAt(packed, start + slot), bits, masks, slot * bits);
          fillRow(slot);
        }
        const input = new Tensor('float32', rows.subarray(0, batch * terms), [batch, terms]);
        const { metrics } = await session.run({ rows: input });
        if (!(metrics?.data instanceof Float32Array))
          throw new TypeError('the evaluator gave no float32 metrics');
        for (let slot = 0; slot < batch; slot++) scores.correct[start + slot] = count(slot, metrics.data);
      }
      return scores;
    },
    release: () => session.release(),
  };
}

/** The activations of every version of every hidden unit over all samples, with the labels' signs. */
function activationsOf(network: Network, { x, labels, features }: ScaledData, terms: number) {
  const samples = labels.length;
  const [weights = new Float32Array()] = network.weights;
  const [biases = new Float32Array()] = network.biases;
  const versions = 2 ** features - 1;
  const activations = new Float32Array(terms * samples);
  const largest = new Float64Array(terms);
  const signs = Float32Array.from(labels, (label) => (label === 1 ? 1 : -1));
  const sums = new Float64Array(samples);
  for (let term = 0; term < terms - 1; term++) {
    const unit = Math.floor(term / versions);
    const version = (term % versions) + 1;
    sums.fill(biases[unit] ?? 0);
    for (let input = 0; input < features; input++) {
      if ((version >>> input) & 1) addInput(sums, x, input, features, weights[unit * features + input] ?? 0);
    }
    largest[term] = activate(sums, signs, activations.subarray(term * samples, (term + 1) * samples));
  }
  activations.set(signs, (terms - 1) * samples);
  return { activations, largest };
}

function addInput(
  sums: Float64Array,
  x: Float32Array,
  input: number,
  features: number,
  weight: number,
): void {
  for (let sample = 0, at = input; sample < sums.length; sample++, at += features) {
    sums[sample] = (sums[sample] ?? 0) + weight * (x[at] ?? 0);
  }
}

/** Writes the signed activations of those sums; gives the largest without its sign. */
function activate(sums: Float64Array, signs: Float32Array, activations: Float32Array): number {
  let most = 0;
  for (let sample = 0; sample < sums.length; sample++) {
    const activation = Math.fround(Math.max(0, sums[sample] ?? 0));
    if (activation > most) most = activation;
    activations[sample] = activation * (signs[sample] ?? 1);
  }
  return most;
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
