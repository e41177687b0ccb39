import { expect, test } from 'vitest';
import { fairnessOf, gapsOf, ratesOf } from '../../lib/search/fairness.ts';
import { compareIndividuals, evaluated } from '../../lib/search/individual.ts';

const counts = (positives: number, truePositives: number, negatives: number, falsePositives: number) => ({
  positives,
  truePositives,
  negatives,
  falsePositives,
});
/** Rates 0.6 / 0.8 / 0.4, 0.3 / 0.5 / 0.2, 0.375 / 0.75 / 0.25. */
const A = counts(10, 8, 10, 4);
const B = counts(10, 5, 20, 4);
const C = counts(4, 3, 12, 3);

test('gaps are the largest differences of the rates, between any two groups', () => {
  expect(ratesOf(B)).toEqual({ positive: 0.3, truePositive: 0.5, falsePositive: 0.2 });
  const gaps = gapsOf([A, C, B]);
  expect(gaps.demographicParity).toBeCloseTo(0.3, 12);
  expect(gaps.equalOpportunity).toBeCloseTo(0.3, 12);
  expect(gaps.equalisedOdds).toBeCloseTo(0.3, 12);
  // The false positive rate differs more than the true positive rate.
  expect(gapsOf([A, C])).toMatchObject({
    equalOpportunity: expect.closeTo(0.05),
    equalisedOdds: expect.closeTo(0.15),
  });
});

test('a group without the samples that a gap compares has no say in it', () => {
  const none = counts(0, 0, 5, 5);
  expect(gapsOf([A, B, none])).toMatchObject({
    demographicParity: expect.closeTo(0.7),
    equalOpportunity: expect.closeTo(0.3),
    equalisedOdds: expect.closeTo(0.8),
  });
  expect(gapsOf([A, none]).equalOpportunity).toBeNaN();
  expect(gapsOf([A, none]).equalisedOdds).toBeCloseTo(0.6, 12);
  expect(gapsOf([A]).equalisedOdds).toBeNaN();
});

test('the excess is the sum over all limits; a gap that cannot be measured exceeds none', () => {
  const limits = { demographicParity: { atMost: 0.1 }, equalOpportunity: { atMost: 0.25 } };
  expect(fairnessOf([A, B], limits).excess).toBeCloseTo(0.2 + 0.05, 12);
  expect(fairnessOf([A, B], { equalisedOdds: { atMost: 0.31 } }).excess).toBe(0);
  expect(fairnessOf([A, B]).excess).toBe(0);
  // In double precision 0.8 − 0.7 is more than 0.1.
  const [seven, eight] = [counts(10, 7, 1, 0), counts(10, 8, 1, 0)];
  expect(fairnessOf([seven, eight], { equalOpportunity: { atMost: 0.1 } }).excess).toBe(0);
  expect(fairnessOf([A, counts(0, 0, 5, 2)], limits).excess).toBeCloseTo(0.1, 12);
});

test('masks that satisfy the constraints come first, then those that exceed them least', () => {
  const one = (id: number, correct: number, excess?: number) => {
    const gaps = { demographicParity: 0, equalOpportunity: 0, equalisedOdds: 0 };
    const fairness = excess === undefined ? {} : { fairness: { ...gaps, excess } };
    const score = { correct, loss: Number.NaN, macroAverage: Number.NaN, ...fairness };
    return evaluated({ id, genome: Uint8Array.of(0), origin: 'start', born: 0 }, score, 8);
  };
  const order = [one(0, 9, 0.2), one(1, 8, 0.1), one(2, 5, 0), one(3, 6, 0), one(4, 7)];
  const sorted = order.toSorted(compareIndividuals('accuracy'));
  expect(sorted.map(({ id }) => id)).toEqual([4, 3, 2, 1, 0]);
});
