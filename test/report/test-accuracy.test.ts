/** The interval of a test accuracy, and what guessing reaches. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wilsonInterval } from '../../lib/report/intervals.ts';
import { testAccuracyContext, untaughtText } from '../../lib/report/test-accuracy.ts';

test.each([
  [8, 10, 0.4901625, 0.9433178],
  [438, 450, 0.9539728, 0.984681],
  [0, 20, 0, 0.1611251],
  [20, 20, 0.8388749, 1],
])('%i of %i correct', (correct, samples, low, high) => {
  const interval = wilsonInterval(correct / samples, samples);
  expect(interval[0]).toBeCloseTo(low, 6);
  expect(interval[1]).toBeCloseTo(high, 6);
});

test('its ends are the shares that are just as far from what was measured as 95 % of samples are', () => {
  for (const share of [0.1, 0.5, 0.93]) {
    for (const samples of [12, 900]) {
      for (const end of wilsonInterval(share, samples)) {
        expect(Math.abs(share - end) / Math.sqrt((end * (1 - end)) / samples)).toBeCloseTo(1.959964, 6);
      }
    }
  }
});

test('the interval holds the share and stays between 0 and 1', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (samples, at) => {
        const share = Math.round(at * samples) / samples;
        const [low, high] = wilsonInterval(share, samples);
        expect(0 <= low && low <= share && share <= high && high <= 1).toBe(true);
      },
    ),
  );
});

test('a training that has learned nothing says so; a search does not, nor one that learned its training data', () => {
  const figures = { algorithm: 'lcs', testAccuracy: 0.3, trainAccuracy: 0.305, largestClassAccuracy: 0.3 };
  expect(untaughtText(figures)).toBe(
    'The training ended where guessing the largest class does: choose a smaller learning rate, or more epochs.',
  );
  expect(untaughtText({ ...figures, algorithm: 'annealing' })).toBeUndefined();
  expect(untaughtText({ ...figures, trainAccuracy: 0.9 })).toBeUndefined();
  expect(untaughtText({ ...figures, testAccuracy: 0.32 })).toBeUndefined();
});

test('is told with what guessing reaches, of earlier runs without', () => {
  const figures = { testAccuracy: 0.8, testSamples: 10 };
  expect(testAccuracyContext(figures)).toBe('95 % interval 49.02 % to 94.33 %');
  expect(testAccuracyContext({ ...figures, largestClassAccuracy: 0.3 })).toBe(
    '95 % interval 49.02 % to 94.33 %; always guessing the largest class: 30.00 %',
  );
});
