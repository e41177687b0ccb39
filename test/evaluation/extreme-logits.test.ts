/** The general path where logits lie far apart, are not finite, or are the same in single precision. */
import { expect, test } from 'vitest';
import { IDENTITY, type Samples } from '../../lib/data/dataset.ts';
import { createEvaluator } from '../../lib/evaluation/evaluator-choice.ts';
import type { Network } from '../../lib/network/architecture.ts';
import { type PackedMasks, pack, packGenomes } from '../../lib/search/genome.ts';
import type { Objective } from '../../lib/search/individual.ts';

async function scoresOf(network: Network, samples: Samples, masks: PackedMasks, objective: Objective) {
  const evaluator = await createEvaluator(network, samples, IDENTITY, { objective, path: 'general' });
  try {
    return await evaluator.evaluate(masks);
  } finally {
    await evaluator.release();
  }
}

test('logits hundreds apart: the loss is their distance', async () => {
  const network: Network = {
    widths: [1, 3],
    weights: [Float32Array.of(1, 0, -1)],
    biases: [Float32Array.of(0, 0, 0)],
  };
  const samples = { features: 1, x: Float32Array.of(500, 90, -300), labels: Uint16Array.of(1, 2, 2) };
  const scores = await scoresOf(network, samples, packGenomes([pack([1, 1, 1])], 3), 'cross-entropy');
  expect(scores.loss[0]).toBe(500 + 180);
});

test('a loss that is not finite is NaN', async () => {
  const network: Network = {
    widths: [1, 2],
    weights: [Float32Array.of(3e38, -3e38)],
    biases: [Float32Array.of(0, 0)],
  };
  const samples = { features: 1, x: Float32Array.of(1, 2, 3), labels: Uint16Array.of(1, 1, 1) };
  const scores = await scoresOf(
    network,
    samples,
    packGenomes([pack([1, 1]), pack([0, 0])], 2),
    'cross-entropy',
  );
  expect(scores.loss[0]).toBeNaN();
  expect(scores.loss[1]).toBeCloseTo(3 * Math.LN2, 5);
});

test('logits that are not numbers are settled in double precision', async () => {
  // In single precision the first two logits overflow; in double precision the second is the largest.
  const network: Network = {
    widths: [1, 3],
    weights: [Float32Array.of(2e38, 3e38, 1)],
    biases: [Float32Array.of(0, 0, 0)],
  };
  const samples = { features: 1, x: Float32Array.of(4, 5, -6, -7), labels: Uint16Array.of(1, 0, 2, 2) };
  const scores = await scoresOf(
    network,
    samples,
    packGenomes([pack([1, 1, 1]), pack([0, 0, 0])], 3),
    'balanced-accuracy',
  );
  expect(scores.correct).toEqual(Uint32Array.of(3, 1));
  expect(scores.macroAverage).toEqual(Float64Array.of(2 / 3, 1 / 3));
});

test('logits that single precision cannot tell apart are settled in double precision', async () => {
  // The hidden unit emits 1: the third logit is 1 + 2^-30, the second 1.
  const network: Network = {
    widths: [1, 1, 3],
    weights: [Float32Array.of(0), Float32Array.of(0, 0, 2 ** -30)],
    biases: [Float32Array.of(1), Float32Array.of(0, 1, 1)],
  };
  const samples = { features: 1, x: Float32Array.of(1, 2, 3, 4), labels: Uint16Array.of(0, 1, 2, 2) };
  const scores = await scoresOf(
    network,
    samples,
    packGenomes([pack([1, 1, 1, 1]), pack([1, 1, 1, 0])], 4),
    'macro-f1',
  );
  expect(scores.correct).toEqual(Uint32Array.of(2, 1));
  expect(scores.macroAverage).toEqual(Float64Array.of(4 / 6 / 3, 2 / 5 / 3));
});
