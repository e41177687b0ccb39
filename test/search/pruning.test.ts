import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../lib/base/random.ts';
import {
  countOnes,
  genomeAt,
  getBit,
  type PackedMasks,
  pack,
  withFlippedBit,
} from '../../lib/search/genome.ts';
import { byEvaluation, byFlips, prune } from '../../lib/search/pruning.ts';
import { maskBits } from './masks.ts';

type Count = (genome: Uint8Array) => number;

const together = (count: Count) => async (masks: PackedMasks) =>
  Array.from({ length: masks.count }, (_, index) => count(genomeAt(masks, index)));

/** The paper's pass, one weight after another. */
function oneAtATime(genome: Uint8Array, bits: number, baseline: number, count: Count): Uint8Array {
  let current = genome;
  for (let bit = 0; bit < bits; bit++) {
    if (getBit(current, bit) === 0) continue;
    const without = withFlippedBit(current, bit);
    if (count(without) >= baseline) current = without;
  }
  return current;
}

/** Correct predictions that depend on all weights at once, so that the order of removals matters. */
function landscape(seed: number, roughness: number): Count {
  return (genome) => {
    const stream = random(
      seed,
      'noise',
      genome.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7),
    );
    return countOnes(genome) + stream.below(roughness);
  };
}

const once = (maxEvaluations: number) => ({ maxEvaluations, passes: 1 });

describe('post-evolutionary pruning', () => {
  test('equals the pass that tries one weight after another, whatever the batch', async () => {
    await fc.assert(
      fc.asyncProperty(
        maskBits({ min: 1, max: 260 }),
        fc.nat(1_000),
        fc.integer({ min: 1, max: 30 }),
        async (bits, seed, roughness) => {
          const genome = pack(bits);
          const count = landscape(seed, roughness);
          const baseline = count(genome);
          const { genome: pruned } = await prune(
            genome,
            bits.length,
            byEvaluation(bits.length, baseline, together(count)),
            once(1e9),
          );
          expect(pruned).toEqual(oneAtATime(genome, bits.length, baseline, count));
          expect(genome).toEqual(pack(bits));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('flip by flip is the same, and counts the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        maskBits({ min: 1, max: 260 }),
        fc.nat(1_000),
        fc.integer({ min: 1, max: 400 }),
        async (bits, seed, most) => {
          const genome = pack(bits);
          const count = landscape(seed, 10);
          const baseline = count(genome);
          const evaluated = await prune(
            genome,
            bits.length,
            byEvaluation(bits.length, baseline, together(count)),
            once(most),
          );
          let current = genome;
          const walk = {
            figure: () => count(current),
            figureIf: (bit: number) => count(withFlippedBit(current, bit)),
            flip: (bit: number) => {
              current = withFlippedBit(current, bit);
            },
            moveTo: (mask: Uint8Array) => {
              current = mask;
            },
          };
          expect(await prune(genome, bits.length, byFlips(walk, baseline), once(most))).toEqual(evaluated);
          expect(current).toEqual(evaluated.genome);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('tells how far it is', async () => {
    const full = new Uint8Array(25).fill(255);
    const told: number[][] = [];
    await prune(full, 200, byEvaluation(200, 200, together(countOnes)), once(1e9), (...progress) =>
      told.push(progress),
    );
    expect(told).toEqual([
      [16, 200],
      [48, 200],
      [112, 200],
      [176, 200],
      [200, 200],
    ]);
  });

  test('drops everything where nothing matters, and nothing where everything does', async () => {
    const full = new Uint8Array(25).fill(255);
    const nothing = await prune(
      full,
      200,
      byEvaluation(
        200,
        5,
        together(() => 5),
      ),
      once(1e9),
    );
    expect(countOnes(nothing.genome)).toBe(0);
    const everything = await prune(full, 200, byEvaluation(200, 200, together(countOnes)), once(1e9));
    expect(everything).toEqual({ genome: full, evaluations: 200 });
  });

  test('keeps a removal that leaves the accuracy equal, and refuses one that lowers it by a single sample', async () => {
    const matters = (genome: Uint8Array) => (getBit(genome, 1) === 1 ? 10 : 9);
    const { genome } = await prune(pack([1, 1, 1]), 3, byEvaluation(3, 10, together(matters)), once(1e9));
    expect(genome).toEqual(pack([0, 1, 0]));
  });

  test.each([0, 1, 15, 16, 17, 100])('never evaluates more than %i masks', async (most) => {
    let evaluated = 0;
    const count = (genome: Uint8Array) => {
      evaluated++;
      return landscape(3, 20)(genome);
    };
    const full = new Uint8Array(25).fill(255);
    const { genome, evaluations } = await prune(
      full,
      200,
      byEvaluation(200, 205, together(count)),
      once(most),
    );
    expect(evaluated).toBe(evaluations);
    expect(evaluations).toBeLessThanOrEqual(most);
    if (most === 0) expect(genome).toEqual(full);
  });

  test('repeats its passes until one drops nothing, or as often as it may', async () => {
    // Bit 0 can go once bit 1 has gone, and bit 1 once bit 2 has.
    const chained = (genome: Uint8Array) => {
      const [first, second, third] = [0, 1, 2].map((bit) => getBit(genome, bit));
      return (first === 1 || second === 0) && (second === 1 || third === 0) ? 10 : 9;
    };
    const passes = async (most: number) => {
      const limits = { maxEvaluations: 1e9, passes: most };
      return prune(pack([1, 1, 1]), 3, byEvaluation(3, 10, together(chained)), limits);
    };
    expect((await passes(1)).genome).toEqual(pack([1, 1, 0]));
    expect((await passes(2)).genome).toEqual(pack([1, 0, 0]));
    expect((await passes(3)).genome).toEqual(pack([0, 0, 0]));
    expect(await passes(9)).toEqual(await passes(3));
  });

  test('evaluates nothing where nothing is kept', async () => {
    expect(
      await prune(
        new Uint8Array(3),
        20,
        byEvaluation(
          20,
          5,
          together(() => 5),
        ),
        once(100),
      ),
    ).toEqual({
      genome: new Uint8Array(3),
      evaluations: 0,
    });
  });
});
