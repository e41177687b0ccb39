/** The evaluator for multilayer perceptrons of any shape: see general-model.ts. */
import { max } from 'd3-array';
import { InferenceSession } from 'onnxruntime-node';
import { discard } from '../data/array-release.ts';
import { countSamples } from '../data/dataset.ts';
import { countWeights, type Network } from '../network/architecture.ts';
import { buildGeneralModel, takesDifference } from '../network/models/general-model.ts';
import type { DataTile } from '../network/models/heads.ts';
import { genomeAt, type PackedMasks, unpackInto } from '../search/genome.ts';
import { isMacroAverage, needsLoss, type Objective } from '../search/individual.ts';
import { DoublePrecision } from './double/layers.ts';
import {
  type Evaluator,
  emptyScores,
  requireBits,
  type ScaledData,
  type Scores,
  setScore,
} from './evaluator.ts';
import { marginReadout } from './margins.ts';
import { weightTensors } from './masked-weights.ts';
import { pairReadout, predictionReadout } from './predictions.ts';
import { calibrationSamples, type Readout, type ReadoutPlan } from './readout.ts';
import { type EvaluatorOptions, runInto, sessionOptions } from './session.ts';
import { cutTiles, type Tile } from './tiles.ts';

/** Bytes of activations that a run may hold per tile: they should stay in the L2 cache. */
const CACHED_BYTES = 800_000;
const SMALLEST_TILE = 512;
const LARGEST_BATCH = 16;

/** Individuals a run and samples a tile: a pure function of the shapes, since it decides the order of the sums. */
function planGeneral(widths: readonly number[], samples: number): { batch: number; tiles: Tile[] } {
  const widest = Math.max(...widths.slice(1, -1), widths.at(-1) ?? 1);
  const batch = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(CACHED_BYTES / (4 * widest * SMALLEST_TILE))));
  return { batch, tiles: cutTiles(samples, SMALLEST_TILE) };
}

interface Parts {
  readonly session: InferenceSession;
  readonly readout: Readout;
  readonly weights: ReturnType<typeof weightTensors>;
  readonly batch: number;
  readonly bits: number;
}

export class GeneralEvaluator implements Evaluator {
  readonly bytes: number;
  readonly #parts: Parts;
  readonly #masks: Uint8Array;

  static async create(network: Network, data: ScaledData, { objective, threads }: EvaluatorOptions) {
    const { widths } = network;
    const { batch, tiles } = planGeneral(widths, countSamples(data));
    const shape = { batch, objective };
    const dataTiles = tiles.map((tile) => dataTile(data, tile));
    const model = buildGeneralModel(network, dataTiles, shape);
    for (const { x } of dataTiles) discard(x);
    // Counts are exact on any number of threads. Losses are not: from four on (measured), onnxruntime cuts products at
    // other rows, and their last bits change.
    const options = sessionOptions(needsLoss(objective) ? 1 : threads);
    const session = await InferenceSession.create(model, options);
    discard(model);
    const double = new DoublePrecision(network, data.x);
    const plan = { widths, labels: data.labels, double, batch, tiles };
    const two = takesDifference(widths);
    const weights = weightTensors(network, batch, two);
    const readout = readoutOf(plan, objective, two);
    const widestTile = max(tiles, ({ width }) => width) ?? 0;
    const activations = 4 * batch * Math.max(...widths) * widestTile * 3;
    const bits = countWeights(widths);
    const bytes = 3 * data.x.byteLength + (batch + 4) * bits * 4 + activations;
    const evaluator = new GeneralEvaluator({ session, readout, weights, batch, bits }, bytes);
    await evaluator.#calibrate(calibrationSamples(plan));
    return evaluator;
  }

  private constructor(parts: Parts, bytes: number) {
    this.#parts = parts;
    this.#masks = new Uint8Array(parts.batch * parts.bits);
    this.bytes = bytes;
  }

  async evaluate(packed: PackedMasks): Promise<Scores> {
    const { readout, weights, batch, bits } = this.#parts;
    const masks = this.#masks;
    requireBits(packed, bits);
    const scores = emptyScores(packed.count);
    for (let start = 0; start < packed.count; start += batch) {
      const count = Math.min(batch, packed.count - start);
      for (let slot = 0; slot < count; slot++) {
        unpackInto(genomeAt(packed, start + slot), bits, masks, slot * bits);
        weights.write(slot, masks, slot * bits);
      }
      await this.#run();
      for (let slot = 0; slot < count; slot++) {
        const mask = masks.subarray(slot * bits, (slot + 1) * bits);
        setScore(scores, start + slot, readout.score(slot, mask));
      }
    }
    return scores;
  }

  #run(): Promise<void> {
    const { session, weights, readout } = this.#parts;
    return runInto(session, { ...weights.feeds, ...readout.feeds }, readout.fetches);
  }

  async #calibrate(samples: readonly number[]): Promise<void> {
    const { readout, weights, batch, bits } = this.#parts;
    const ones = this.#masks.fill(1).subarray(0, bits);
    for (let slot = 0; slot < batch; slot++) weights.write(slot, ones, 0);
    await readout.calibrate(ones, samples, () => this.#run());
  }

  release(): Promise<void> {
    return this.#parts.session.release();
  }
}

function readoutOf(plan: ReadoutPlan, objective: Objective, two: boolean): Readout {
  if (!isMacroAverage(objective)) return marginReadout(plan, objective);
  return two ? pairReadout(plan, objective) : predictionReadout(plan, objective);
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
