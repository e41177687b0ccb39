/** Reads how the predictions fall on the classes, and takes the objective's mean over the classes. */
import { Tensor } from 'onnxruntime-node';
import { codeOfClass } from '../network/models/heads.ts';
import type { MacroAverage, Score } from '../search/individual.ts';
import { type ClassCounts, MACRO_AVERAGE_OF } from './macro-average.ts';
import { MarginReadout } from './margins.ts';
import { errorBound, type Readout, type ReadoutPlan, valueAt } from './readout.ts';

/** Three classes and more, or two without a hidden layer: the prediction of every sample. */
export class PredictionReadout implements Readout {
  readonly feeds: Record<string, Tensor>;
  readonly fetches: Record<string, Tensor>;
  readonly #plan: ReadoutPlan;
  readonly #objective: MacroAverage;
  readonly #codes: readonly Float32Array[];
  readonly #largest: readonly Float32Array[];
  readonly #error = Float32Array.of(0);
  readonly #present: Uint32Array;
  readonly #predicted: Uint32Array;
  readonly #truePositives: Uint32Array;

  constructor(plan: ReadoutPlan, objective: MacroAverage) {
    const { batch, tiles } = plan;
    this.#plan = plan;
    this.#objective = objective;
    this.#present = samplesPerClass(plan);
    this.#predicted = new Uint32Array(this.#present.length);
    this.#truePositives = new Uint32Array(this.#present.length);
    this.#codes = tiles.map(({ width }) => new Float32Array(batch * width));
    this.#largest = tiles.map(({ width }) => new Float32Array(batch * width));
    this.feeds = { error: new Tensor('float32', this.#error, [1]) };
    const outputs = (name: string, all: readonly Float32Array[]) =>
      all.map((values, tile) => {
        return [`${name}.${tile}`, new Tensor('float32', values, [batch, 1, values.length / batch])];
      });
    this.fetches = Object.fromEntries([
      ...outputs('codes', this.#codes),
      ...outputs('largest', this.#largest),
    ]);
  }

  score(slot: number, mask: Uint8Array): Score {
    const { double, labels, tiles } = this.#plan;
    const predicted = this.#predicted.fill(0);
    const truePositives = this.#truePositives.fill(0);
    const first = codeOfClass(0, predicted.length);
    for (const [index, { start, samples, width }] of tiles.entries()) {
      const codes = this.#codes[index] ?? new Float32Array();
      const from = slot * width;
      for (let column = 0; column < samples; column++) {
        const code = codes[from + column] ?? 0;
        // Less than any code: a logit is not a number. Twice the least or more: the largest are too close together.
        const settled = code >= first && code < 2 * first;
        const label = settled ? code - first : double.predict(mask, start + column);
        predicted[label] = (predicted[label] ?? 0) + 1;
        if (label === labels[start + column]) truePositives[label] = (truePositives[label] ?? 0) + 1;
      }
    }
    return scoreOf({ present: this.#present, predicted, truePositives }, this.#objective);
  }

  async calibrate(ones: Uint8Array, samples: readonly number[], run: () => Promise<unknown>): Promise<void> {
    const { double, tiles, widths } = this.#plan;
    await run();
    let error = 0;
    let magnitude = 0;
    for (const sample of samples) {
      const largest = Math.max(...double.logits(ones, sample));
      error = Math.max(error, Math.abs(valueAt(this.#largest, tiles, sample) - largest));
      magnitude = Math.max(magnitude, Math.abs(largest));
    }
    // The error of a difference of two logits is up to twice that of one.
    this.#error[0] = errorBound(2 * error, magnitude, widths);
  }
}

/** Two classes: which class is predicted follows from the margin's sign, as do the correct predictions. */
export class PairReadout implements Readout {
  readonly feeds: Record<string, Tensor>;
  readonly fetches: Record<string, Tensor>;
  readonly #margins: MarginReadout;
  readonly #plan: ReadoutPlan;
  readonly #objective: MacroAverage;
  readonly #present: Uint32Array;

  constructor(plan: ReadoutPlan, objective: MacroAverage) {
    this.#plan = plan;
    this.#objective = objective;
    this.#margins = new MarginReadout(plan, objective);
    this.feeds = this.#margins.feeds;
    this.fetches = this.#margins.fetches;
    this.#present = samplesPerClass(plan);
  }

  score(slot: number, mask: Uint8Array): Score {
    const { double, labels, tiles } = this.#plan;
    let correct = 0;
    let second = 0;
    for (const [index, { start, samples }] of tiles.entries()) {
      const margins = this.#margins.of(slot, index);
      for (let column = 0; column < samples; column++) {
        const margin = margins[column] ?? 0;
        const label = labels[start + column] ?? 0;
        if (margin >= 0.5 || (margin > -0.5 && double.predict(mask, start + column) === label)) {
          correct++;
          second += label;
        }
      }
    }
    const [negatives = 0, positives = 0] = this.#present;
    const first = correct - second;
    const predicted = [first + positives - second, second + negatives - first];
    const counts = { present: this.#present, predicted, truePositives: [first, second] };
    return scoreOf(counts, this.#objective);
  }

  calibrate(ones: Uint8Array, samples: readonly number[], run: () => Promise<unknown>): Promise<void> {
    return this.#margins.calibrate(ones, samples, run);
  }
}

function samplesPerClass({ labels, widths }: ReadoutPlan): Uint32Array {
  const present = new Uint32Array(widths.at(-1) ?? 0);
  for (const label of labels) present[label] = (present[label] ?? 0) + 1;
  return present;
}

function scoreOf(counts: ClassCounts, objective: MacroAverage): Score {
  let correct = 0;
  for (let label = 0; label < counts.present.length; label++) correct += counts.truePositives[label] ?? 0;
  return { correct, loss: Number.NaN, macroAverage: MACRO_AVERAGE_OF[objective](counts) };
}
