import { expect, test } from 'vitest';
import { type PickRule, pickFrom } from '../../lib/search/picking.ts';

/** Kept weights and accuracy; a standard error of a point each. */
const FRONT = [
  [400, 0.97],
  [200, 0.965],
  [100, 0.95],
  [50, 0.9],
  [20, 0.6],
].map(([kept = 0, accuracy = 0]) => ({ kept, accuracy, standardError: 0.01 }));

const picked = (rule: PickRule) => pickFrom(rule, FRONT, 1);

test('the best is the one of the search', () => {
  expect(picked('best')).toEqual({ position: 1, met: true });
});

test('the knee is farthest above the line between the ends', () => {
  // The line rises by 0.37 over 380 weights: 100 weights lie 0.2721 above it, 50 weights 0.2708.
  expect(picked('knee')).toEqual({ position: 2, met: true });
  // On a line, and of one or two tickets, there is no knee: the search's best stays.
  expect(pickFrom('knee', FRONT.slice(0, 2), 0)).toEqual({ position: 0, met: true });
  const line = [0, 1, 2].map((step) => ({ kept: 10 * step, accuracy: 0.1 * step, standardError: 0 }));
  expect(pickFrom('knee', line, 2)).toEqual({ position: 2, met: true });
});

test('the sparsest that is as good as the best, up to one standard error', () => {
  const { position, least, met } = picked('sparsest-within-one-standard-error');
  expect([position, met]).toEqual([1, true]);
  expect(least).toBeCloseTo(0.96, 12);
  const unsure = FRONT.map((one) => ({ ...one, standardError: 0.02 }));
  expect(pickFrom('sparsest-within-one-standard-error', unsure, 0).position).toBe(2);
});

test('the sparsest that is accurate enough, or the most accurate', () => {
  expect(picked({ accuracy: { atLeast: 0.9 } })).toEqual({ position: 3, least: 0.9, met: true });
  expect(picked({ accuracy: { atLeast: 0.98 } })).toEqual({ position: 0, least: 0.98, met: false });
});

test('the most accurate that is small enough, or the smallest', () => {
  expect(picked({ weights: { atMost: 199 } })).toEqual({ position: 2, met: true });
  expect(picked({ weights: { atMost: 19 } })).toEqual({ position: 4, met: false });
});

test('of equals the sparser one, then the first', () => {
  const twins = [30, 20, 20].map((kept) => ({ kept, accuracy: 0.9, standardError: 0 }));
  expect(pickFrom({ weights: { atMost: 99 } }, twins, 0).position).toBe(1);
});
