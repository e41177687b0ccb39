/** Reads scores off the logits of a graph network. */
import { classCounts } from '../../base/classes.ts';
import { indexOfLargest } from '../../base/largest.ts';
import { isMacroAverage, needsLoss, type Score } from '../../search/individual.ts';
import { ownFitness } from '../../search/own-objective.ts';
import type { GraphDouble } from '../double/graph.ts';
import { MACRO_AVERAGE_OF } from '../macro-average.ts';
import type { EvaluatorOptions } from '../session.ts';

/** Samples in doubt under one mask before the logits that no sample changes are looked for. */
const DOUBTS = 2;

export type GraphReadout = ReturnType<typeof readoutOf>;

export function readoutOf(
  double: GraphDouble,
  labels: Uint16Array,
  classes: number,
  { objective, own }: Pick<EvaluatorOptions, 'objective' | 'own'>,
) {
  const logits = new Float32Array(labels.length * classes);
  const present = classCounts(labels, classes);
  const predicted = new Uint32Array(classes);
  const truePositives = new Uint32Array(classes);
  /** For an own objective, which may write into its copies. */
  const answers = own && {
    classes,
    samples: labels.length,
    logits: new Float32Array(logits.length),
    predictions: new Uint16Array(labels.length),
    labels: new Uint16Array(labels.length),
  };
  /** ε, as a share of the largest logit. */
  let tolerance = 0;
  let doubts = 0;
  let constant: Float64Array | undefined;

  /** The largest magnitude among the finite logits. */
  function largestLogit(): number {
    let largest = 0;
    for (let index = 0; index < logits.length; index++) {
      const size = Math.abs(logits[index] ?? 0);
      if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
    }
    return largest;
  }

  function predict(mask: Uint8Array, sample: number, bound: number): number {
    const start = sample * classes;
    let first = Number.NEGATIVE_INFINITY;
    let second = Number.NEGATIVE_INFINITY;
    let best = start;
    let sum = 0;
    for (let index = start; index < start + classes; index++) {
      const logit = logits[index] ?? 0;
      sum += logit;
      if (logit > first) {
        second = first;
        first = logit;
        best = index;
      } else if (logit > second) second = logit;
    }
    // An infinite logit, or one that is not a number, makes the sum such.
    if (first - second > bound && Number.isFinite(sum)) return best - start;
    return settle(mask, sample, Number.isFinite(sum) ? first - bound : Number.NEGATIVE_INFINITY);
  }

  /**
   * The prediction where single precision leaves it in doubt: only logits of `least` or more may be the largest.
   *
   * With a mask that cuts all paths to some classes their logits may tie on every sample, and a pass in double precision
   * is some ten times as slow as one in single precision. So from the second doubt on, logits that no sample changes are
   * known, and where all that may be the largest are such, they settle it.
   */
  function settle(mask: Uint8Array, sample: number, least: number): number {
    if (++doubts === DOUBTS) constant = double.constantLogits(mask).slice();
    if (constant) {
      const own = logits.subarray(sample * classes, (sample + 1) * classes);
      let best = -1;
      for (const [label, logit] of constant.entries()) {
        if ((own[label] ?? 0) < least) continue;
        if (Number.isNaN(logit)) {
          best = -1;
          break;
        }
        if (best < 0 || logit > (constant[best] ?? 0)) best = label;
      }
      if (best >= 0) return best;
    }
    return indexOfLargest(double.logits(mask, sample));
  }

  /** The cross-entropy in nats, in double precision from the logits in single precision, sample by sample. */
  function loss(): number {
    let total = 0;
    for (const [sample, label] of labels.entries()) {
      const start = sample * classes;
      const end = start + classes;
      let largest = Number.NEGATIVE_INFINITY;
      for (let index = start; index < end; index++) largest = Math.max(largest, logits[index] ?? 0);
      let sum = 0;
      for (let index = start; index < end; index++) sum += Math.exp((logits[index] ?? 0) - largest);
      total += largest - (logits[start + label] ?? 0) + Math.log(sum);
    }
    return Number.isFinite(total) ? total : Number.NaN;
  }

  function ownFigure(): number {
    if (!own || !answers) return Number.NaN;
    answers.logits.set(logits);
    answers.labels.set(labels);
    return ownFitness(own, answers);
  }

  return {
    /** The logits of all samples in single precision, samples × classes: those that `score` reads. */
    logits,
    /** Sets the largest possible error of a difference of two logits, as a share of the largest logit of all samples. */
    tolerate(error: number): void {
      tolerance = error;
    },
    /** The score of the individual whose logits these are; `mask`: its mask, bytes 0 or 1. */
    score(mask: Uint8Array): Score {
      predicted.fill(0);
      truePositives.fill(0);
      doubts = 0;
      constant = undefined;
      const bound = Math.max(tolerance * largestLogit(), 1e-30);
      for (let sample = 0; sample < labels.length; sample++) {
        const label = predict(mask, sample, bound);
        if (answers) answers.predictions[sample] = label;
        predicted[label] = (predicted[label] ?? 0) + 1;
        if (label === labels[sample]) truePositives[label] = (truePositives[label] ?? 0) + 1;
      }
      const counts = { present, predicted, truePositives };
      return {
        correct: truePositives.reduce((sum, count) => sum + count, 0),
        loss: needsLoss(objective) ? loss() : Number.NaN,
        macroAverage: isMacroAverage(objective) ? MACRO_AVERAGE_OF[objective](counts) : ownFigure(),
      };
    },
  };
}
