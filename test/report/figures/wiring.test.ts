import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Network } from '../../../lib/network/architecture.ts';
import { countKept, unitRoles } from '../../../lib/report/figures/wiring.ts';
import { getBit, pack } from '../../../lib/search/genome.ts';

/** Two inputs, three hidden units, two classes; all weights 1. */
const network: Network = {
  widths: [2, 3, 2],
  weights: [new Float32Array(6).fill(1), new Float32Array(6).fill(1)],
  biases: [Float32Array.of(0.5, 0.5, -0.5), new Float32Array(2)],
};

// Hidden units by their two inputs, then classes by their three hidden units.
const mask = (...bits: number[]) => pack(bits);

describe('unitRoles', () => {
  test('a full mask leaves every unit live', () => {
    expect(unitRoles(network, mask(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1))).toEqual([
      ['live', 'live'],
      ['live', 'live', 'live'],
      ['live', 'live'],
    ]);
  });

  test('an empty mask leaves only the constants of the classes', () => {
    expect(unitRoles(network, mask(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))).toEqual([
      ['dead', 'dead'],
      ['dead', 'dead', 'dead'],
      ['constant', 'constant'],
    ]);
  });

  test('without inputs a positive bias is a constant, a negative one is cut off by the ReLU', () => {
    const [, hidden] = unitRoles(network, mask(1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0));
    expect(hidden).toEqual(['live', 'constant', 'dead']);
  });

  test('a unit from which no weight leads on is dead, and so is an input that only it reads', () => {
    const roles = unitRoles(network, mask(1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0));
    expect(roles[0]).toEqual(['live', 'dead']);
    expect(roles[1]).toEqual(['live', 'dead', 'dead']);
  });
});

test('countKept counts the ones of any stretch of a genome', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 1), { maxLength: 70 }), fc.nat(70), fc.nat(70), (bits, a, b) => {
      const genome = pack(bits);
      const start = Math.min(a, b, bits.length);
      const end = Math.min(Math.max(a, b), bits.length);
      let ones = 0;
      for (let bit = start; bit < end; bit++) ones += getBit(genome, bit);
      expect(countKept(genome, start, end)).toBe(ones);
    }),
  );
});
