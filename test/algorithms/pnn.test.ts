/** The constructive probabilistic neural network: its rules by hand, its model against them, and classes that come and go. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConstructivePnn } from '../../lib/algorithms/pnn/constructive-pnn.ts';
import { TicketSession } from '../../lib/evaluation/ticket.ts';
import { buildPnnModel } from '../../lib/network/models/pnn-model.ts';

const centersOf = (pnn: ConstructivePnn) => pnn.centers.map(({ label, x }) => [label, ...x]);
const NONE = { scale: [1], offset: [0] };

describe('a sample', () => {
  const pnn = () => {
    const made = new ConstructivePnn();
    made.learn([0, 0], 0);
    made.learn([4, 0], 1);
    return made;
  };

  test('of a class that is new becomes a centre', () => {
    expect(centersOf(pnn())).toEqual([
      [0, 0, 0],
      [1, 4, 0],
    ]);
  });

  test('of a class that is predicted moves its nearest centre half of the way', () => {
    const one = pnn();
    one.learn([1, 1], 0);
    expect(centersOf(one)).toEqual([
      [0, 0.5, 0.5],
      [1, 4, 0],
    ]);
  });

  test('that is taken for another class becomes a centre of its own', () => {
    const one = pnn();
    one.learn([3, 0], 0);
    expect(centersOf(one)).toEqual([
      [0, 0, 0],
      [1, 4, 0],
      [0, 3, 0],
    ]);
  });
});

test('the activations are exp(−d² / (farthest / classes)²), summed by class', () => {
  const pnn = new ConstructivePnn();
  for (const [x, label] of [
    [1, 0],
    [-1.05, 1],
    [1.05, 1],
  ] as const)
    pnn.learn([x], label);
  expect(centersOf(pnn)).toEqual([
    [0, 1],
    [1, -1.05],
    [1, 1.05],
  ]);
  // Of 0, the nearest is of class 0, with e^(−4 / 1.1025) = .0266; class 1 has 2 · e⁻⁴ = .0366.
  expect(pnn.predict([0])).toBe(1);
  expect(pnn.predict([0.5])).toBe(0);
});

test('with a hundred classes, the activations of all centres are tiny, and the largest still counts', () => {
  const pnn = new ConstructivePnn();
  const labels = Array.from({ length: 100 }, (_, label) => label);
  const along = (label: number, size: number) => labels.map((axis) => (axis === label ? size : 0));
  for (const label of labels) pnn.learn(along(label, 1), label);
  // Squares of distances are 1/4 to its own centre, and 5/4 to the others: e^(−2,000), and e^(−10,000).
  expect(labels.map((label) => pnn.predict(along(label, 0.5)))).toEqual(labels);
  pnn.learn(along(7, 0.5), 7);
  expect(pnn.centers).toHaveLength(100);
  expect(pnn.centers[7]?.x[7]).toBe(0.75);
});

test('an unlearned class is never answered, and can be learned again', async () => {
  const pnn = new ConstructivePnn();
  for (const [x, label] of [
    [0, 0],
    [1, 1],
    [2, 2],
  ] as const)
    pnn.learn([x], label);
  pnn.forget(1);
  expect(pnn.labels).toEqual([0, 2]);
  await using session = await TicketSession.open(buildPnnModel(pnn, 3, 1, NONE, {}));
  expect([...(await session.predict(Float32Array.of(0, 0.9, 1.1, 2), 1))]).toEqual([0, 0, 2, 2]);
  pnn.learn([1], 1);
  expect(pnn.predict([1.1])).toBe(1);
});

test('the model answers as the network does, in the units of the data', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }), fc.nat(2)), {
        minLength: 1,
        maxLength: 25,
      }),
      async (samples) => {
        const pnn = new ConstructivePnn();
        for (const [a, b, label] of samples) pnn.learn([a / 10, b / 10], label);
        await using session = await TicketSession.open(
          buildPnnModel(pnn, 3, 2, { scale: [0.1], offset: [0] }, {}),
        );
        const found = await session.predict(
          Float32Array.from(samples.flatMap((sample) => sample.slice(0, 2))),
          2,
        );
        // Sums that nearly tie may be ranked otherwise in single precision.
        const other = samples.filter(([a, b], at) => pnn.predict([a / 10, b / 10]) !== found[at]);
        for (const [a, b] of other) {
          const [best = 0, next = 0] = sumsOf(pnn, [a / 10, b / 10]);
          expect(best - next).toBeLessThan(1e-4 * best);
        }
      },
    ),
    { numRuns: 30 },
  );
});

/** Activations by class, the largest first. */
function sumsOf(pnn: ConstructivePnn, x: readonly number[]): number[] {
  const squares = pnn.centers.map(({ x: center }) =>
    center.reduce((sum, value, at) => sum + (value - (x[at] ?? 0)) ** 2, 0),
  );
  const farthest = Math.max(...squares);
  return pnn.labels
    .map((label) =>
      squares.reduce((sum, square, at) => {
        if (pnn.centers[at]?.label !== label) return sum;
        return sum + Math.exp((-square * pnn.labels.length ** 2) / Math.max(farthest, 1e-30));
      }, 0),
    )
    .sort((a, b) => b - a);
}
