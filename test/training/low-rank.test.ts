/** Training of low rank: its steps against finite differences in double precision, its factors, and a whole training. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  factorise,
  multiply,
  ranksOf,
  shareOfFactors,
  truncate,
} from '../../lib/algorithms/low-rank/factors.ts';
import { decompose } from '../../lib/algorithms/low-rank/singular-values.ts';
import { lowRankStep } from '../../lib/algorithms/low-rank/step.ts';
import { algorithmNamed } from '../../lib/algorithms/registry.ts';
import { random } from '../../lib/base/random.ts';
import { convnet } from '../../lib/network/convnets.ts';
import { uniformNetwork } from '../../lib/network/initializer.ts';
import { type Trainable, trainableOf } from '../../lib/network/trainable.ts';
import { EpochSession } from '../../lib/training/epoch-session.ts';
import { complete } from '../runspec/complete.ts';
import { trainLowRank } from './low-rank-reference.ts';
import { train as trainMoons } from './moons.ts';
import { batchesOf, forward } from './reference.ts';
import { passOf, smallGraph } from './small-graph.ts';
import { expectSame, tasks, train } from './tasks.ts';

const startOf = (network: Trainable, ranks: readonly number[]) => ({
  ...factorise(network, ranks),
  biases: Float32Array.from(network.biases.flatMap((layer) => [...layer])),
  ranks: Float32Array.from(ranks),
});

const ratesOf = (steps: number) => ({
  learningRate: new Float32Array(steps).fill(0.1),
  turns: Float32Array.from({ length: steps }, (_, step) => 1 - (step % 2)),
});

test('steps turn the bases, and then descend within them', async () => {
  await fc.assert(
    fc.asyncProperty(tasks, fc.integer({ min: 1, max: 3 }), async (task, most) => {
      const { widths, network, order, batch, data } = task;
      const ranks = widths.slice(1).map((outputs, index) => Math.min(most, outputs, widths[index] ?? 1));
      const start = startOf(network, ranks);
      const passOf = (at: Float64Array, rows: readonly number[]) => forward(widths, at, data, rows);
      const wanted = trainLowRank(widths, ranks, start, passOf, batchesOf(order, batch), 0.1);
      fc.pre(wanted.kink > 1e-3 && wanted.least > 0.05);
      const found = await train(task, lowRankStep(network, ranks), start, ratesOf);
      expectSame(found, wanted, 1e-3);
    }),
    { numRuns: 15 },
  );
});

test.each([true, false])('so they do in convolutions (biases: %s)', async (hasBiases) => {
  const graph = smallGraph(1, hasBiases);
  const network = trainableOf(graph);
  const ranks = [2, 1, 2];
  const labels = [0, 1, 2];
  const stream = random(1, 'noise');
  const x = Float32Array.from({ length: 40 * labels.length }, () => stream.normal());
  const { biases, ...factors } = startOf(network, ranks);
  const at = (parameters: Float64Array, rows: readonly number[]) =>
    passOf(graph, parameters, x, labels, rows);
  const wanted = trainLowRank(network.widths, ranks, { ...factors, biases }, at, [[0, 1], [2]], 0.1);
  expect(wanted.least).toBeGreaterThan(0.05);
  const data = { features: 40, x, labels: Int32Array.from(labels) };
  const session = await EpochSession.create(graph, data, 2, lowRankStep(network, ranks));
  const state = hasBiases ? { ...factors, biases } : factors;
  const found = await session.train(state, Int32Array.of(0, 1, 2), ratesOf(session.stepsOf(3)));
  await session.release();
  expectSame(found, wanted, 1e-3);
});

test('a decomposition multiplies to its matrix, with orthonormal columns and falling values', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 25, maxLength: 25 }),
      (rows, width, numbers) => {
        const { left, values, right } = decompose(numbers.slice(0, rows * width), rows, width);
        expect(values).toEqual(values.toSorted((a, b) => b - a));
        for (const [row, column] of [...Array(rows * width).keys()].map((at) => [
          Math.floor(at / width),
          at % width,
        ])) {
          const sum = values.reduce(
            (all, value, place) =>
              all + value * (left[place]?.[row ?? 0] ?? 0) * (right[place]?.[column ?? 0] ?? 0),
            0,
          );
          expect(sum).toBeCloseTo(numbers[(row ?? 0) * width + (column ?? 0)] ?? 0, 9);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('factors of full rank are the weights, and fewer are the best of their rank', () => {
  // diag(3, 1): rank 1 keeps the 3.
  const network = { widths: [2, 2], weights: [Float32Array.of(3, 0, 0, 1)], biases: [new Float32Array(2)] };
  expect(multiply([2, 2], [2], factorise(network, [2]))).toEqual([Float32Array.of(3, 0, 0, 1)]);
  expect(multiply([2, 2], [1], factorise(network, [1]))).toEqual([Float32Array.of(3, 0, 0, 0)]);
});

test('ranks fall as far as the tolerance lets them', () => {
  // diag(3, 2, 1) turned by bases that are permutations: norm √14, without the 1 √(1/14) = 0.267 of it is lost, without both √(5/14) = 0.598.
  const swap = Float32Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0);
  const factors = { u: swap, s: Float32Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), v: swap };
  const cut = (tolerance: number) => {
    const { ranks, ...all } = truncate([3, 3], [3], factors, tolerance);
    return { ranks, s: [...all.s], weights: multiply([3, 3], ranks, all).map((layer) => [...layer]) };
  };
  expect(cut(0.26)).toEqual({
    ranks: [3],
    s: [3, 0, 0, 0, 2, 0, 0, 0, 1],
    weights: [[3, 0, 0, 0, 2, 0, 0, 0, 1]],
  });
  expect(cut(0.27)).toEqual({ ranks: [2], s: [3, 0, 0, 2], weights: [[3, 0, 0, 0, 2, 0, 0, 0, 0]] });
  expect(cut(0.6)).toEqual({ ranks: [1], s: [3], weights: [[3, 0, 0, 0, 0, 0, 0, 0, 0]] });
  expect(cut(0.999).ranks).toEqual([1]);
});

test('ranks are as equal as the budget allows', () => {
  // A rank costs 139 and 85 numbers of 5,550: 3 and 3 make 672, and 4 of the last layer 757.
  expect(ranksOf([64, 75, 10], 0.15)).toEqual([3, 4]);
  expect(shareOfFactors([64, 75, 10], [3, 4])).toBeCloseTo(757 / 5550, 12);
  expect(ranksOf([64, 75, 10], 0.001)).toEqual([1, 1]);
  // At full rank the weights themselves are fewer.
  expect(ranksOf([64, 75, 10], 1)).toEqual([64, 10]);
  expect(shareOfFactors([64, 75, 10], [64, 10])).toBe(1);
  // 8 · (25 + 20) + 8 · (500 + 50) + 15 · (800 + 500), and the last layer whole.
  const { widths } = trainableOf(convnet('lenet-5-caffe', [1, 28, 28], 10));
  expect(shareOfFactors(widths, [8, 8, 15, 10])).toBeCloseTo(29_260 / 430_500, 12);
});

test('of the two steps that see a batch, the first turns the bases', () => {
  const { ask } = algorithmNamed('low-rank').start(complete({ algorithm: 'low-rank' }), {
    bits: 12,
    samples: 9,
    viable: () => true,
  });
  if (ask.work !== 'train') throw new Error('it does not train');
  const rates = ask.method(uniformNetwork([2, 3, 2], 1)).rates({ course: 0, epoch: 50 }, 6);
  expect(rates.turns).toEqual(Float32Array.of(1, 0, 1, 0, 1, 0));
  expect(rates.learningRate).toEqual(new Float32Array(6).fill(0.5));
});

test('it learns the moons at rank 2 and 1, and is the same bits wherever it is cut', async () => {
  const section = { epochs: 20, batchSize: 16, learningRate: 0.5, keep: 0.78 };
  const { rows, best } = await trainMoons('low-rank', section);
  expect(rows[best?.row ?? -1]?.validationAccuracy).toBeGreaterThan(0.8);
  expect(rows[0]).toMatchObject({ keep: expect.closeTo(0.7625, 12), sparsity: 0 });
  expect(await trainMoons('low-rank', section, [1, 7, 8])).toEqual(await trainMoons('low-rank', section));
});

test('ranks fall in the first half of the epochs, and the result is of the second', async () => {
  const section = { epochs: 8, batchSize: 16, learningRate: 0.5, keep: 1, tolerance: 0.8 };
  const whole = await trainMoons('low-rank', section);
  const shares = whole.rows.map(({ keep }) => keep);
  expect(shares.toSorted((a, b) => b - a)).toEqual(shares);
  expect(shares[0]).toBeLessThan(1);
  expect(new Set(shares.slice(3)).size).toBe(1);
  expect(whole.best?.row).toBeGreaterThanOrEqual(3);
  expect(await trainMoons('low-rank', section, [1, 2, 6])).toEqual(whole);
});
