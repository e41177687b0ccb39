import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bandAt, bandOf, bandsOf, commonWork, learningCurve, type Measure } from '../../lib/sweep/curves.ts';
import { parseHistory } from '../../lib/sweep/parsed-history.ts';

const curveOf = (history: string, measure: Measure, total?: number) =>
  learningCurve(parseHistory(history), measure, total);

test('the curve of a search goes by evaluations, that of a training by rows', () => {
  const search = 'generation,evaluations,bestAccuracy,bestLoss\n0,100,0.8,\n1,153,0.85,0.5\n';
  expect(curveOf(search, 'accuracy')).toEqual([
    { work: 100, value: 0.8 },
    { work: 153, value: 0.85 },
  ]);
  expect(curveOf(search, 'loss')).toEqual([{ work: 153, value: 0.5 }]);
  const training = 'epoch,keep,trainAccuracy,trainLoss\n1,0.5,0.7,1.2\n2,0.5,0.9,0.3\n';
  expect(curveOf(training, 'accuracy').at(-1)).toEqual({ work: 2, value: 0.9 });
  // The best epoch so far, by validation data where there are any: another share begins anew, and lower.
  const shares =
    'epoch,keep,trainAccuracy,trainLoss,validationAccuracy,validationLoss\n' +
    '1,0.5,0.7,1.2,0.6,1\n2,0.5,0.9,0.3,0.5,2\n1,0.3,0.5,1.5,0.4,3\n2,0.3,0.8,0.4,0.6,0.9\n';
  const steps = (values: readonly [first: number, last: number]) => [
    { work: 1, value: values[0] },
    { work: 4, value: values[1] },
  ];
  expect(curveOf(shares, 'accuracy')).toEqual(steps([0.7, 0.8]));
  expect(curveOf(shares, 'loss')).toEqual(steps([1.2, 0.4]));
  const unvalidated = 'epoch,keep,trainAccuracy,trainLoss\n1,0.5,0.7,1.2\n2,0.5,0.6,1.1\n3,0.5,0.8,0.9\n';
  expect(curveOf(unvalidated, 'accuracy')).toEqual([
    { work: 1, value: 0.7 },
    { work: 3, value: 0.8 },
  ]);
  const diverged = 'epoch,keep,trainAccuracy,trainLoss\n1,0.5,0.1,Infinity\n2,0.5,0.6,1.1\n';
  expect(curveOf(diverged, 'loss')).toEqual([{ work: 2, value: 1.1 }]);
  expect(curveOf('something,else\n1,2\n', 'accuracy')).toEqual([]);
  expect(curveOf('', 'accuracy')).toEqual([]);
});

test('a curve has a point where its value changes, and one where its values end', () => {
  const losses = ['', '0.5', '0.5', '0.4', '0.4', '0.4', ''];
  const rows = losses.map((loss, row) => `${row + 1},0.9,${loss}\n`);
  expect(curveOf(`evaluations,bestAccuracy,bestLoss\n${rows.join('')}`, 'loss')).toEqual([
    { work: 2, value: 0.5 },
    { work: 4, value: 0.4 },
    { work: 6, value: 0.4 },
  ]);
});

test('seconds and dollars are spread over evaluations and flips, or over epochs', () => {
  const flips = 'generation,evaluations,flips,bestAccuracy\n0,100,0,0.5\n1,110,390,0.6\n2,120,880,0.9\n';
  expect(curveOf(flips, 'accuracy').map(({ work }) => work)).toEqual([100, 110, 120]);
  expect(curveOf(flips, 'accuracy', 20).map(({ work }) => work)).toEqual([2, 10, 20]);
  const epochs = 'epoch,keep,trainAccuracy,trainLoss\n1,0.5,0.7,1.2\n2,0.5,0.9,0.3\n';
  expect(curveOf(epochs, 'accuracy', 0.5).map(({ work }) => work)).toEqual([0.25, 0.5]);
});

test('a band begins once all runs have, and is compared where the shortest ends', () => {
  const late = [
    { work: 50, value: 0.1 },
    { work: 400, value: 0.3 },
  ];
  const early = [
    { work: 10, value: 0.2 },
    { work: 20, value: 0.5 },
  ];
  const band = bandOf([late, early]);
  expect(band[0]?.work).toBe(50);
  expect(band[0]?.median).toBeCloseTo(0.3, 12);
  expect(commonWork([band, bandOf([early])])).toBe(20);
  expect(bandAt(band, 20)).toBeUndefined();
  expect(bandAt(band, 400)).toMatchObject({ median: 0.4 });
});

test('a run that is over stays where it ended', () => {
  const short = [{ work: 100, value: 0.2 }];
  const long = [
    { work: 100, value: 0.4 },
    { work: 10_000, value: 0.8 },
  ];
  const band = bandOf([short, long]);
  expect(band[0]).toMatchObject({ work: 100, median: 0.30000000000000004 });
  expect(band.at(-1)).toMatchObject({ work: 10_000, median: 0.5 });
  expect(bandOf([])).toEqual([]);
  expect(bandOf([short])).toEqual([{ work: 100, low: 0.2, median: 0.2, high: 0.2 }]);
});

test('where the shortest line of a figure ends, each band has the values of just there', () => {
  const short = [
    { work: 10, value: 0.1 },
    { work: 990, value: 0.2 },
  ];
  // It leaps between two of the places that are spaced evenly.
  const long = [
    { work: 10, value: 0.3 },
    { work: 989, value: 0.9 },
    { work: 50_000, value: 1 },
  ];
  const single = [{ work: 7, value: 0.5 }];
  const bands = bandsOf([[short], [long], [single], []]);
  const work = commonWork(bands);
  expect(work).toBe(990);
  expect(bands.map((band) => bandAt(band, work)?.median)).toEqual([0.2, 0.9, 0.5, undefined]);
  expect(bandAt(bandOf([long]), work)?.median).toBe(0.3);
});

test('a band lies within its curves and ends where they end', () => {
  const curve = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 30,
    })
    .map((steps) => {
      let work = 0;
      return steps.map(([more, value]) => {
        work += more;
        return { work, value };
      });
    });
  fc.assert(
    fc.property(fc.array(curve, { minLength: 1, maxLength: 6 }), (curves) => {
      const band = bandOf(curves);
      const values = curves.flat().map(({ value }) => value);
      for (const { low, median, high } of band) {
        expect(Math.min(...values)).toBeLessThanOrEqual(low + 1e-12);
        expect(low).toBeLessThanOrEqual(median + 1e-12);
        expect(median).toBeLessThanOrEqual(high + 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-12);
      }
      const ends = curves.map((one) => one.at(-1)?.value ?? 0).toSorted((a, b) => a - b);
      expect(band.at(-1)?.low).toBeGreaterThanOrEqual(ends[0] ?? 0);
    }),
  );
});
