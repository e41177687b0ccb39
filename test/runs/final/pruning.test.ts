import { expect, test } from 'vitest';
import { pruningFigure } from '../../../lib/runs/final/pruning.ts';
import { complete } from '../../runspec/complete.ts';

test.each([
  ['sltn-ga', 'accuracy', undefined, 'accuracy'],
  ['sltn-ga', 'cross-entropy', undefined, 'accuracy'],
  ['sltn-ga', 'balanced-accuracy', undefined, 'balanced-accuracy'],
  ['sltn-ga', 'macro-f1', undefined, 'macro-f1'],
  ['sltn-ga', 'cross-entropy', 'objective', 'cross-entropy'],
  ['sltn-ga', 'macro-f1', 'accuracy', 'accuracy'],
  ['annealing', 'accuracy', undefined, 'accuracy'],
  ['annealing', 'cross-entropy', undefined, 'cross-entropy'],
  ['annealing', 'cross-entropy', 'accuracy', 'accuracy'],
] as const)('%s by %s, pruning.figure %s: the pass keeps %s', (algorithm, objective, asked, figure) => {
  const spec = complete({ algorithm, search: { objective }, pruning: asked ? { figure: asked } : {} });
  expect(pruningFigure(spec)).toBe(figure);
});
