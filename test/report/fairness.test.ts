import { expect, test } from 'vitest';
import { fairnessReport, measuredGaps } from '../../lib/report/fairness.ts';
import { fairnessTables } from '../../lib/report/tables/fairness-table.ts';
import { brokenText, limitText, testGapText } from '../../lib/report/text/fairness.ts';

/** Two classes; rows of the counts are the true class. */
const confusion = (...counts: number[]) => ({ classes: 2, counts: Uint32Array.from(counts) });

test("the interval is Newcombe's", () => {
  // Newcombe 1998, table II, (a): 56/70 − 48/80, method 10.
  const groups = [
    { positives: 80, truePositives: 48, negatives: 0, falsePositives: 0 },
    { positives: 70, truePositives: 56, negatives: 0, falsePositives: 0 },
  ];
  const { equalOpportunity, equalisedOdds } = measuredGaps(groups, ['x', 'y']);
  expect(equalOpportunity).toEqual({
    gap: expect.closeTo(0.2, 12),
    low: expect.closeTo(0.0524, 4),
    high: expect.closeTo(0.3339, 4),
    groups: ['y', 'x'],
  });
  // No group has negative samples: the odds are those of the positive ones.
  expect(equalisedOdds).toEqual(equalOpportunity);
});

test('a gap of one group is none, and one below its own uncertainty begins at 0', () => {
  const one = { positives: 10, truePositives: 5, negatives: 0, falsePositives: 0 };
  expect(measuredGaps([one], ['x']).equalOpportunity).toBeNull();
  const equal = measuredGaps([one, one], ['x', 'y']).equalOpportunity;
  expect(equal).toMatchObject({ gap: 0, low: 0 });
  expect(equal?.high).toBeGreaterThan(0.2);
});

test('the report has gaps of all parts, each group, and how limits fare', () => {
  const parts = {
    train: [confusion(90, 10, 20, 80), confusion(95, 5, 50, 50)],
    validation: undefined,
    test: [confusion(45, 5, 10, 40), confusion(48, 2, 20, 30)],
  };
  const limits = { demographicParity: { atMost: 0.1 }, equalOpportunity: { atMost: 0.05 } };
  const report = fairnessReport(parts, ['f', 'm', 'x'], { label: 1, name: 'hired' }, limits);
  expect(report.train).toEqual({
    demographicParity: expect.closeTo(0.175),
    equalOpportunity: expect.closeTo(0.3),
    equalisedOdds: expect.closeTo(0.3),
    excess: expect.closeTo(0.075 + 0.25),
  });
  expect(report.groups[1]).toEqual({
    name: 'm',
    samples: 100,
    accuracy: 0.78,
    positiveRate: 0.32,
    truePositiveRate: 0.6,
    falsePositiveRate: 0.04,
  });
  // None of the last group is in the test data.
  expect(report.groups[2]).toMatchObject({ name: 'x', samples: 0, accuracy: null, positiveRate: null });
  expect(testGapText(report, 'demographicParity')).toMatch(/^13 % \(95 % interval 0 % to 25\.\d+ %\)$/);
  expect(limitText(report, 'demographicParity')).toBe('at most 10 %: within the interval');
  expect(limitText(report, 'equalOpportunity')).toMatch(/^at most 5 %: (exceeded|within the interval)$/);
  expect(limitText(report, 'equalisedOdds')).toBeUndefined();
  expect(brokenText(report)).toBe(
    'no ticket satisfies the constraints on the training data: the nearest exceeds them by 32.5 % in all',
  );
  const tables = fairnessTables(report).markup;
  for (const text of ['Equalised odds', 'answered “hired”', 'No ticket satisfies', '>78'])
    expect(tables).toContain(text);
  expect(fairnessTables(undefined).markup).toBe('');
});
