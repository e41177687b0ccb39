/** Against scikit-learn: `balanced_accuracy_score`, and `f1_score(average='macro', labels=…, zero_division=0)`. */
import { expect, test } from 'vitest';
import { balancedAccuracy, macroF1 } from '../../lib/evaluation/macro-average.ts';

// [what, samples per class, predictions per class, correct predictions per class, balanced accuracy, macro-F1]
test.each([
  ['all correct', [3, 5], [3, 5], [3, 5], 1, 1],
  ['always the frequent class', [90, 10], [100, 0], [90, 0], 0.5, 180 / 190 / 2],
  ['three classes', [2, 3, 5], [4, 3, 3], [2, 1, 3], (1 + 1 / 3 + 3 / 5) / 3, (4 / 6 + 2 / 6 + 6 / 8) / 3],
  [
    'a class without samples, never predicted',
    [4, 6, 0],
    [5, 5, 0],
    [4, 5, 0],
    (1 + 5 / 6) / 2,
    (8 / 9 + 10 / 11) / 3,
  ],
  ['a class without samples, predicted', [4, 6, 0], [4, 5, 1], [4, 5, 0], (1 + 5 / 6) / 2, (1 + 10 / 11) / 3],
  ['nothing correct', [1, 1], [1, 1], [0, 0], 0, 0],
])('%s', (_, present, predicted, truePositives, recall, f1) => {
  const counts = { present, predicted, truePositives };
  expect(balancedAccuracy(counts)).toBeCloseTo(recall, 14);
  expect(macroF1(counts)).toBeCloseTo(f1, 14);
});
