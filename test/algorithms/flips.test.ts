import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  extentOf,
  flipsOf,
  redrawnAfter,
  sliceAfter,
  stagesOf,
} from '../../lib/algorithms/parts/flip-stages.ts';

const DEFAULTS = { flips: null, firstSamples: null };

test.each([
  ['moons-a', 80, 50_000, 24_000],
  ['circles-d', 2700, 50_000, 99_489],
  ['digits-10', 5550, 1437, 200_000],
  ['MNIST', 266_200, 60_000, 798_600],
  ['a small network on few data', 12, 100, 3600],
])('flips by default follow from weights and samples: %s', (_, bits, samples, flips) => {
  expect(flipsOf(DEFAULTS, { bits, samples })).toBe(flips);
  expect(flipsOf({ ...DEFAULTS, flips: 7 }, { bits, samples })).toBe(7);
});

test.each([
  ['circles-d', 2700, 50_000, null],
  ['digits-10', 5550, 1437, null],
  ['MNIST', 266_200, 60_000, 53_240],
  ['MNIST of few images, which are all taken', 266_200, 3_999, null],
])('a part of the samples is drawn anew where weights are many: %s', (_, bits, samples, after) => {
  expect(redrawnAfter(DEFAULTS, { bits, samples })).toBe(after);
});

test('a small network has one draw, however few the first samples are', () => {
  expect(redrawnAfter({ ...DEFAULTS, firstSamples: 50 }, { bits: 5550, samples: 1437 })).toBe(null);
});

describe('stages', () => {
  it('double where weights are many, with as many flips each', () => {
    const stages = stagesOf({ flips: 500_000, firstSamples: null }, { bits: 266_200, samples: 60_000 });
    expect(stages.map(({ samples, end }) => [samples, end])).toEqual([
      [2_000, 100_000],
      [4_000, 200_000],
      [8_000, 300_000],
      [16_000, 400_000],
      [60_000, 500_000],
    ]);
  });

  it.each([
    [null, 1437, [1437]],
    [null, 3999, [3999]],
    [null, 4000, [2000, 4000]],
    [null, 50_000, [2000, 10_000, 50_000]],
    [50, 50_000, [50, 250, 1250, 6250, 50_000]],
    [300, 400, [300, 400]],
    [400, 400, [400]],
  ])('from %s of %i samples', (firstSamples, samples, expected) => {
    const stages = stagesOf({ flips: 90_000, firstSamples }, { bits: 300, samples });
    expect(stages.map((stage) => stage.samples)).toEqual(expected);
    expect(stages.at(-1)?.end).toBe(90_000);
  });

  it('are cut into as many slices as they say, whose flips are all flips', () => {
    const whole = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), whole, fc.option(whole), (flips, samples, first) => {
        const firstSamples = first === null ? null : Math.min(first, samples);
        const stages = stagesOf({ flips, firstSamples }, { bits: 10, samples });
        let [done, generations, before] = [0, 0, 0];
        while (done < flips) {
          const slice = sliceAfter(stages, done);
          expect(slice.flips).toBeGreaterThan(0);
          expect(slice.samples).toBeGreaterThanOrEqual(before);
          [done, generations, before] = [done + slice.flips, generations + 1, slice.samples];
        }
        expect(done).toBe(flips);
        expect(extentOf(stages).generations).toBe(generations);
      }),
    );
  });
});
