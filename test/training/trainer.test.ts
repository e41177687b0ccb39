/** Whole trainings: that they learn, stop, choose, and do not depend on where they are cut. */
import { describe, expect, test } from 'vitest';
import { backpropMethod } from '../../lib/algorithms/backprop/backprop.ts';
import { initialScores } from '../../lib/algorithms/gates/edge-popup.ts';
import { largestMask } from '../../lib/algorithms/gates/largest.ts';
import { carriedRate, scheduledRate } from '../../lib/algorithms/parts/training-fields.ts';
import { InvalidSpec } from '../../lib/base/errors.ts';
import { countOnes, pack } from '../../lib/search/genome.ts';
import { Trainer } from '../../lib/training/trainer.ts';
import { complete } from '../runspec/complete.ts';
import { data, network, train } from './moons.ts';

describe('edge-popup', () => {
  const section = { epochs: 6, batchSize: 32, keep: [0.5, 0.25], validationShare: 0.1 };

  test('learns to tell the moons apart without changing a weight', async () => {
    const { rows, stopReason } = await train('edge-popup', { epochs: 40, batchSize: 32 });
    expect(rows).toHaveLength(40);
    expect(rows.at(-1)?.trainAccuracy).toBeGreaterThan(0.8);
    expect(rows[0]?.validationAccuracy).toBeNull();
    expect(stopReason).toBe('max-epochs');
  });

  test('is the same bits wherever it is cut', async () => {
    const whole = await train('edge-popup', section);
    expect(whole.rows).toHaveLength(12);
    expect(await train('edge-popup', section, [1, 4, 6, 7])).toEqual(whole);
  });

  test('trains each share as if it were the only one, and takes the best on held-out samples', async () => {
    const both = await train('edge-popup', section);
    const each = await Promise.all(
      section.keep.map((keep) => train('edge-popup', { ...section, keep: [keep] })),
    );
    expect(both.rows).toEqual(each.flatMap(({ rows }) => rows));
    const most = Math.max(...both.rows.map(({ validationAccuracy }) => validationAccuracy ?? 0));
    const chosen = both.rows[both.best?.row ?? -1];
    expect(chosen?.validationAccuracy).toBe(most);
    const equal = both.rows.filter(({ validationAccuracy }) => validationAccuracy === most);
    expect(chosen?.validationLoss).toBe(Math.min(...equal.map(({ validationLoss }) => validationLoss ?? 9)));
    expect(each.map(({ best }) => best?.result)).toContainEqual(both.best?.result);
  });

  test('without held-out samples ends with the last mask', async () => {
    const { best, state } = await train('edge-popup', { epochs: 3 });
    expect(best).toEqual({ row: 2, result: { scores: state.scores } });
  });

  test('as the data come is another training than shuffled', async () => {
    const [shuffled, unshuffled] = await Promise.all(
      [true, false].map((shuffle) => train('edge-popup', { epochs: 2, batchSize: 100, shuffle })),
    );
    expect(shuffled?.state).not.toEqual(unshuffled?.state);
  });

  test('the mask has exactly the kept share of each layer, of equal scores the first', () => {
    const mask = pack(largestMask([4, 5, 2], new Float32Array(30).fill(-1), 'layer', 0.3));
    expect(countOnes(mask)).toBe(6 + 3);
    expect(mask).toEqual(Uint8Array.of(0b11111100, 0, 0b00001110, 0));
  });

  test('scores begin within 1/√fan-in, layer by layer', () => {
    const scores = initialScores([100, 40, 2], 7);
    const largest = (from: number, to: number) => Math.max(...scores.slice(from, to).map(Math.abs));
    expect(largest(0, 4_000)).toBeLessThanOrEqual(0.1);
    expect(largest(0, 4_000)).toBeGreaterThan(0.099);
    expect(largest(4_000, 4_080)).toBeLessThanOrEqual(1 / Math.sqrt(40));
    expect(largest(4_000, 4_080)).toBeGreaterThan(0.1);
  });

  test.each([
    ['cosine', 0, 0.1],
    ['cosine', 25, 0.0853553],
    ['cosine', 50, 0.05],
    ['cosine', 99, 0.0000247],
    ['constant', 99, 0.1],
  ] as const)('with a %s schedule, epoch %i of 100 has the rate %d', (schedule, epoch, rate) => {
    expect(scheduledRate({ learningRate: 0.1, schedule, epochs: 100 }, epoch)).toBeCloseTo(rate, 6);
  });
});

describe('backprop', () => {
  test('learns the moons, and the same bits wherever it is cut', async () => {
    const section = { epochs: 30, batchSize: 32, learningRate: 0.02 };
    const whole = await train('backprop', section);
    expect(whole.rows[whole.best?.row ?? 0]?.validationAccuracy).toBeGreaterThan(0.97);
    expect(await train('backprop', section, [2, 3])).toEqual(whole);
  });

  test('stops when the validation loss stays above its lowest for `patience` epochs, and keeps that epoch', async () => {
    const section = { epochs: 500, batchSize: 4, learningRate: 0.3, patience: 4, validationShare: 0.2 };
    const { rows, best, stopReason } = await train('backprop', section);
    const losses = rows.map(({ validationLoss }) => validationLoss ?? Infinity);
    expect(stopReason).toBe('early-stopping');
    expect(best?.row).toBe(losses.indexOf(Math.min(...losses)));
    expect(rows.length - 1 - (best?.row ?? 0)).toBe(4);
  });

  test('says so where the loss is no number any more', async () => {
    const { backprop } = complete({ algorithm: 'backprop', backprop: { learningRate: 5 } });
    const vast = {
      ...network,
      weights: network.weights.map((layer) => layer.map((weight) => weight * 1e30)),
    };
    const method = backpropMethod(vast, backprop);
    const trainer = await Trainer.create(method, vast, data, 0);
    const training = trainer.train(undefined, () => true).finally(() => trainer.release());
    await expect(training).rejects.toThrow(
      new InvalidSpec([
        'backprop.learningRate: the loss is no number any more in epoch 1, trained at a rate of 5; choose a smaller one',
      ]),
    );
  });
});

test('a rate that was tuned on a small network falls with the depth, as the paper has it', () => {
  const tuned = { learningRate: 0.08, baseLayers: [2, 20, 2] };
  expect(carriedRate(tuned, [2, 75, 2])).toBeCloseTo(0.08, 12);
  expect(carriedRate(tuned, [2, ...new Array<number>(7).fill(9), 2])).toBeCloseTo(0.01, 12);
  expect(carriedRate({ learningRate: 0.08 }, [2, 9, 9, 9, 2])).toBe(0.08);
});

describe.each([
  ['edge-popup', { keep: [0.3], scope: 'network' }],
  ['edge-popup', { keep: [0.3], rounds: 4 }],
  ['edge-popup', { keep: [0.3], rounds: 3, scope: 'network' }],
  ['double-scoring', {}],
  ['supermask', {}],
  ['stochastic-gates', { lambda: 0.1 }],
  ['gem-miner', { keep: 0.4, every: 4 }],
] as const)('%s with %j', (algorithm, own) => {
  const section = { epochs: 40, batchSize: 32, ...own };

  test('learns the moons without changing a weight', async () => {
    const { rows, best } = await train(algorithm, section);
    expect(rows.at(-1)?.trainAccuracy).toBeGreaterThan(0.8);
    expect(best?.row).toBe(39);
    expect(best?.result.scores).toBeDefined();
  });

  test('is the same bits wherever it is cut', async () => {
    const short = { ...section, epochs: 9, validationShare: 0.1 };
    expect(await train(algorithm, short, [1, 4, 6])).toEqual(await train(algorithm, short));
  });
});

describe('shares of weights', () => {
  test('fall by the same factor each round, and only the last may be the ticket', async () => {
    const { rows, best } = await train('edge-popup', {
      epochs: 8,
      keep: [0.25],
      rounds: 4,
      validationShare: 0.2,
    });
    const wanted = [0.25 ** 0.25, 0.5, 0.25 ** 0.75, 0.25].flatMap((share) => [share, share]);
    expect(rows.map(({ keep }) => keep)).toEqual(wanted.map((share) => expect.closeTo(share, 12)));
    expect(rows.map(({ sparsity }) => sparsity)[0]).toBeCloseTo(1 - 0.25 ** 0.25, 1);
    expect(best?.row).toBeGreaterThanOrEqual(6);
  });

  test('of gem-miner are those that it has not closed', async () => {
    const { rows, state, best } = await train('gem-miner', {
      epochs: 10,
      keep: 0.25,
      every: 5,
      validationShare: 0.2,
    });
    const alive = state.alive?.reduce((sum, one) => sum + one, 0);
    expect(alive).toBe(40);
    expect(best?.row).toBe(9);
    const kept = state.scores?.filter((score) => score > 0.5).length ?? 0;
    expect(rows.at(-1)?.sparsity).toBeCloseTo(1 - kept / 160, 12);
    expect(rows.at(-1)?.keep).toBeCloseTo(kept / 160, 12);
  });

  test('are fewer the more open gates cost', async () => {
    const [cheap, dear] = await Promise.all(
      [0, 3].map((lambda) => train('stochastic-gates', { epochs: 40, batchSize: 32, lambda })),
    );
    expect(dear?.rows.at(-1)?.sparsity).toBeGreaterThan((cheap?.rows.at(-1)?.sparsity ?? 1) + 0.1);
  });
});
