/** Reads scores off the logits of a graph network. */
import { classCounts } from '../../base/classes.ts';
import { indexOfLargest } from '../../base/largest.ts';
import { isMacroAverage, type Objective, type Score } from '../../search/individual.ts';
import type { GraphDouble } from '../double/graph.ts';
import { MACRO_AVERAGE_OF } from '../macro-average.ts';

/** Samples in doubt under one mask before the logits that no sample changes are looked for. */
const DOUBTS = 2;

export class GraphReadout {
  /** The logits of all samples in single precision, samples × classes: those that `score` reads. */
  readonly logits: Float32Array;
  readonly #double: GraphDouble;
  readonly #labels: Uint16Array;
  readonly #classes: number;
  readonly #objective: Objective;
  readonly #present: Uint32Array;
  readonly #predicted: Uint32Array;
  readonly #truePositives: Uint32Array;
  /** ε, as a share of the largest logit. */
  #error = 0;
  #doubts = 0;
  #constant: Float64Array | undefined;

  constructor(double: GraphDouble, labels: Uint16Array, classes: number, objective: Objective) {
    this.#double = double;
    this.#labels = labels;
    this.#classes = classes;
    this.#objective = objective;
    this.logits = new Float32Array(labels.length * classes);
    this.#present = classCounts(labels, classes);
    this.#predicted = new Uint32Array(classes);
    this.#truePositives = new Uint32Array(classes);
  }

  /** Sets the largest possible error of a difference of two logits, as a share of the largest logit of all samples. */
  tolerate(error: number): void {
    this.#error = error;
  }

  /** The score of the individual whose logits these are; `mask`: its mask, bytes 0 or 1. */
  score(mask: Uint8Array): Score {
    const predicted = this.#predicted.fill(0);
    const truePositives = this.#truePositives.fill(0);
    this.#doubts = 0;
    this.#constant = undefined;
    const bound = Math.max(this.#error * this.#largest(), 1e-30);
    const labels = this.#labels;
    for (let sample = 0; sample < labels.length; sample++) {
      const label = this.#predict(mask, sample, bound);
      predicted[label] = (predicted[label] ?? 0) + 1;
      if (label === labels[sample]) truePositives[label] = (truePositives[label] ?? 0) + 1;
    }
    const correct = truePositives.reduce((sum, count) => sum + count, 0);
    const objective = this.#objective;
    const counts = { present: this.#present, predicted, truePositives };
    return {
      correct,
      loss: objective === 'cross-entropy' ? this.#loss() : Number.NaN,
      macroAverage: isMacroAverage(objective) ? MACRO_AVERAGE_OF[objective](counts) : Number.NaN,
    };
  }

  /** The largest magnitude among the finite logits. */
  #largest(): number {
    const logits = this.logits;
    let largest = 0;
    for (let index = 0; index < logits.length; index++) {
      const size = Math.abs(logits[index] ?? 0);
      if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
    }
    return largest;
  }

  #predict(mask: Uint8Array, sample: number, bound: number): number {
    const logits = this.logits;
    const start = sample * this.#classes;
    const end = start + this.#classes;
    let first = Number.NEGATIVE_INFINITY;
    let second = Number.NEGATIVE_INFINITY;
    let best = start;
    let sum = 0;
    for (let index = start; index < end; index++) {
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
    return this.#settle(mask, sample, Number.isFinite(sum) ? first - bound : Number.NEGATIVE_INFINITY);
  }

  /**
   * The prediction where single precision leaves it in doubt: only logits of `least` or more may be the largest.
   *
   * With a mask that cuts all paths to some classes their logits may tie on every sample, and a pass in double precision
   * is some ten times as slow as one in single precision. So from the second doubt on, logits that no sample changes are
   * known, and where all that may be the largest are such, they settle it.
   */
  #settle(mask: Uint8Array, sample: number, least: number): number {
    if (++this.#doubts === DOUBTS) this.#constant = this.#double.constantLogits(mask).slice();
    const constant = this.#constant;
    if (constant) {
      const start = sample * this.#classes;
      let best = -1;
      for (let label = 0; label < constant.length; label++) {
        if ((this.logits[start + label] ?? 0) < least) continue;
        const logit = constant[label] ?? Number.NaN;
        if (Number.isNaN(logit)) {
          best = -1;
          break;
        }
        if (best < 0 || logit > (constant[best] ?? 0)) best = label;
      }
      if (best >= 0) return best;
    }
    return indexOfLargest(this.#double.logits(mask, sample));
  }

  /** The cross-entropy in nats, in double precision from the logits in single precision, sample by sample. */
  #loss(): number {
    const { logits } = this;
    const classes = this.#classes;
    let loss = 0;
    for (const [sample, label] of this.#labels.entries()) {
      const start = sample * classes;
      const end = start + classes;
      let largest = Number.NEGATIVE_INFINITY;
      for (let index = start; index < end; index++) largest = Math.max(largest, logits[index] ?? 0);
      let sum = 0;
      for (let index = start; index < end; index++) sum += Math.exp((logits[index] ?? 0) - largest);
      loss += largest - (logits[start + label] ?? 0) + Math.log(sum);
    }
    return Number.isFinite(loss) ? loss : Number.NaN;
  }
}
