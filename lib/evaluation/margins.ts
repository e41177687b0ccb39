/** Reads margins: correct predictions, and the loss where it is asked for. */
import { Tensor } from 'onnxruntime-node';
import { figuresPerTile } from '../network/models/heads.ts';
import type { Objective, Score } from '../search/individual.ts';
import { errorBound, type Readout, type ReadoutPlan, valueAt } from './readout.ts';

export class MarginReadout implements Readout {
  readonly feeds: Record<string, Tensor>;
  readonly fetches: Record<string, Tensor>;
  readonly #plan: ReadoutPlan;
  readonly #loss: boolean;
  readonly #figures: number;
  readonly #metrics: Float32Array;
  readonly #clipped: readonly Float32Array[];
  readonly #scale: Float32Array;

  constructor(plan: ReadoutPlan, objective: Objective) {
    const { batch, tiles } = plan;
    this.#plan = plan;
    this.#loss = objective === 'cross-entropy';
    this.#figures = figuresPerTile(this.#loss);
    this.#scale = new Float32Array(batch);
    this.#metrics = new Float32Array(batch * tiles.length * this.#figures);
    this.#clipped = tiles.map(({ width }) => new Float32Array(batch * width));
    this.feeds = { scale: new Tensor('float32', this.#scale, [batch, 1]) };
    this.fetches = {
      metrics: new Tensor('float32', this.#metrics, [batch, tiles.length * this.#figures]),
      ...Object.fromEntries(
        this.#clipped.map((values, tile) => [
          `clipped.${tile}`,
          new Tensor('float32', values, [batch, values.length / batch]),
        ]),
      ),
    };
  }

  score(slot: number, mask: Uint8Array): Score {
    return {
      correct: this.#count(slot, mask),
      loss: this.#loss ? this.#sumLoss(slot) : Number.NaN,
      macroAverage: Number.NaN,
    };
  }

  #count(slot: number, mask: Uint8Array): number {
    const { tiles } = this.#plan;
    let correct = 0;
    for (const [index, tile] of tiles.entries()) {
      const at = (slot * tiles.length + index) * this.#figures;
      const settled = (this.#metrics[at + 1] ?? 0) >= 0.5;
      correct += settled
        ? (this.#metrics[at] ?? 0) + tile.samples / 2
        : // A tile with near ties: those samples in double precision.
          this.#plan.double.countCorrect(mask, this.of(slot, index), this.#plan.labels, tile.start);
    }
    return correct;
  }

  /** The clipped margins of one individual over a tile's samples; valid until the next run. */
  of(slot: number, tile: number): Float32Array {
    const { samples = 0, width = 0 } = this.#plan.tiles[tile] ?? {};
    const clipped = this.#clipped[tile] ?? new Float32Array();
    return clipped.subarray(slot * width, slot * width + samples);
  }

  #sumLoss(slot: number): number {
    const tiles = this.#plan.tiles.length;
    let sum = 0;
    for (let index = 0; index < tiles; index++) {
      sum += this.#metrics[(slot * tiles + index) * this.#figures + 2] ?? 0;
    }
    return Number.isFinite(sum) ? sum : Number.NaN;
  }

  async calibrate(ones: Uint8Array, samples: readonly number[], run: () => Promise<unknown>): Promise<void> {
    const { double, labels, tiles, widths } = this.#plan;
    const margins = samples.map((sample) => marginOf(double.logits(ones, sample), labels[sample] ?? 0));
    const largest = margins.reduce((most, margin) => Math.max(most, Math.abs(margin)), 0);
    // Margins at a quarter of the clipping bounds are read back with a relative error of one rounding.
    const scale = Math.fround(0.125 / Math.max(largest, 1e-30));
    this.#scale.fill(scale);
    await run();
    const error = samples.reduce((most, sample, index) => {
      const found = valueAt(this.#clipped, tiles, sample) / scale;
      return Math.max(most, Math.abs(found - (margins[index] ?? 0)));
    }, 0);
    this.#scale.fill(Math.fround(0.5 / errorBound(error, largest, widths)));
  }
}

/** The label's logit less the largest other. */
function marginOf(logits: Float64Array, label: number): number {
  let rival = Number.NEGATIVE_INFINITY;
  for (const [index, logit] of logits.entries()) if (index !== label && logit > rival) rival = logit;
  return (logits[label] ?? 0) - rival;
}
