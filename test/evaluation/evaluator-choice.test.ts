import { describe, expect, test } from 'vitest';
import { IDENTITY } from '../../lib/data/dataset.ts';
import { choosePath, createEvaluator, estimateTime, PATHS } from '../../lib/evaluation/evaluator-choice.ts';
import { GeneralEvaluator } from '../../lib/evaluation/general-evaluator.ts';
import { GraphEvaluator } from '../../lib/evaluation/graph/evaluator.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { graphOfLayers } from '../../lib/network/layers-graph.ts';
import { sizeOfGraph } from '../../lib/network/network.ts';
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
  expect(estimateTime('few-inputs', { widths: [64, 20, 2], samples: 10, objective: 'accuracy' })).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(estimateTime('general', { widths: [64, 20, 2], samples: 10, objective: 'accuracy' })).toBeLessThan(
    Number.POSITIVE_INFINITY,
  );
});

test('all paths count the same', async () => {
  const network = uniformNetwork([2, 30, 2], 4);
  const samples = drawSamples(7, 5_000, 2, 2);
  const { masks } = drawMasks(7, network, 4);
  const counts = [];
  for (const path of PATHS) {
    const evaluator = await createEvaluator(network, samples, IDENTITY, { objective: 'accuracy', path });
    counts.push((await evaluator.evaluate(masks)).correct);
    await evaluator.release();
  }
  expect(counts[0]).toEqual(counts[1]);
  expect(counts[0]).toEqual(counts[2]);
});

describe('graph networks', () => {
  const network = convnet('conv-small', [1, 8, 8], 3);
  const samples = drawSamples(1, 20, 64, 3);

  test('take a path of their own, which no multilayer perceptron is given', async () => {
    const task = { size: sizeOfGraph(network), samples: 1_000, objective: 'cross-entropy' as const };
    expect(choosePath(task)).toBe('graph');
    expect(estimateTime('general', task)).toBe(Number.POSITIVE_INFINITY);
    // 8·9·64 + 16·8·9·16 + 64·3 multiply-adds, 8·64 + 16·16 + 3 units.
    expect(estimateTime('graph', task)).toBeCloseTo(0.02 * (4_608 + 18_432 + 192) + (512 + 256 + 3), 6);
    const evaluator = await createEvaluator(network, samples, IDENTITY, { objective: 'accuracy' });
    expect(evaluator).toBeInstanceOf(GraphEvaluator);
    await evaluator.release();
    await expect(
      createEvaluator(network, samples, IDENTITY, { objective: 'accuracy', path: 'general' }),
    ).rejects.toThrow("no path 'general' for a graph network");
  });

  test('that are multilayer perceptrons are evaluated as such', async () => {
    const graph = graphOfLayers(uniformNetwork([64, 7, 3], 1));
    const evaluator = await createEvaluator(graph, samples, IDENTITY, { objective: 'accuracy' });
    expect(evaluator).toBeInstanceOf(GeneralEvaluator);
    await evaluator.release();
  });
});
