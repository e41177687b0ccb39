/** The evaluator for multilayer perceptrons of any shape: see general-model.ts. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { countSamples } from '../data/dataset.ts';
import { type DenseLayer, denseLayers, type Network } from '../network/architecture.ts';
import {
  buildGeneralModel,
  type DataTile,
  figuresPerTile,
  takesDifference,
} from '../network/general-model.ts';
import { genomeAt, type PackedMasks, unpackInto } from '../search/genome.ts';
import { DoublePrecision } from './double-precision.ts';
import type { Evaluator, ScaledData, Scores } from './evaluator.ts';
import { sessionOptions, type ThreadOptions } from './session.ts';
import { cutTiles, type Tile } from './tiles.ts';

/** Bytes of activations that a run may hold per tile: they should stay in the L2 cache. */
const CACHED_BYTES = 800_000;
const SMALLEST_TILE = 512;
const LARGEST_BATCH = 16;

/**
 * The error that counts as possible, as a multiple of the largest that is measured with nothing pruned, which is
 * where rounding errors are largest. A margin within it is settled in double precision.
 */
const SAFETY = 32;
/** Multiply-adds that the measurement may take. */
const CALIBRATION_WORK = 20e6;

export interface GeneralOptions extends ThreadOptions {
  readonly loss: boolean;
}

/** Individuals a run and samples a tile: a pure function of the shapes, since it decides the order of the sums. */
export function planGeneral(widths: readonly number[], samples: number): { batch: number; tiles: Tile[] } {
  const widest = Math.max(...widths.slice(1, -1), widths.at(-1) ?? 1);
  const batch = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(CACHED_BYTES / (4 * widest * SMALLEST_TILE))));
  return { batch, tiles: cutTiles(samples, SMALLEST_TILE) };
}

interface WeightInput {
  readonly layer: DenseLayer;
  readonly weights: Float32Array;
  /** The same as bits, so that a mask bit can be laid over them without a branch. */
  readonly frozen: Int32Array;
  readonly values: Float32Array;
  readonly bits: Int32Array;
  /** From one individual's weights to the next one's in `values`. */
  readonly stride: number;
}

export class GeneralEvaluator implements Evaluator {
  readonly bytes: number;
  readonly #session: InferenceSession;
  readonly #double: DoublePrecision;
  readonly #labels: Uint16Array;
  readonly #tiles: readonly Tile[];
  readonly #batch: number;
  readonly #bits: number;
  readonly #loss: boolean;
  readonly #two: boolean;
  readonly #inputs: readonly WeightInput[];
  readonly #feeds: Record<string, Tensor>;
  readonly #fetches: Record<string, Tensor>;
  readonly #metrics: Float32Array;
  readonly #clipped: readonly Float32Array[];
  readonly #scale: Float32Array;
  readonly #masks: Uint8Array;

  static async create(
    network: Network,
    data: ScaledData,
    { loss, threads }: GeneralOptions,
  ): Promise<GeneralEvaluator> {
    const plan = planGeneral(network.widths, countSamples(data));
    const shape = { batch: plan.batch, loss };
    const model = buildGeneralModel(
      network,
      plan.tiles.map((tile) => dataTile(data, tile)),
      shape,
    );
    // Counts are exact on any number of threads. Losses are not: from four on (measured), onnxruntime cuts products at
    // other rows, and their last bits change.
    const session = await InferenceSession.create(model, sessionOptions(loss ? 1 : threads));
    const evaluator = new GeneralEvaluator(network, data, session, plan, loss);
    await evaluator.#calibrate(network);
    return evaluator;
  }

  private constructor(
    network: Network,
    data: ScaledData,
    session: InferenceSession,
    { batch, tiles }: { batch: number; tiles: readonly Tile[] },
    loss: boolean,
  ) {
    this.#session = session;
    this.#double = new DoublePrecision(network, data.x);
    this.#labels = data.labels;
    this.#tiles = tiles;
    this.#batch = batch;
    this.#loss = loss;
    this.#two = takesDifference(network.widths);
    const layers = denseLayers(network.widths);
    this.#bits = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
    this.#inputs = layers.map((layer, index) => {
      const difference = this.#two && index === layers.length - 1;
      const stride = difference ? layer.inputs : layer.outputs * (layer.inputs + (index === 0 ? 1 : 0));
      const values = new Float32Array(batch * stride);
      const weights = Float32Array.from(network.weights[index] ?? []);
      return {
        layer,
        weights,
        frozen: new Int32Array(weights.buffer),
        values,
        bits: new Int32Array(values.buffer),
        stride,
      };
    });
    this.#fillBiases(network);
    this.#scale = new Float32Array(batch);
    this.#masks = new Uint8Array(batch * this.#bits);
    this.#metrics = new Float32Array(batch * tiles.length * figuresPerTile({ batch, loss }));
    this.#clipped = tiles.map(({ width }) => new Float32Array(batch * width));
    this.#feeds = { scale: new Tensor('float32', this.#scale, [batch, 1]) };
    for (const [index, { layer, values, stride }] of this.#inputs.entries()) {
      const rows = (batch * stride) / (index === 0 ? layer.inputs + 1 : layer.inputs);
      const dims = index === 0 ? [1, rows, layer.inputs + 1] : [rows, layer.inputs, 1];
      this.#feeds[`weights.${index}`] = new Tensor('float32', values, dims);
    }
    const widest = Math.max(...network.widths);
    const activations = 4 * batch * widest * Math.max(...tiles.map(({ width }) => width)) * 3;
    this.bytes = 3 * data.x.byteLength + (batch + 4) * this.#bits * 4 + activations;
    const figures = this.#metrics.length / batch;
    this.#fetches = { metrics: new Tensor('float32', this.#metrics, [batch, figures]) };
    for (const [index, { width }] of tiles.entries()) {
      this.#fetches[`clipped.${index}`] = new Tensor('float32', this.#clipped[index] ?? new Float32Array(), [
        batch,
        width,
      ]);
    }
  }

  /** The first layer's biases stand last in each of its rows, once and for all. */
  #fillBiases(network: Network): void {
    const [first] = this.#inputs;
    if (!first) return;
    const { inputs, outputs } = first.layer;
    for (let row = 0; row < this.#batch * outputs; row++) {
      first.values[row * (inputs + 1) + inputs] = network.biases[0]?.[row % outputs] ?? 0;
    }
  }

  async evaluate(masks: PackedMasks): Promise<Scores> {
    const bits = this.#bits;
    if (masks.bits !== bits)
      throw new RangeError(`masks of ${masks.bits} bits for a network of ${bits} weights`);
    const correct = new Uint32Array(masks.count);
    const loss = new Float64Array(masks.count).fill(Number.NaN);
    for (let start = 0; start < masks.count; start += this.#batch) {
      const count = Math.min(this.#batch, masks.count - start);
      for (let slot = 0; slot < count; slot++) {
        unpackInto(genomeAt(masks, start + slot), bits, this.#masks, slot * bits);
        this.#maskWeights(slot);
      }
      await this.#session.run(this.#feeds, this.#fetches);
      for (let slot = 0; slot < count; slot++) {
        correct[start + slot] = this.#count(slot);
        if (this.#loss) loss[start + slot] = this.#sumLoss(slot);
      }
    }
    return { correct, loss };
  }

  /** Writes one individual's masked weights: `weight & −bit` keeps it or gives +0. */
  #maskWeights(slot: number): void {
    const masks = this.#masks;
    const from = slot * this.#bits;
    for (const [index, { layer, weights, frozen, values, bits, stride }] of this.#inputs.entries()) {
      const { inputs, outputs, offset } = layer;
      const mask = from + offset;
      let to = slot * stride;
      if (this.#two && index === this.#inputs.length - 1) {
        for (let input = 0; input < inputs; input++) {
          const second = masks[mask + inputs + input] === 1 ? (weights[inputs + input] ?? 0) : 0;
          const first = masks[mask + input] === 1 ? (weights[input] ?? 0) : 0;
          values[to + input] = second - first;
        }
        continue;
      }
      const gap = index === 0 ? 1 : 0;
      for (let output = 0, weight = 0; output < outputs; output++, to += gap) {
        for (let input = 0; input < inputs; input++, weight++, to++) {
          bits[to] = (frozen[weight] ?? 0) & -(masks[mask + weight] ?? 0);
        }
      }
    }
  }

  #count(slot: number): number {
    const figures = this.#metrics.length / this.#batch / this.#tiles.length;
    let correct = 0;
    for (const [index, tile] of this.#tiles.entries()) {
      const at = (slot * this.#tiles.length + index) * figures;
      const settled = (this.#metrics[at + 1] ?? 0) >= 0.5;
      correct += settled
        ? (this.#metrics[at] ?? 0) + tile.samples / 2
        : this.#countExactly(slot, index, tile);
    }
    return correct;
  }

  /** A tile with near ties: those samples in double precision. */
  #countExactly(slot: number, index: number, { start, samples, width }: Tile): number {
    const clipped = this.#clipped[index] ?? new Float32Array();
    const mask = this.#masks.subarray(slot * this.#bits, (slot + 1) * this.#bits);
    const margins = clipped.subarray(slot * width, slot * width + samples);
    return this.#double.countCorrect(mask, margins, this.#labels, start);
  }

  #sumLoss(slot: number): number {
    const figures = this.#metrics.length / this.#batch / this.#tiles.length;
    let sum = 0;
    for (let index = 0; index < this.#tiles.length; index++) {
      sum += this.#metrics[(slot * this.#tiles.length + index) * figures + 2] ?? 0;
    }
    return Number.isFinite(sum) ? sum : Number.NaN;
  }

  /** Measures the graph's rounding error with every weight kept, and sets the scale of the margins by it. */
  async #calibrate(network: Network): Promise<void> {
    this.#masks.fill(1);
    for (let slot = 0; slot < this.#batch; slot++) this.#maskWeights(slot);
    const ones = this.#masks.subarray(0, this.#bits);
    const samples = Math.max(16, Math.floor(CALIBRATION_WORK / this.#bits));
    const step = Math.max(1, Math.floor(this.#labels.length / samples));
    const chosen: { sample: number; margin: number }[] = [];
    let largest = 0;
    for (let sample = 0; sample < this.#labels.length; sample += step) {
      const margin = marginOf(this.#double.logits(ones, sample), this.#labels[sample] ?? 0);
      chosen.push({ sample, margin });
      largest = Math.max(largest, Math.abs(margin));
    }
    // Margins at a quarter of the clipping bounds are read back with a relative error of one rounding.
    const scale = Math.fround(0.125 / Math.max(largest, 1e-30));
    this.#scale.fill(scale);
    await this.#session.run(this.#feeds, this.#fetches);
    let error = 0;
    for (const { sample, margin } of chosen) {
      const index = this.#tiles.findIndex(({ start, samples: size }) => sample < start + size);
      const start = this.#tiles[index]?.start ?? 0;
      error = Math.max(error, Math.abs((this.#clipped[index]?.[sample - start] ?? 0) / scale - margin));
    }
    const rounding = largest * 2 ** -24 * Math.max(...network.widths);
    this.#scale.fill(Math.fround(0.5 / Math.max(SAFETY * error, rounding, 1e-30)));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The label's logit less the largest other. */
function marginOf(logits: Float64Array, label: number): number {
  let rival = Number.NEGATIVE_INFINITY;
  for (const [index, logit] of logits.entries()) if (index !== label && logit > rival) rival = logit;
  return (logits[label] ?? 0) - rival;
}

/** A tile's data as the graph wants it: features down, samples across, ones last. */
function dataTile({ x, labels, features }: ScaledData, tile: Tile): DataTile {
  const { start, samples, width } = tile;
  const values = new Float32Array((features + 1) * width);
  for (let sample = 0; sample < samples; sample++) {
    for (let feature = 0; feature < features; feature++) {
      values[feature * width + sample] = x[(start + sample) * features + feature] ?? 0;
    }
  }
  values.fill(1, features * width);
  return { x: values, labels: labels.subarray(start, start + samples), samples, width };
}
