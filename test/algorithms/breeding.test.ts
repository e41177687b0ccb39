import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  breedDescendants,
  breedMigrants,
  breedOffspring,
  breedStart,
  denseMask,
  drawMasks,
  maskDrawOf,
  planEvaluation,
} from '../../lib/algorithms/parts/breeding.ts';
import { parseSpec } from '../../lib/runspec/parser.ts';
import { countOnes, genomeKey, pack, unpack } from '../../lib/search/genome.ts';
import { evaluated, type Individual, type Newborn, ORIGINS } from '../../lib/search/individual.ts';
import { individual, maskRows } from '../search/masks.ts';

/** The paper's. */
const RATES = {
  population: 100,
  recombination: { rate: 0.3, mates: 30 },
  mutation: { rate: 0.1 },
  migration: { rate: 0.1 },
};
const BITS = 80;

const survive = (newborns: readonly Newborn[], bits = BITS): Individual[] =>
  newborns.map((newborn) =>
    evaluated(newborn, { correct: 0, loss: Number.NaN, macroAverage: Number.NaN }, bits),
  );

const parents = survive(breedStart(1, RATES, BITS));
const breed = (generation: number, rates = RATES, survivors: readonly Individual[] = parents) =>
  breedOffspring(1, rates, BITS, generation, survivors, 1_000);

describe('the start', () => {
  test('is as many fair masks as the population, numbered from 0', () => {
    const start = breedStart(7, RATES, BITS);
    expect(start.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, id) => id));
    expect(start.every(({ origin, born }) => origin === 'start' && born === 0)).toBe(true);
    const ones = start.reduce((sum, { genome }) => sum + countOnes(genome), 0);
    expect(ones / (100 * BITS)).toBeCloseTo(0.5, 1);
    expect(new Set(start.map(({ genome }) => genomeKey(genome))).size).toBe(100);
  });

  test('gives an individual the same mask in a population of any size', () => {
    const small = breedStart(7, { ...RATES, population: 5 }, BITS);
    expect(breedStart(7, RATES, BITS).slice(0, 5)).toEqual(small);
  });
});

describe('offspring', () => {
  test('are about 53 a generation: 30 children, 13 mutants, 10 migrants', () => {
    const generations = 300;
    const counts = { start: 0, recombination: 0, mutation: 0, migration: 0, sampling: 0, improvement: 0 };
    for (let generation = 1; generation <= generations; generation++) {
      for (const { origin } of breed(generation)) counts[origin]++;
    }
    expect(counts.start).toBe(0);
    expect(Math.abs(counts.recombination / generations - 30)).toBeLessThan(1);
    expect(Math.abs(counts.mutation / generations - 13)).toBeLessThan(1);
    expect(counts.migration / generations).toBe(10);
  });

  test('have ids from the next one on, one after another, and know their generation', () => {
    for (const generation of [1, 2, 77]) {
      const offspring = breed(generation);
      expect(offspring.map(({ id }) => id)).toEqual(offspring.map((_, index) => 1_000 + index));
      expect(offspring.every(({ born }) => born === generation)).toBe(true);
    }
  });

  test('come in the order recombination, mutation, migration', () => {
    const order = breed(3).map(({ origin }) => ORIGINS.indexOf(origin));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test('children have every bit from parents, one of them among the best', () => {
    const rates = { ...RATES, mutation: { rate: 0 }, migration: { rate: 0 } };
    const two = { ...rates, recombination: { rate: 1, mates: 1 } };
    const best = parents[0]?.genome ?? new Uint8Array();
    for (const [index, { genome }] of breed(5, two).entries()) {
      const own = unpack(parents[index]?.genome ?? new Uint8Array(), BITS);
      for (const [bit, value] of unpack(genome, BITS).entries()) {
        expect([own[bit], unpack(best, BITS)[bit]]).toContain(value);
      }
    }
  });

  test('mutants differ from a survivor or a child in exactly one bit', () => {
    const offspring = breed(4);
    const alive = [...parents, ...offspring.filter(({ origin }) => origin === 'recombination')];
    for (const { genome } of offspring.filter(({ origin }) => origin === 'mutation')) {
      const distances = alive.map((one) =>
        countOnes(one.genome.map((byte, index) => byte ^ (genome[index] ?? 0))),
      );
      expect(distances).toContain(1);
    }
  });

  test.each([
    ['nothing', { recombination: { rate: 0, mates: 30 }, mutation: { rate: 0 }, migration: { rate: 0 } }, 0],
    [
      'everyone mates',
      { recombination: { rate: 1, mates: 500 }, mutation: { rate: 0 }, migration: { rate: 0 } },
      100,
    ],
    [
      'everyone, and every child, mutates',
      { recombination: { rate: 1, mates: 1 }, mutation: { rate: 1 }, migration: { rate: 0 } },
      300,
    ],
    [
      'as many migrants as survivors',
      { recombination: { rate: 0, mates: 1 }, mutation: { rate: 0 }, migration: { rate: 1 } },
      100,
    ],
  ])('with rates of 0 and 1: %s', (_, rates, count) => {
    expect(breed(1, { ...RATES, ...rates }).length).toBe(count);
  });

  test('are a function of seed, generation and survivors, and leave the survivors alone', () => {
    const before = structuredClone(parents);
    const offspring = breed(9);
    expect(breed(9)).toEqual(offspring);
    expect(parents).toEqual(before);
    expect(breed(10)).not.toEqual(offspring);
    expect(breedOffspring(2, RATES, BITS, 9, parents, 1_000)).not.toEqual(offspring);
  });
});

describe('the evaluation plan', () => {
  test('evaluates equal masks once, and living ones not at all', () => {
    const offspring = ['110', '001', '110', '111', '001'].map((mask, id) => individual(mask, { id }));
    const plan = planEvaluation(offspring, [individual('000', { id: 7 }), individual('111', { id: 8 })]);
    expect(plan.genomes).toEqual([pack([1, 1, 0]), pack([0, 0, 1])]);
    expect([...plan.sources]).toEqual([0, 1, 0, -2, 1]);
  });

  test('refers to the first of equal survivors', () => {
    const twins = [individual('01', { id: 1 }), individual('10', { id: 2 }), individual('10', { id: 3 })];
    expect([...planEvaluation([individual('10')], twins).sources]).toEqual([-2]);
  });

  test('gives every offspring its own mask, each evaluated mask once, none that is alive', () => {
    fc.assert(
      fc.property(maskRows({ min: 0, max: 25 }, { min: 1, max: 4 }), fc.nat(), (rows, cut) => {
        const all = rows.map((row, id) => individual(row.join(''), { id }));
        const survivors = all.slice(0, cut % (all.length + 1));
        const offspring = all.slice(survivors.length);
        const { genomes, sources } = planEvaluation(offspring, survivors);
        expect(sources.length).toBe(offspring.length);
        for (const [index, source] of sources.entries()) {
          const genome = source < 0 ? survivors[-1 - source]?.genome : genomes[source];
          expect(genome).toEqual(offspring[index]?.genome);
        }
        const keys = genomes.map(genomeKey);
        const alive = new Set(survivors.map(({ genome }) => genomeKey(genome)));
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.some((key) => alive.has(key))).toBe(false);
      }),
    );
  });
});

describe('with masks that may not live', () => {
  const viable = (genome: Uint8Array) => countOnes(genome) % 2 === 0;

  test('operators are applied anew until one may', () => {
    const all = breedDescendants(1, RATES, BITS, 3, parents, 1_000);
    const some = breedDescendants(1, RATES, BITS, 3, parents, 1_000, { viable });
    expect(all.every(({ genome }) => viable(genome))).toBe(false);
    expect(some.every(({ genome }) => viable(genome))).toBe(true);
    expect(some.length).toBeGreaterThan(30);
  });

  test('nothing is born where none ever may', () => {
    expect(breedDescendants(1, RATES, BITS, 3, parents, 1_000, { viable: () => false })).toEqual([]);
  });

  test('random masks are numbered: a batch is a piece of one long line', () => {
    const line = drawMasks(5, BITS, 0, 50, viable);
    expect(line.every(viable)).toBe(true);
    expect([...drawMasks(5, BITS, 0, 20, viable), ...drawMasks(5, BITS, 20, 30, viable)]).toEqual(line);
  });
});

test.each([0, 0.3, 0.9])('random masks leave out the share %s that the spec asks for', (sparsity) => {
  const bits = 2_003;
  const asked = parseSpec({});
  const start = { strategy: 'random', sparsity } as const;
  const spec = { ...asked, search: { ...asked.search, objective: 'accuracy' as const, start } };
  const masks = breedStart(1, { ...RATES, population: 20 }, bits, maskDrawOf(spec, {}));
  for (const { genome } of masks) expect(countOnes(genome) / bits).toBeCloseTo(1 - sparsity, 1);
  expect(new Set(masks.map(({ genome }) => genomeKey(genome))).size).toBe(sparsity === 0 ? 1 : 20);
});

test('a dense start goes from a mask that keeps everything to masks that keep half', () => {
  const bits = 2_003;
  const start = breedStart(1, { ...RATES, population: 20 }, bits, denseMask);
  const shares = start.map(({ genome }) => countOnes(genome) / bits);
  expect(shares[0]).toBe(1);
  for (const [index, share] of shares.entries()) expect(share).toBeCloseTo(1 - index / 40, 1);
  const migrants = breedMigrants(1, bits, 3, 4, 100, denseMask).map(({ genome }) => countOnes(genome) / bits);
  expect(Math.max(...migrants)).toBeLessThan(1);
  expect(Math.min(...migrants)).toBeGreaterThan(0.5);
});
