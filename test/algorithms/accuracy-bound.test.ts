import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Admission,
  admit,
  type BoundRules,
  defaultTries,
  firstAdmission,
  LOWEST_BOUND,
  lineLength,
  tryMask,
} from '../../lib/algorithms/parts/accuracy-bound.ts';

const ADAPTIVE: BoundRules = {
  strategy: 'adaptive-bound',
  bound: 0.85,
  tries: { reasonable: 4, given: 5 },
};
const SLOW: BoundRules = { ...ADAPTIVE, tries: { reasonable: 400, given: 500 } };

test.each([
  [[20], 1_000],
  [[39], 1_000],
  [[40], 100],
  [[75], 100],
  [[29, 29], 1_000],
  [[29, 30], 100],
  [[50, 50], 100],
  [[20, 20, 20], 100],
  [[], 100],
])('hidden layers %j are given %i tries a mask', (hidden, given) => {
  expect(defaultTries(hidden).given).toBe(given);
});

describe('the adaptive bound', () => {
  const at = (tries: number, bound = 0.85, failures = 0) => ({ bound, tries, failures });

  test('stays after a reasonable success', () => {
    expect(tryMask(ADAPTIVE, at(3), 0.85)).toEqual({ taken: true, next: at(0) });
  });

  // [the try that succeeds, the share of the 100 slow tries that are left]
  test.each([
    [401, 0.99],
    [450, 0.5],
    [475, 0.25],
    [499, 0.01],
    [500, 0],
  ])('falls after a success at try %i', (tries, left) => {
    const { taken, next } = tryMask(SLOW, at(tries - 1), 0.9);
    expect(taken).toBe(true);
    expect(next.bound).toBeCloseTo(0.85 - 0.1 * (0.051 + 0.93 * Math.exp(-9.36 * left)), 12);
    expect(next.tries).toBe(0);
  });

  test('falls after a failure, by less each time', () => {
    const { taken, next } = tryMask(ADAPTIVE, at(4), 0.84);
    expect(taken).toBe(false);
    expect(next).toEqual({ bound: 0.85 - 0.1, tries: 0, failures: 1 });
    expect(tryMask(ADAPTIVE, { ...at(4), failures: 2 }, 0).next.bound).toBeCloseTo(0.85 - 0.1 ** 1.3, 12);
  });

  test.each([0.52, 0.85, 1])('comes from %f to its floor and takes everything there', (first) => {
    let bound = at(0, first);
    for (let tries = 0; tries < 500; tries++) bound = tryMask(ADAPTIVE, bound, 0).next;
    expect(bound.bound).toBe(LOWEST_BOUND);
    expect(tryMask(ADAPTIVE, bound, 0)).toEqual({ taken: true, next: { ...bound, tries: 0 } });
  });
});

test('the static bound never moves', () => {
  const rules: BoundRules = { strategy: 'static-bound', bound: 0.7, tries: 10 };
  const before = { bound: 0.7, tries: 9, failures: 0 };
  expect(tryMask(rules, before, 0.69)).toEqual({ taken: false, next: { ...before, tries: 10 } });
  expect(tryMask(rules, before, 0.7)).toEqual({ taken: true, next: { ...before, tries: 0 } });
});

describe('the queue', () => {
  const rules = fc.constantFrom<BoundRules>(ADAPTIVE, SLOW, {
    strategy: 'static-bound',
    bound: 0.7,
    tries: 10,
  });
  const accuracies = fc.array(fc.double({ min: 0.5, max: 1, noNaN: true }), { maxLength: 300 });
  const state = ({ pace: _pace, ...rest }: Admission) => rest;

  test('takes the same masks however it is cut into batches', () => {
    fc.assert(
      fc.property(rules, accuracies, fc.nat(40), fc.array(fc.nat(60)), (bound, all, wanted, cuts) => {
        const whole = admit(bound, firstAdmission(bound, wanted), all);
        let admission = firstAdmission(bound, wanted);
        const taken: number[] = [];
        let at = 0;
        let exhausted = false;
        for (const size of [...cuts, all.length]) {
          const batch = all.slice(at, at + size);
          const part = admit(bound, admission, batch);
          taken.push(...part.taken.map((position) => at + position));
          admission = part.admission;
          at += part.tried;
          exhausted = part.exhausted;
          if (part.tried < batch.length) break;
        }
        expect(taken).toEqual(whole.taken);
        expect(exhausted).toBe(whole.exhausted);
        expect(at).toBe(whole.tried);
        expect(state(admission)).toEqual(state(whole.admission));
      }),
    );
  });

  test('takes no more than are wanted, in their order, and leaves the rest untried', () => {
    const { taken, tried, admission } = admit(ADAPTIVE, firstAdmission(ADAPTIVE, 2), [0.9, 0.1, 0.9, 0.9]);
    expect(taken).toEqual([0, 2]);
    expect(tried).toBe(3);
    expect(admission.wanted).toBe(0);
  });

  test('ends where a static bound was not reached in all its tries, whatever comes behind', () => {
    const rules: BoundRules = { strategy: 'static-bound', bound: 0.7, tries: 3 };
    const found = admit(rules, firstAdmission(rules, 2), [0.7, 0.1, 0.1, 0.1, 0.9]);
    expect(found).toMatchObject({ taken: [0], tried: 4, exhausted: true });
    expect(admit(rules, firstAdmission(rules, 2), [0.7, 0.1, 0.1, 0.9])).toMatchObject({
      taken: [0, 3],
      exhausted: false,
    });
  });

  test('is as long as the pace asks for, within bounds', () => {
    const admission = { ...firstAdmission(ADAPTIVE, 100), pace: 4 };
    expect(lineLength(admission, 0, 10)).toBe(600);
    expect(lineLength(admission, 590, 10)).toBe(16);
    expect(lineLength({ ...admission, pace: 1_000 }, 0, 10)).toBe(2_048);
    expect(lineLength({ ...admission, pace: 1_000 }, 0, 1e6)).toBe(32);
    expect(lineLength({ ...admission, pace: 1_000 }, 0, 1e9)).toBe(1);
    expect(lineLength({ ...admission, wanted: 0 }, 0, 10)).toBe(0);
  });
});
