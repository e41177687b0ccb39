/** Reads margins: correct predictions, and the loss where it is asked for. */
import { Tensor } from 'onnxruntime-node';
import { at } from '../base/at.ts';
import { figuresPerTile } from '../network/models/heads.ts';
import { needsLoss, type Objective } from '../search/individual.ts';
import { errorBound, outputsOf, type Readout, type ReadoutPlan, valueAt } from './readout.ts';

export interface MarginReadout extends Readout {
  /** The clipped margins of one individual over a tile's samples; valid until the next run. */
  margins(slot: number, tile: number): Float32Array;
}

export function marginReadout(plan: ReadoutPlan, objective: Objective): MarginReadout {
  const { batch, double, labels, tiles, widths } = plan;
  const sumsLoss = needsLoss(objective);
  const figures = figuresPerTile(sumsLoss);
  const scales = new Float32Array(batch);
  const metrics = new Float32Array(batch * tiles.length * figures);
  const clipped = tiles.map(({ width }) => new Float32Array(batch * width));

  function margins(slot: number, tile: number): Float32Array {
    const { samples, width } = at(tiles, tile);
    return at(clipped, tile).subarray(slot * width, slot * width + samples);
  }
  function correctOf(slot: number, mask: Uint8Array): number {
    let correct = 0;
    for (const [index, tile] of tiles.entries()) {
      const first = (slot * tiles.length + index) * figures;
      const settled = (metrics[first + 1] ?? 0) >= 0.5;
      correct += settled
        ? (metrics[first] ?? 0) + tile.samples / 2
        : // A tile with near ties: those samples in double precision.
          double.countCorrect(mask, margins(slot, index), labels, tile.start);
    }
    return correct;
  }
  function lossOf(slot: number): number {
    let sum = 0;
    for (let index = 0; index < tiles.length; index++) {
      sum += metrics[(slot * tiles.length + index) * figures + 2] ?? 0;
    }
    return Number.isFinite(sum) ? sum : Number.NaN;
  }
  return {
    feeds: { scale: new Tensor('float32', scales, [batch, 1]) },
    fetches: {
      metrics: new Tensor('float32', metrics, [batch, tiles.length * figures]),
      ...outputsOf('clipped', clipped, [batch]),
    },
    margins,
    score: (slot, mask) => ({
      correct: correctOf(slot, mask),
      loss: sumsLoss ? lossOf(slot) : Number.NaN,
      macroAverage: Number.NaN,
    }),
    async calibrate(ones, samples, run) {
      const exact = samples.map((sample) => marginOf(double.logits(ones, sample), at(labels, sample)));
      const largest = exact.reduce((most, margin) => Math.max(most, Math.abs(margin)), 0);
      // Margins at a quarter of the clipping bounds are read back with a relative error of one rounding.
      const scale = Math.fround(0.125 / Math.max(largest, 1e-30));
      scales.fill(scale);
      await run();
      const error = samples.reduce((most, sample, index) => {
        const found = valueAt(clipped, tiles, sample) / scale;
        return Math.max(most, Math.abs(found - at(exact, index)));
      }, 0);
      scales.fill(Math.fround(0.5 / errorBound(error, largest, widths)));
    },
  };
}

/** The label's logit less the largest other. */
function marginOf(logits: Float64Array, label: number): number {
  let rival = Number.NEGATIVE_INFINITY;
  for (const [index, logit] of logits.entries()) if (index !== label && logit > rival) rival = logit;
  return (logits[label] ?? 0) - rival;
}
