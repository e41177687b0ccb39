import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pick } from '../../lib/data/dataset.ts';
import { orderOfEpoch, splitSamples } from '../../lib/training/samples.ts';

const labels = fc
  .array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 200 })
  .map((values) => Uint16Array.of(...values, ...[0, 1, 2, 3, 0, 1, 2, 3]));

describe('the split', () => {
  test('holds out the share of every class, each sample on one side, in the order of the data', () => {
    fc.assert(
      fc.property(labels, fc.nat(), (drawn, seed) => {
        const { training, validation } = splitSamples(drawn, 4, 0.5, seed);
        expect([...training, ...validation].sort((a, b) => a - b)).toEqual([...drawn.keys()]);
        expect([...training]).toEqual([...training].sort((a, b) => a - b));
        for (const label of [0, 1, 2, 3]) {
          const of = (indices: Iterable<number>) =>
            [...indices].filter((index) => drawn[index] === label).length;
          expect(of(validation)).toBe(Math.round(of(drawn.keys()) / 2));
        }
      }),
    );
  });

  test('is a function of the seed', () => {
    const drawn = Uint16Array.from({ length: 100 }, (_, index) => index % 2);
    const split = (seed: number) => splitSamples(drawn, 2, 0.2, seed);
    expect(split(1)).toEqual(splitSamples(drawn, 2, 0.2, 1));
    expect(split(1)).not.toEqual(split(2));
  });

  test('holds out nothing at share 0', () => {
    const { training, validation } = splitSamples(Uint16Array.of(0, 1, 1), 2, 0, 0);
    expect([training, validation]).toEqual([Int32Array.of(0, 1, 2), new Int32Array()]);
  });
});

test('an epoch has every sample once, in an order of its own', () => {
  const training = Int32Array.from({ length: 50 }, (_, index) => 2 * index);
  const first = orderOfEpoch(training, true, 5, 0);
  expect([...first].sort((a, b) => a - b)).toEqual([...training]);
  expect(first).not.toEqual(training);
  expect(orderOfEpoch(training, true, 5, 0)).toEqual(first);
  expect(orderOfEpoch(training, true, 5, 1)).not.toEqual(first);
  expect(orderOfEpoch(training, false, 5, 1)).toEqual(training);
});

test('picks rows', () => {
  const data = { features: 2, x: Float32Array.of(0, 1, 2, 3, 4, 5), labels: Uint16Array.of(7, 8, 9) };
  expect(pick(data, Int32Array.of(2, 0))).toEqual({
    features: 2,
    x: Float32Array.of(4, 5, 0, 1),
    labels: Uint16Array.of(9, 7),
  });
});
