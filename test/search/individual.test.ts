import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareIndividuals,
  evaluated,
  fitnessOf,
  fitnessShare,
  type Individual,
  OBJECTIVES,
  selectSurvivors,
} from '../../lib/search/individual.ts';
import { individual, populations } from './masks.ts';

const ranked = (objective: (typeof OBJECTIVES)[number], ...individuals: Individual[]) =>
  individuals.toSorted(compareIndividuals(objective)).map(({ id }) => id);

describe('fitness', () => {
  test.each([
    ['accuracy', { correct: 7, loss: Number.NaN, macroAverage: Number.NaN }, 7],
    ['cross-entropy', { correct: 7, loss: 2.5, macroAverage: 0.5 }, -2.5],
    ['cross-entropy', { correct: 7, loss: Number.NaN, macroAverage: 0.5 }, Number.NEGATIVE_INFINITY],
    [
      'cross-entropy',
      { correct: 7, loss: Number.POSITIVE_INFINITY, macroAverage: 0.5 },
      Number.NEGATIVE_INFINITY,
    ],
    [
      'cross-entropy',
      { correct: 7, loss: Number.NEGATIVE_INFINITY, macroAverage: 0.5 },
      Number.NEGATIVE_INFINITY,
    ],
    ['accuracy-then-cross-entropy', { correct: 7, loss: 6, macroAverage: 0.5 }, 7.125],
    ['accuracy-then-cross-entropy', { correct: 7, loss: Number.NaN, macroAverage: 0.5 }, 7],
    ['balanced-accuracy', { correct: 7, loss: 2.5, macroAverage: 0.25 }, 0.25],
    ['macro-f1', { correct: 7, loss: 2.5, macroAverage: 0.25 }, 0.25],
    ['macro-f1', { correct: 7, loss: 2.5, macroAverage: Number.NaN }, Number.NEGATIVE_INFINITY],
  ] as const)('%s of %j is %d', (objective, score, fitness) => {
    expect(fitnessOf(score, objective)).toBe(fitness);
  });
});

test.each(OBJECTIVES)('%s as a share lies between 0 and 1, in the order of the fitness', (objective) => {
  const score = fc.record({
    correct: fc.integer({ min: 0, max: 20 }),
    loss: fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constant(Number.NaN)),
    macroAverage: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(score, score, (a, b) => {
      const [one, other] = [a, b].map((each) => fitnessShare(each, objective, 20));
      expect(one).toBeGreaterThanOrEqual(0);
      expect(one).toBeLessThanOrEqual(1);
      if (fitnessOf(a, objective) >= fitnessOf(b, objective)) expect(one).toBeGreaterThanOrEqual(other ?? 1);
    }),
  );
});

describe('the order of selection', () => {
  test('more correct predictions first, whatever the zeros and the age', () => {
    const worse = individual('0000', { id: 0, correct: 4 });
    const better = individual('1111', { id: 1, correct: 5 });
    expect(ranked('accuracy', worse, better)).toEqual([1, 0]);
  });

  test('less cross-entropy first, whatever the accuracy', () => {
    const accurate = individual('0000', { id: 0, correct: 9, loss: 2 });
    const confident = individual('1111', { id: 1, correct: 1, loss: 1 });
    expect(ranked('cross-entropy', accurate, confident)).toEqual([1, 0]);
  });

  test('accuracy first: less cross-entropy among equals, and among those more zeros', () => {
    const accurate = individual('1111', { id: 0, correct: 9, loss: 1e300 });
    const confident = individual('1111', { id: 1, correct: 8, loss: 0 });
    const sparse = individual('0000', { id: 2, correct: 8, loss: 0.001 });
    const equal = individual('0001', { id: 3, correct: 8, loss: 0.001 });
    const infinite = individual('0000', { id: 4, correct: 8, loss: Number.NaN });
    const objective = 'accuracy-then-cross-entropy';
    expect(ranked(objective, infinite, equal, sparse, confident, accurate)).toEqual([0, 1, 2, 3, 4]);
    // A difference that the sum of both figures is too coarse for.
    const unsure = individual('0000', { id: 5, correct: 900_000, loss: 500_001 });
    const surer = individual('1111', { id: 6, correct: 900_000, loss: 500_000 });
    expect(ranked(objective, unsure, surer)).toEqual([6, 5]);
  });

  test('a larger mean over the classes first, whatever the accuracy', () => {
    const accurate = individual('0000', { id: 0, correct: 9, macroAverage: 0.5 });
    const even = individual('1111', { id: 1, correct: 1, macroAverage: 0.75 });
    expect(ranked('macro-f1', accurate, even)).toEqual([1, 0]);
    expect(ranked('balanced-accuracy', accurate, even)).toEqual([1, 0]);
  });

  test('equal fitness: more zeros first; equal zeros: the older first', () => {
    const dense = individual('1111', { id: 0, correct: 5 });
    const young = individual('1001', { id: 2, correct: 5 });
    const old = individual('0110', { id: 1, correct: 5 });
    expect(ranked('accuracy', dense, young, old)).toEqual([1, 2, 0]);
  });

  test('a loss that is no number, or infinite, is the worst fitness there is', () => {
    const terrible = individual('1111', { id: 3, loss: 1e300 });
    const none = individual('1110', { id: 1, loss: Number.NaN });
    const infinite = individual('1100', { id: 2, loss: Number.POSITIVE_INFINITY });
    const minus = individual('1000', { id: 0, loss: Number.NEGATIVE_INFINITY });
    expect(ranked('cross-entropy', none, terrible, infinite, minus)).toEqual([3, 0, 2, 1]);
  });

  test('is total and antisymmetric', () => {
    fc.assert(
      fc.property(populations({ min: 2, max: 2 }), fc.constantFrom(...OBJECTIVES), ([a, b], objective) => {
        if (!a || !b) throw new Error('two individuals were asked for');
        const compare = compareIndividuals(objective);
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)));
        expect(compare(a, b)).not.toBe(0);
        expect(compare(a, a)).toBe(0);
      }),
    );
  });
});

describe('survivor selection', () => {
  test('is the first part of all, sorted; it depends on no order and changes nothing', () => {
    fc.assert(
      fc.property(
        populations({ min: 1, max: 30 }),
        fc.nat(),
        fc.integer({ min: 0, max: 35 }),
        fc.constantFrom(...OBJECTIVES),
        (all, cut, size, objective) => {
          const parents = all.slice(0, cut % (all.length + 1));
          const offspring = all.slice(parents.length);
          const before = structuredClone([parents, offspring]);
          const survivors = selectSurvivors(parents, offspring, size, objective);
          const sorted = all.toSorted(compareIndividuals(objective));
          expect(survivors).toEqual(sorted.slice(0, size));
          expect(selectSurvivors(offspring, parents, size, objective)).toEqual(survivors);
          expect(selectSurvivors([], survivors, size, objective)).toEqual(survivors);
          expect([parents, offspring]).toEqual(before);
        },
      ),
    );
  });

  test('what is not selected is no better than what is', () => {
    fc.assert(
      fc.property(populations({ min: 2, max: 20 }), fc.constantFrom(...OBJECTIVES), (all, objective) => {
        const survivors = selectSurvivors(all, [], Math.ceil(all.length / 2), objective);
        const worst = Math.min(...survivors.map(({ score }) => fitnessOf(score, objective)));
        for (const one of all) {
          if (!survivors.includes(one)) expect(fitnessOf(one.score, objective)).toBeLessThanOrEqual(worst);
        }
      }),
    );
  });
});

test('an evaluated newborn carries its score and its zeros', () => {
  const newborn = { id: 4, genome: Uint8Array.of(0b10100000), origin: 'mutation', born: 3 } as const;
  expect(evaluated(newborn, { correct: 2, loss: 0.5, macroAverage: 0.25 }, 5)).toEqual({
    ...newborn,
    score: { correct: 2, loss: 0.5, macroAverage: 0.25 },
    zeros: 3,
  });
});
