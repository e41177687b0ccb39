import { expect, test } from 'vitest';
import { IDENTITY } from '../../lib/data/dataset.ts';
import { choosePath, createEvaluator, estimateCost } from '../../lib/evaluation/choose.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { drawMasks, drawSamples } from './cases.ts';

// [layer widths, samples, the objective, the path that is chosen]
test.each([
  [[2, 20, 2], 50_000, 'accuracy', 'few-inputs'],
  [[2, 100, 2], 50_000, 'accuracy', 'few-inputs'],
  [[2, 20, 2], 50_000, 'cross-entropy', 'general'],
  [[2, 20, 2], 50_000, 'macro-f1', 'general'],
  [[2, 20, 2], 50_000, 'balanced-accuracy', 'general'],
  [[2, 50, 50, 2], 50_000, 'accuracy', 'general'],
  [[2, 100, 3], 15_000, 'accuracy', 'general'],
  [[64, 75, 10], 1_347, 'cross-entropy', 'general'],
  [[64, 20, 2], 270, 'accuracy', 'general'],
  [[2, 2], 50_000, 'accuracy', 'general'],
] as const)('network %j on %i samples, by %s: %s', (widths, samples, objective, path) => {
  expect(choosePath({ widths, samples, objective })).toBe(path);
});

test('a path that does not fit costs infinitely much', () => {
  expect(estimateCost('few-inputs', { widths: [64, 20, 2], samples: 10, objective: 'accuracy' })).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(estimateCost('general', { widths: [64, 20, 2], samples: 10, objective: 'accuracy' })).toBeLessThan(
    Number.POSITIVE_INFINITY,
  );
});

test('all paths count the same', async () => {
  const network = uniformNetwork([2, 30, 2], 4);
  const samples = drawSamples(7, 5_000, 2, 2);
  const { masks } = drawMasks(7, network, 4);
  const counts = [];
  for (const path of ['few-inputs', 'general'] as const) {
    const evaluator = await createEvaluator(network, samples, IDENTITY, { objective: 'accuracy', path });
    counts.push((await evaluator.evaluate(masks)).correct);
    await evaluator.release();
  }
  expect(counts[0]).toEqual(counts[1]);
});
