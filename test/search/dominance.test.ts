import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at } from '../../lib/base/at.ts';
import {
  crowding,
  dominates,
  hypervolume,
  type Point,
  ranked,
  undominated,
} from '../../lib/search/dominance.ts';
import '../properties.ts';

/** Values of pymoo 0.6, which minimises: it was given the negatives. */
const PLANE: Point[] = [
  [0.597, 0.299],
  [0.332, 0.692],
  [0.993, 0.103],
  [0.978, 0.97],
  [0.244, 0.333],
  [0.342, 0.774],
  [0.904, 0.79],
  [0.023, 0.01],
  [0.433, 0.722],
  [0.584, 0.228],
  [0.008, 0.564],
  [0.155, 0.905],
];
const SPACE: Point[] = [
  [0.597, 0.299, 0.332],
  [0.692, 0.993, 0.103],
  [0.978, 0.97, 0.244],
  [0.333, 0.342, 0.774],
  [0.904, 0.79, 0.023],
  [0.01, 0.433, 0.722],
  [0.584, 0.228, 0.008],
  [0.564, 0.155, 0.905],
  [0.551, 0.446, 0.966],
  [0.558, 0.808, 0.461],
];

const points = fc
  .integer({ min: 2, max: 3 })
  .chain((axes) =>
    fc.array(
      fc.tuple(
        ...Array.from({ length: axes }, () => fc.integer({ min: 0, max: 8 }).map((value) => value / 8)),
      ),
      { minLength: 1, maxLength: 14 },
    ),
  );

describe('ranks', () => {
  test('are those of pymoo', () => {
    expect(ranked(PLANE)).toEqual([[2, 3], [6, 11], [0, 5, 8], [1, 9], [4, 10], [7]]);
    expect(ranked(SPACE)).toEqual([[0, 1, 2, 7, 8, 9], [3, 4, 5], [6]].map((front) => front));
  });

  test('hold every point once, and the first are those that nothing dominates', () => {
    fc.assert(
      fc.property(points, (all) => {
        const fronts = ranked(all);
        expect(fronts.flat().sort((a, b) => a - b)).toEqual([...all.keys()]);
        expect(fronts[0]).toEqual(undominated(all));
        for (const [place, front] of fronts.slice(1).entries())
          for (const own of front)
            expect(at(fronts, place).some((other) => dominates(at(all, other), at(all, own)))).toBe(true);
      }),
    );
  });
});

test('crowding is that of pymoo, which divides it by the number of objectives', () => {
  const front = [0, 1, 2, 7, 8, 9].map((position) => at(SPACE, position));
  const infinite = Number.POSITIVE_INFINITY;
  const expected = [3 * 0.2994898711934619, infinite, infinite, infinite, infinite, 3 * 0.4399020714243842];
  for (const [index, distance] of crowding(front).entries())
    if (expected[index] === infinite) expect(distance).toBe(infinite);
    else expect(distance).toBeCloseTo(at(expected, index), 12);
});

describe('hypervolume', () => {
  test('takes more points than a call takes arguments', () => {
    expect(hypervolume(Array.from({ length: 300_000 }, (_, point) => [point]))).toBe(299_999);
  });

  test('is that of pymoo', () => {
    expect(hypervolume(PLANE)).toBeCloseTo(0.950205, 12);
    expect(hypervolume(SPACE)).toBeCloseTo(0.45709240400000006, 12);
  });

  test('is the share of a grid that points cover', () => {
    fc.assert(
      fc.property(points, (all) => {
        const axes = at(all, 0).length;
        const cells = 8 ** axes;
        let covered = 0;
        for (let cell = 0; cell < cells; cell++) {
          const corner = Array.from({ length: axes }, (_, axis) => (Math.floor(cell / 8 ** axis) % 8) / 8);
          if (all.some((point) => point.every((value, axis) => value > at(corner, axis)))) covered++;
        }
        expect(hypervolume(all)).toBeCloseTo(covered / cells, 12);
      }),
    );
  });

  test('is 0 without points, or where one value is', () => {
    expect(hypervolume([])).toBe(0);
    expect(hypervolume([[0, 1]])).toBe(0);
  });
});
