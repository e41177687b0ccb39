import { expect, test } from 'vitest';
import type { Picked, RunSummary } from '../../../lib/report/summary.ts';
import { pickedText } from '../../../lib/report/text/picked.ts';
import { exampleInput } from '../example.ts';

const { summary } = exampleInput();
const text = (picked: Omit<Picked, 'accuracy'>, more: Partial<RunSummary> = {}) =>
  pickedText({ ...summary, keptWeights: 12, picked: { ...picked, accuracy: 0.971 }, ...more });

const accuracy = { accuracy: { atLeast: 0.99 } };
const weights = { weights: { atMost: 1_500 } };

test.each<[Omit<Picked, 'accuracy'>, string]>([
  [{ rule: 'best', by: 'train', met: true }, 'the best of the search'],
  [{ rule: 'best', by: 'validation', met: true }, 'the best on the validation data'],
  [{ rule: 'knee', by: 'train', met: true }, 'the knee of accuracy on the training data over kept weights'],
  [
    { rule: 'sparsest-within-one-standard-error', by: 'validation', met: true, least: 0.96 },
    'the sparsest within one standard error of the best: accuracy of at least 96 % on the validation data',
  ],
  [
    { rule: accuracy, by: 'train', met: true, least: 0.99 },
    'the sparsest with accuracy of at least 99 % on the training data',
  ],
  [
    { rule: accuracy, by: 'train', met: false, least: 0.99 },
    'none has accuracy of at least 99 % on the training data: the nearest has 97.1 %',
  ],
  [
    { rule: weights, by: 'train', met: true },
    'the highest accuracy on the training data with at most 1,500 weights',
  ],
  [
    { rule: { weights: { atMost: 9 } }, by: 'train', met: false },
    'none keeps at most 9 weights: the sparsest keeps 12',
  ],
])('%j', (picked, words) => {
  expect(text(picked)).toBe(words);
});

test('a mean over the classes is named; runs without a front say nothing', () => {
  const rule = { rule: 'knee', by: 'train', met: true } as const;
  expect(text(rule, { objective: 'macro-f1' })).toContain('the knee of balanced accuracy');
  expect(pickedText(summary)).toBeUndefined();
});
