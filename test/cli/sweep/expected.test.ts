/** What cells are expected to take, before and while they run. */
import { expect, test } from 'vitest';
import { estimateSweep } from '../../../lib/cli/sweep/estimate.ts';
import { expectSeconds } from '../../../lib/cli/sweep/expectation.ts';
import { TimeLeft } from '../../../lib/cli/sweep/time-left.ts';
import { estimateCost } from '../../../lib/cost/estimate.ts';
import type { Cell } from '../../../lib/sweep/cells.ts';
import { completeSweep } from '../../sweep/complete.ts';

const STUDY = {
  grid: { preset: ['digits-2', 'digits-10'] },
  algorithms: [
    { name: 'GA' },
    { name: 'random', spec: { algorithm: 'random-search' }, match: { evaluations: 'GA' } },
    {
      name: 'edge-popup',
      spec: { algorithm: 'edge-popup', edgePopup: { keep: [0.3, 0.5, 0.7], validationShare: 0.1 } },
    },
    {
      name: 'as sparse',
      spec: { algorithm: 'edge-popup', edgePopup: { keep: [0.3, 0.5, 0.7], validationShare: 0.1 } },
      match: { sparsity: 'GA' },
    },
  ],
  seeds: 3,
};

function study() {
  const { cells } = completeSweep(STUDY);
  const of = (preset: string, algorithm: string, seed = 0): Cell => {
    const found = cells.find((one) => one.id === `${preset}_${algorithm}_seed-${seed}`);
    if (!found) throw new Error(`no such cell`);
    return found;
  };
  const expected = expectSeconds(cells);
  return { cells, of, expected, left: new TimeLeft(cells, expected) };
}

test('a cell that takes evaluations over is expected to make as many', () => {
  const matched = { ...STUDY, grid: undefined, algorithms: STUDY.algorithms.slice(0, 2), seeds: 1 };
  const { cells, low, high } = estimateSweep(completeSweep(matched), {});
  expect(cells).toBe(2);
  const [search] = completeSweep(matched).cells;
  if (!search) throw new Error('no cell');
  const alone = estimateCost(search.spec);
  const { population } = search.spec.search;
  for (const [guess, bound] of [[low, 'low'] as const, [high, 'high'] as const]) {
    const others = guess.evaluations - alone[bound].evaluations;
    // In whole generations.
    expect(others).toBeGreaterThanOrEqual(alone[bound].evaluations);
    expect(others).toBeLessThan(alone[bound].evaluations + population);
  }
});

test('a cell that takes a sparsity over trains with that share alone', () => {
  const { expected, of } = study();
  const [three, one] = [of('digits-10', 'edge-popup'), of('digits-10', 'as-sparse')].map(expected);
  // All but the report, which each writes once.
  expect(((three ?? 0) - 0.5) / ((one ?? 0) - 0.5)).toBeCloseTo(3);
});

test('nothing is known before a cell is done', () => {
  const { left, of } = study();
  expect(left.of(of('digits-2', 'ga'))).toBeNaN();
});

test('a search that ends early says nothing about how long a training takes', () => {
  const { left, expected, of } = study();
  const search = of('digits-2', 'ga');
  left.done(search, expected(search) / 50);
  expect(left.of(of('digits-2', 'ga', 1))).toBeCloseTo(expected(search) / 50);
  expect(left.of(of('digits-10', 'ga'))).toBeCloseTo(expected(of('digits-10', 'ga')) / 50);
  const training = of('digits-10', 'edge-popup');
  expect(left.of(training)).toBe(expected(training));
  // It does about one that makes as many evaluations.
  const matched = of('digits-10', 'random');
  expect(left.of(matched)).toBeCloseTo(expected(matched) / 50);
});

test('a cell takes at least as long as one like it has been at work', () => {
  const { left, expected, of } = study();
  const [one, other] = [of('digits-10', 'ga'), of('digits-10', 'ga', 1)];
  left.done(of('digits-2', 'ga'), expected(of('digits-2', 'ga')) / 50);
  left.running(one, expected(one));
  left.running(other, 0);
  expect(left.of(other)).toBe(expected(one));
  left.done(one, 2 * expected(one));
  expect(left.of(other)).toBe(2 * expected(one));
});

test('the nearest kin that is done counts', () => {
  const { left, expected, of } = study();
  const small = of('digits-2', 'edge-popup');
  const large = of('digits-10', 'edge-popup');
  left.done(small, 2 * expected(small));
  expect(left.of(large)).toBeCloseTo(2 * expected(large));
  expect(left.of(of('digits-10', 'as-sparse'))).toBeCloseTo(2 * expected(of('digits-10', 'as-sparse')));
  left.done(large, 100);
  left.done(of('digits-10', 'edge-popup', 1), 200);
  expect(left.of(of('digits-10', 'edge-popup', 2))).toBe(150);
});
