import { expect, test } from 'vitest';
import { type StoppingRules, stopReason } from '../../lib/algorithms/parts/stopping.ts';

const PAPER: StoppingRules = {
  minGenerations: 100,
  maxGenerations: 300,
  stagnation: 50,
  targetAccuracy: 1,
  maxEvaluations: null,
};

// [what happens, rules, generation, generations without a change, accuracy, why it is over]
test.each([
  ['nothing yet', {}, 150, 10, 0.9, undefined],
  ['stagnation', {}, 150, 50, 0.9, 'stagnation'],
  ['one generation before stagnation', {}, 150, 49, 0.9, undefined],
  ['stagnation before the first 100', {}, 99, 99, 0.9, undefined],
  ['stagnation at the first 100', {}, 100, 100, 0.9, 'stagnation'],
  ['everything right before the first 100', {}, 99, 0, 1, undefined],
  ['everything right at the first 100', {}, 100, 0, 1, 'target-accuracy'],
  ['everything right and stagnation: the accuracy is the reason', {}, 200, 60, 1, 'target-accuracy'],
  ['the last generation', {}, 300, 0, 0.9, 'max-generations'],
  ['behind the last generation', {}, 301, 0, 0.9, 'max-generations'],
  ['the last generation, and everything right', {}, 300, 60, 1, 'max-generations'],
  ['fewer at most than at least', { maxGenerations: 5 }, 5, 0, 0.5, 'max-generations'],
  ['no generation at all', { maxGenerations: 0 }, 0, 0, 0.5, 'max-generations'],
  ['stagnation is no reason', { stagnation: null }, 299, 299, 0.9, undefined],
  ['accuracy is no reason', { targetAccuracy: null }, 299, 0, 1, undefined],
  ['a lower target', { targetAccuracy: 0.8 }, 100, 0, 0.8, 'target-accuracy'],
  ['a lower target, just missed', { targetAccuracy: 0.8 }, 100, 0, 0.7999, undefined],
  ['from the first on', { minGenerations: 0, stagnation: 1 }, 1, 1, 0.5, 'stagnation'],
] as const)('%s', (_, rules, generation, unchanged, accuracy, reason) => {
  expect(stopReason({ ...PAPER, ...rules }, generation, unchanged, accuracy, 5_000)).toBe(reason);
});

test.each([
  [4_999, 'max-evaluations'],
  [5_000, 'max-evaluations'],
  [5_001, undefined],
])('a budget of %i evaluations ends a search that made 5,000 at once', (maxEvaluations, reason) => {
  expect(stopReason({ ...PAPER, maxEvaluations }, 3, 0, 0.9, 5_000)).toBe(reason);
});
