import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestThreshold, likeliestThreshold } from '../../lib/evaluation/threshold.ts';
import '../properties.ts';

const logits = fc.array(fc.record({ logit: fc.integer({ min: -8, max: 8 }), label: fc.constantFrom(0, 1) }), {
  minLength: 1,
  maxLength: 30,
});

test('no other threshold decides more samples right', () => {
  fc.assert(
    fc.property(logits, fc.constantFrom('accuracy', 'balanced-accuracy'), (samples, figure) => {
      const z = Float32Array.from(samples, ({ logit }) => logit);
      const labels = samples.map(({ label }) => label);
      const right = (threshold: number) => {
        const share = (own: number) => {
          const some = samples.filter(({ label }) => label === own);
          const hits = some.filter(({ logit }) => Number(logit > threshold) === own).length;
          return figure === 'accuracy' ? hits : hits / Math.max(1, some.length);
        };
        return share(0) + share(1);
      };
      const most = Math.max(...Array.from({ length: 19 }, (_, index) => right(index - 9.5)));
      expect(right(bestThreshold(z, labels, figure))).toBeCloseTo(most, 9);
    }),
  );
});

test('among equals it is the middle of the widest gap', () => {
  expect(bestThreshold(Float32Array.of(1, 5, 2, 9), [0, 1, 0, 1], 'accuracy')).toBe(3.5);
  // With one mistake either way: 0 | 1 between 4 and 10, or 1 | 0 between 1 and 2.
  expect(bestThreshold(Float32Array.of(1, 2, 4, 10), [0, 1, 0, 1], 'accuracy')).toBe(7);
  // Neighbours in float32, with nothing between them.
  const next = 1 + 2 ** -23;
  expect(bestThreshold(Float32Array.of(1, next), [0, 1], 'accuracy')).toBe(1);
});

test('one that answers the same for every sample comes after equally good ones', () => {
  expect(bestThreshold(Float32Array.of(1, 2, 3), [0, 1, 0], 'accuracy')).toBe(1.5);
  expect(bestThreshold(Float32Array.of(1, 2, 3), [1, 0, 1], 'accuracy')).toBe(2.5);
});

test('shares of the class and the rest that add up to the same are equal', () => {
  // Below 13: both of the class, and three of six others. Below 29: one of the class, and all others.
  const z = Float32Array.of(1, 4, 10, 13, 14, 20, 28, 29);
  expect(bestThreshold(z, [0, 0, 0, 1, 0, 0, 0, 1], 'balanced-accuracy')).toBe(11.5);
});

test.each([0, 250, -4_000])(
  'the likeliest threshold gives as much probability as there are samples of the class: logits about %d',
  (about) => {
    const z = Float32Array.of(-3, -1, 0.5, 2, 4, -2, 7, 0).map((logit) => about + logit);
    const labels = [0, 0, 1, 1, 1, 1, 1, 0];
    const threshold = likeliestThreshold(z, labels);
    const sum = z.reduce((total, logit) => total + 1 / (1 + Math.exp(threshold - logit)), 0);
    expect(sum).toBeCloseTo(5, 2);
  },
);

test('a likeliest threshold of 0 is found, which halvings only come near to', () => {
  expect(likeliestThreshold(Float32Array.of(-1, 1), [0, 1])).toBeCloseTo(0, 12);
});
