import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flipOneBit, randomGenome, uniformCrossover } from '../../lib/algorithms/parts/operators.ts';
import { random } from '../../lib/base/random.ts';
import { bytesPerGenome, countOnes, pack, unpack } from '../../lib/search/genome.ts';
import { maskBits, maskRows } from '../search/masks.ts';

const seeds = fc.maxSafeNat();

describe('a random genome', () => {
  test('has clean padding and is a function of its stream', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 130 }), (seed, bits) => {
        const genome = randomGenome(random(seed, 'start'), bits);
        expect(genome.length).toBe(bytesPerGenome(bits));
        expect(genome).toEqual(pack(unpack(genome, bits)));
        expect(randomGenome(random(seed, 'start'), bits)).toEqual(genome);
      }),
    );
  });

  test('has fair bits, each on its own', () => {
    const bits = 83;
    const counts = new Uint32Array(bits);
    for (let index = 0; index < 2_000; index++) {
      for (const [bit, value] of unpack(randomGenome(random(1, 'start', 0, index), bits), bits).entries()) {
        counts[bit] = (counts[bit] ?? 0) + value;
      }
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });
});

describe('uniform crossover', () => {
  test('takes every bit from one of its parents and leaves them as they are', () => {
    fc.assert(
      fc.property(
        seeds,
        maskRows({ min: 2, max: 2 }, { min: 1, max: 130 }),
        (seed, [mother = [], father = []]) => {
          const parents = [pack(mother), pack(father)] as const;
          const child = uniformCrossover(random(seed, 'recombine'), ...parents);
          for (const [bit, value] of unpack(child, mother.length).entries()) {
            expect([mother[bit], father[bit]]).toContain(value);
          }
          expect(child).toEqual(pack(unpack(child, mother.length)));
          expect(parents).toEqual([pack(mother), pack(father)]);
        },
      ),
    );
  });

  test('asks each parent for about half, in different places each time', () => {
    const bits = 4_000;
    const [none, all] = [new Uint8Array(bits / 8), new Uint8Array(bits / 8).fill(255)];
    const one = uniformCrossover(random(1, 'recombine', 1), none, all);
    const other = uniformCrossover(random(1, 'recombine', 2), none, all);
    expect(Math.abs(countOnes(one) - bits / 2)).toBeLessThan(150);
    expect(one).not.toEqual(other);
  });
});

describe('mutation', () => {
  test('flips exactly one bit of the mask, never of the padding', () => {
    fc.assert(
      fc.property(seeds, maskBits(), (seed, bits) => {
        const genome = pack(bits);
        const mutant = flipOneBit(random(seed, 'mutate'), genome, bits.length);
        const changed = [...unpack(mutant, bits.length)].filter((value, bit) => value !== bits[bit]);
        expect(changed.length).toBe(1);
        expect(mutant).toEqual(pack(unpack(mutant, bits.length)));
        expect(genome).toEqual(pack(bits));
      }),
    );
  });

  test('reaches every bit', () => {
    const bits = 11;
    const flipped = Array.from({ length: 300 }, (_, index) =>
      unpack(flipOneBit(random(2, 'mutate', 0, index), new Uint8Array(2), bits), bits).indexOf(1),
    );
    expect([...new Set(flipped)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: bits }, (_, bit) => bit),
    );
  });
});
