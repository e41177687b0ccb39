/** What trainings of gates begin with, and what they do between two epochs, against their sources. */
import { describe, expect, test } from 'vitest';
import type { TrainingMethod } from '../../lib/algorithms/parts/training-method.ts';
import { type AlgorithmName, algorithmNamed } from '../../lib/algorithms/registry.ts';
import { INITIALIZERS } from '../../lib/network/initializer.ts';
import { complete } from '../runspec/complete.ts';

const network = INITIALIZERS.uniform([20, 100, 20], 1);
const BITS = 4_000;

function methodOf(algorithm: AlgorithmName, section: object = {}): TrainingMethod {
  const { section: own, start } = algorithmNamed(algorithm);
  const spec = complete({ algorithm, seed: 3, ...(own && { [own.key]: section }) });
  const { ask } = start(spec, { bits: BITS, samples: 100, viable: () => true });
  if (ask.work !== 'train') throw new Error('it does not train');
  return ask.method(network);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sum = (values: Float32Array = new Float32Array()) => values.reduce((all, value) => all + value, 0);

describe('the first scores', () => {
  const scoresOf = (algorithm: AlgorithmName) => [...(methodOf(algorithm).start().scores ?? [])];

  test.each([
    ['supermask', 0],
    ['stochastic-gates', 0.5],
  ] as const)('of %s are %d', (algorithm, score) => {
    expect(scoresOf(algorithm)).toEqual(Array(BITS).fill(score));
  });

  test.each([
    // A weight and a decoy each.
    ['double-scoring', 2 * BITS, 0, 1],
    ['gem-miner', BITS, 0.5, Math.sqrt(1 / 12)],
  ] as const)('of %s, %i, have the mean %d and the deviation %d', (algorithm, count, centre, deviation) => {
    const scores = scoresOf(algorithm);
    expect(scores).toHaveLength(count);
    expect(Math.abs(mean(scores) - centre)).toBeLessThan((4 * deviation) / Math.sqrt(count));
    const found = Math.sqrt(mean(scores.map((score) => (score - centre) ** 2)));
    expect(found / deviation).toBeCloseTo(1, 1);
  });

  test('of gem-miner are in 0..1', () => {
    const scores = scoresOf('gem-miner');
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });
});

test('the ticket of stochastic-gates keeps the scores above 0', () => {
  const scores = Float32Array.from({ length: BITS }, (_, place) => [0.01, 0, -0.01, 1][place % 4] ?? 0);
  const { ticket, sparsity } = methodOf('stochastic-gates').outcome({ course: 0, epoch: 0 }, { scores });
  expect(new Set(ticket().genome)).toEqual(new Set([0b10011001]));
  expect(sparsity()).toBe(0.5);
});

test('iterand draws a pruned weight anew with its probability, after every so many epochs but not after the last', () => {
  const { start, after } = methodOf('iterand', { keep: 0.5, every: 2, rate: 0.3, epochs: 6 });
  const before = start();
  const changed = Array.from({ length: 6 }, (_, epoch) => {
    const { weights = new Float32Array() } = after?.({ course: 0, epoch }, before) ?? before;
    return [...weights.keys()].filter((place) => weights[place] !== before.weights?.[place]);
  });
  expect(changed.map(({ length }) => length > 0)).toEqual([false, true, false, true, false, false]);
  // 600 of 2,000 pruned weights, give or take five standard deviations.
  for (const epoch of [1, 3]) expect(Math.abs((changed[epoch]?.length ?? 0) - 600)).toBeLessThan(103);
  expect(changed[1]).not.toEqual(changed[3]);
  const { scores = new Float32Array() } = before;
  const median = (from: number, to: number) => scores.slice(from, to).map(Math.abs).sort()[(to - from) / 2];
  for (const place of changed[1] ?? []) {
    const own = place < 2_000 ? median(0, 2_000) : median(2_000, BITS);
    expect(Math.abs(scores[place] ?? 1)).toBeLessThan(own ?? 0);
  }
});

test('gem-miner closes the smallest scores of the whole network, by the same factor each round', () => {
  const { start, after } = methodOf('gem-miner', { keep: 0.125, every: 2, epochs: 7 });
  let state = start();
  const alive = Array.from({ length: 7 }, (_, epoch) => {
    const before = state;
    state = after?.({ course: 0, epoch }, state) ?? state;
    const closed = [...(before.scores ?? [])].filter((_, place) => state.alive?.[place] === 0);
    const open = [...(before.scores ?? [])].filter((_, place) => state.alive?.[place] === 1);
    if (closed.length > 0) expect(Math.max(...closed)).toBeLessThanOrEqual(Math.min(...open));
    return sum(state.alive);
  });
  // Three rounds in seven epochs, each of which leaves half.
  expect(alive).toEqual([4_000, 2_000, 2_000, 1_000, 1_000, 500, 500]);
  expect([...(state.scores ?? [])].filter((score) => score > 0)).toHaveLength(500);
});
