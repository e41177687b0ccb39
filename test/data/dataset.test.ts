import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discard } from '../../lib/data/array-release.ts';
import { IDENTITY, scaled } from '../../lib/data/dataset.ts';
import { fitScaling } from '../../lib/data/samples/scaling.ts';
import { discardDataset } from '../../lib/data/task-data.ts';

/** All values alike, as the built-in data are scaled. */
function fitMinMax(x: Float32Array, [from, to]: readonly [number, number]) {
  const samples = { features: 1, x, labels: new Uint16Array(x.length) };
  return fitScaling(samples, { method: 'min-max', range: [from, to], per: 'all' });
}

const RANGE = [-0.7, 0.7] as const;

describe('min-max scaling', () => {
  test('maps smallest and largest to the ends of the range, and the rest between', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ minLength: 2, maxLength: 50, min: -100, max: 100, noNaN: true }),
        (values) => {
          fc.pre(Math.max(...values) - Math.min(...values) > 0.01);
          const result = scaled(values, fitMinMax(values, RANGE));
          const tolerance = 1e-5 * (1 + 100 / (Math.max(...values) - Math.min(...values)));
          expect(Math.abs(Math.min(...result) + 0.7)).toBeLessThan(tolerance);
          expect(Math.abs(Math.max(...result) - 0.7)).toBeLessThan(tolerance);
        },
      ),
    );
  });

  test('one scale over all values: the shape of the data is kept', () => {
    const {
      scale: [scale],
      offset: [offset],
    } = fitMinMax(Float32Array.of(0, 10, 5, 2), RANGE);
    expect(scale).toBeCloseTo(0.14, 6);
    expect(offset).toBeCloseTo(-0.7, 6);
  });

  test('constant data maps to the middle', () => {
    const scaling = fitMinMax(Float32Array.of(3, 3, 3), [0, 1]);
    expect([...scaled(Float32Array.of(3, 3), scaling)]).toEqual([0.5, 0.5]);
  });
});

test('identity hands out the very values', () => {
  const values = Float32Array.of(1, 2);
  expect(scaled(values, IDENTITY)).toBe(values);
});

test('features are scaled where they stand, if so asked, to the same values', () => {
  const values = Float32Array.of(0.1, 1 / 3, 1e7, -4);
  const scaling = { scale: [Math.fround(0.7), 3], offset: [Math.fround(0.1), -1] };
  const apart = scaled(values, scaling);
  expect(apart).not.toBe(values);
  expect(scaled(values, scaling, values)).toBe(values);
  expect(values).toEqual(apart);
});

test('an array is freed at once, unless others share its memory', () => {
  const [whole, shared] = [Float32Array.of(1, 2), Float32Array.of(1, 2)];
  const part = shared.subarray(1);
  for (const array of [whole, part, new Float32Array()]) discard(array);
  expect(whole.length).toBe(0);
  expect([...shared, ...part]).toEqual([1, 2, 2]);
  discard(whole);
});

test('each operation is rounded to single precision, as in the graph of the ticket', () => {
  const values = Float32Array.of(0.1, 1 / 3, 1e7);
  const [scale, offset] = [Math.fround(0.7), Math.fround(0.1)];
  expect([...scaled(values, { scale: [scale], offset: [offset] })]).toEqual(
    [...values].map((value) => Math.fround(Math.fround(value * scale) + offset)),
  );
});

test('only data sets too large to be remembered are freed', () => {
  const of = (samples: number) => {
    const part = () => ({
      features: 100,
      x: new Float32Array(100 * samples),
      labels: new Uint16Array(samples),
    });
    return { classes: 2, train: part(), test: part(), validation: part(), scaling: IDENTITY };
  };
  const [small, large] = [of(10), of(100_000)];
  for (const dataset of [small, large]) discardDataset(dataset);
  expect(small.train.x.length).toBe(1000);
  for (const { x } of [large.train, large.test, large.validation]) expect(x.length).toBe(0);
});
