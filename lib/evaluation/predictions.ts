/** Reads how the predictions fall on the classes, and takes the objective's mean over the classes. */
import { Tensor } from 'onnxruntime-node';
import { at } from '../base/at.ts';
import { classCounts } from '../base/classes.ts';
import { codeOfClass } from '../network/models/heads.ts';
import type { MacroAverage, Score } from '../search/individual.ts';
import { type ClassCounts, MACRO_AVERAGE_OF } from './macro-average.ts';
import { marginReadout } from './margins.ts';
import { errorBound, outputsOf, type Readout, type ReadoutPlan, valueAt } from './readout.ts';

/** Three classes and more, or two without a hidden layer: the prediction of every sample. */
export function predictionReadout(plan: ReadoutPlan, objective: MacroAverage): Readout {
  const { batch, double, labels, tiles, widths } = plan;
  const codes = tiles.map(({ width }) => new Float32Array(batch * width));
  const largest = tiles.map(({ width }) => new Float32Array(batch * width));
  const bound = Float32Array.of(0);
  const present = samplesPerClass(plan);
  const predicted = new Uint32Array(present.length);
  const truePositives = new Uint32Array(present.length);
  return {
    feeds: { error: new Tensor('float32', bound, [1]) },
    fetches: { ...outputsOf('codes', codes, [batch, 1]), ...outputsOf('largest', largest, [batch, 1]) },
    score(slot, mask) {
      predicted.fill(0);
      truePositives.fill(0);
      const first = codeOfClass(0, predicted.length);
      for (const [index, { start, samples, width }] of tiles.entries()) {
        const own = at(codes, index).subarray(slot * width, slot * width + samples);
        for (let column = 0; column < samples; column++) {
          const code = own[column] ?? 0;
          // Less than any code: a logit is not a number. Twice the least or more: the largest are too close together.
          const settled = code >= first && code < 2 * first;
          const label = settled ? code - first : double.predict(mask, start + column);
          predicted[label] = (predicted[label] ?? 0) + 1;
          if (label === labels[start + column]) truePositives[label] = (truePositives[label] ?? 0) + 1;
        }
      }
      return scoreOf({ present, predicted, truePositives }, objective);
    },
    async calibrate(ones, samples, run) {
      await run();
      let error = 0;
      let magnitude = 0;
      for (const sample of samples) {
        const exact = Math.max(...double.logits(ones, sample));
        error = Math.max(error, Math.abs(valueAt(largest, tiles, sample) - exact));
        magnitude = Math.max(magnitude, Math.abs(exact));
      }
      // The error of a difference of two logits is up to twice that of one.
      bound[0] = errorBound(2 * error, magnitude, widths);
    },
  };
}

/** Two classes: which class is predicted follows from the margin's sign, as do the correct predictions. */
export function pairReadout(plan: ReadoutPlan, objective: MacroAverage): Readout {
  const { double, labels, tiles } = plan;
  const readout = marginReadout(plan, objective);
  const present = samplesPerClass(plan);
  return {
    ...readout,
    score(slot, mask) {
      let correct = 0;
      let second = 0;
      for (const [index, { start, samples }] of tiles.entries()) {
        const margins = readout.margins(slot, index);
        for (let column = 0; column < samples; column++) {
          const margin = margins[column] ?? 0;
          const label = labels[start + column] ?? 0;
          if (margin >= 0.5 || (margin > -0.5 && double.predict(mask, start + column) === label)) {
            correct++;
            second += label;
          }
        }
      }
      const [negatives = 0, positives = 0] = present;
      const first = correct - second;
      const predicted = [first + positives - second, second + negatives - first];
      return scoreOf({ present, predicted, truePositives: [first, second] }, objective);
    },
  };
}

function samplesPerClass({ labels, widths }: ReadoutPlan): Uint32Array {
  return classCounts(labels, widths.at(-1) ?? 0);
}

function scoreOf(counts: ClassCounts, objective: MacroAverage): Score {
  let correct = 0;
  for (let label = 0; label < counts.present.length; label++) correct += counts.truePositives[label] ?? 0;
  return { correct, loss: Number.NaN, macroAverage: MACRO_AVERAGE_OF[objective](counts) };
}
