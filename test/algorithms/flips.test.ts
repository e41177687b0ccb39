import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { chanceLast, isAtChance } from '../../lib/algorithms/parts/flip-ranking.ts';
import { isRestartDue, settingsAfter } from '../../lib/algorithms/parts/flip-restart.ts';
import {
  extentOf,
  flipsOf,
  redrawnAfter,
  sliceAfter,
  stagesOf,
} from '../../lib/algorithms/parts/flip-stages.ts';
import type { Individual, Score } from '../../lib/search/individual.ts';

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

describe('a mask at chance', () => {
  /** 60, 30 and 10 samples. */
  const problem = { bits: 8, samples: 100, viable: () => true, classSizes: [60, 30, 0, 10] };
  const individual = (figures: Partial<Score>, zeros = 3, id = 0): Individual => ({
    id,
    genome: Uint8Array.of(0xf8),
    origin: 'improvement',
    born: 1,
    zeros,
    score: { correct: 0, loss: Number.NaN, macroAverage: Number.NaN, ...figures },
  });
  /** Of a guess by the shares of the classes, in nats. */
  const entropy = -(60 * Math.log(0.6) + 30 * Math.log(0.3) + 10 * Math.log(0.1));

  it.each([
    ['accuracy', { correct: 60 }, { correct: 61 }],
    ['accuracy-then-cross-entropy', { correct: 60, loss: 1 }, { correct: 61, loss: 99 }],
    ['balanced-accuracy', { correct: 60, macroAverage: 1 / 3 }, { correct: 20, macroAverage: 0.34 }],
    ['macro-f1', { macroAverage: 0.75 / 3 }, { macroAverage: 0.26 }],
    ['cross-entropy', { correct: 90, loss: entropy }, { correct: 60, loss: 0.99 * entropy }],
  ] as const)('does no better than a guess, by %s', (objective, guess, better) => {
    expect(isAtChance(individual(guess), objective, problem)).toBe(true);
    expect(isAtChance(individual(better), objective, problem)).toBe(false);
  });

  it('or keeps nothing, or has a loss that is no number', () => {
    expect(isAtChance(individual({ correct: 100 }, 8), 'accuracy', { bits: 8, samples: 100 })).toBe(true);
    expect(isAtChance(individual({ correct: 5 }), 'accuracy', { bits: 8, samples: 100 })).toBe(false);
    expect(isAtChance(individual({}), 'cross-entropy', problem)).toBe(true);
  });

  it('comes after all others, which keep their order', () => {
    const ranked = [60, 90, 10, 80].map((correct, id) => individual({ correct }, 3, id));
    expect(chanceLast(ranked, 'accuracy', problem).map(({ id }) => id)).toEqual([1, 3, 0, 2]);
  });
});

test('starts that begin anew are cooler, and their weights cost less', () => {
  const annealing = { method: 'annealing', heat: 2, lambda: 0.8, flips: 1000 } as const;
  const kicks = { method: 'first-improvement', tail: 1.5, lambda: 0.8, flips: 1000 } as const;
  const twice = { restarts: 2, begun: 750 };
  expect(settingsAfter(annealing, { restarts: 0, begun: 0 })).toEqual(annealing);
  expect(settingsAfter(annealing, twice)).toEqual({ ...annealing, heat: 0.125, lambda: 0.05, flips: 250 });
  expect(settingsAfter(kicks, twice)).toEqual({ ...kicks, lambda: 0.05, flips: 250 });
  expect([499, 500, 999, 1000].map((done) => isRestartDue(done, 1000))).toEqual([false, true, true, false]);
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
