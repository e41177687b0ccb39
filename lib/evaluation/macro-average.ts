/** Means over the classes, from counts of predictions: every class counts the same, however few samples it has. */
import type { MacroAverage } from '../search/individual.ts';

/** Per class: samples that have it, predictions of it, and correct predictions of it. */
export interface ClassCounts {
  readonly present: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly truePositives: ArrayLike<number>;
}

/** Mean recall of classes that have samples, as scikit-learn's `balanced_accuracy_score`, 0..1; NaN where none has. */
export function balancedAccuracy({ present, truePositives }: ClassCounts): number {
  let sum = 0;
  let classes = 0;
  for (let label = 0; label < present.length; label++) {
    const samples = present[label] ?? 0;
    if (samples === 0) continue;
    sum += (truePositives[label] ?? 0) / samples;
    classes++;
  }
  return sum / classes;
}

/**
 * Mean over all classes of F1 = 2·TP / (2·TP + FP + FN), 0..1. A class that no sample has and that is never predicted
 * gives 0, as scikit-learn's `f1_score(average='macro', labels=<all classes>, zero_division=0)`.
 */
export function macroF1({ present, predicted, truePositives }: ClassCounts): number {
  let sum = 0;
  for (let label = 0; label < present.length; label++) {
    // 2·TP + FP + FN = (TP + FP) + (TP + FN)
    const either = (present[label] ?? 0) + (predicted[label] ?? 0);
    if (either > 0) sum += (2 * (truePositives[label] ?? 0)) / either;
  }
  return sum / present.length;
}

export const MACRO_AVERAGE_OF: Readonly<Record<MacroAverage, (counts: ClassCounts) => number>> = {
  'balanced-accuracy': balancedAccuracy,
  'macro-f1': macroF1,
};
