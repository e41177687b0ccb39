import { describe, expect, test } from 'vitest';
import {
  between,
  freeBits,
  leavingOrder,
  levelsOf,
  nextPrice,
  pausesOf,
  randomChain,
} from '../../../lib/algorithms/nested/chain.ts';
import { random } from '../../../lib/base/random.ts';
import { countOnes, pack, unpack } from '../../../lib/search/genome.ts';

const BITS = 9;
const CHAIN = [
  [1, 1, 1, 1, 1, 1, 0, 0, 0],
  [1, 0, 1, 0, 1, 0, 0, 0, 0],
  [0, 0, 1, 0, 0, 0, 0, 0, 0],
].map(pack);
const listed = (genome: Uint8Array) => [...unpack(genome, BITS)];

test('a random chain keeps the shares, each mask a part of the one before', () => {
  const chain = randomChain(random(1, 'start'), [0.5, 0.25, 0.001], 200);
  expect(chain.map(countOnes)).toEqual([100, 50, 1]);
  for (const [place, genome] of chain.entries()) {
    const sparser = chain[place + 1] ?? genome;
    expect(sparser.every((byte, index) => (byte & ~(genome[index] ?? 0)) === 0)).toBe(true);
  }
});

test('a mask is bounded by its neighbours', () => {
  expect(listed(freeBits(CHAIN, 0))).toEqual([0, 1, 0, 1, 0, 1, 1, 1, 1]);
  expect(listed(freeBits(CHAIN, 1))).toEqual([1, 1, 0, 1, 1, 1, 0, 0, 0]);
  expect(listed(freeBits(CHAIN, 2))).toEqual([1, 0, 1, 0, 1, 0, 0, 0, 0]);
  expect(listed(between(CHAIN[2] ?? pack([]), undefined))).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0]);
});

test('the order: by the masks that keep a weight, then by its stays; what none keeps is left out', () => {
  const stays = [0.2, 0.9, 0, 0.3, 0.7, 0.3, 5, 5, 5];
  expect([...levelsOf(CHAIN, BITS)]).toEqual([2, 1, 3, 1, 2, 1, 0, 0, 0]);
  expect([...leavingOrder(CHAIN, stays, BITS)]).toEqual([2, 4, 0, 1, 3, 5]);
});

test('a mask below its size stands for the shares up to it', () => {
  expect(pausesOf(CHAIN, [7, 3, 2])).toEqual([{ from: 1, to: 2 }]);
});

describe('the price of weights', () => {
  const of = (kept: number) => pack(Array.from({ length: 100 }, (_, bit) => Number(bit < kept)));
  test('rises with the excess over the size and falls with what is missing, at most by a half', () => {
    expect(nextPrice(2, 1, 1, of(50), 50)).toBe(2);
    expect(nextPrice(2, 1, 1, of(52), 50)).toBeCloseTo(2 * 1.2);
    expect(nextPrice(2, 1, 1, of(48), 50)).toBeCloseTo(2 * 0.8);
    expect(nextPrice(2, 1, 1, of(100), 50)).toBe(3);
  });
  test('begins at a tenth of its unit', () => {
    expect(nextPrice(null, 3, 1, of(50), 50)).toBeCloseTo(0.3);
  });
  test('crosses 0, where a mask has too few weights for nothing', () => {
    let price = 1;
    for (let turn = 0; turn < 20; turn++) price = nextPrice(price, 1, 1, of(25), 50);
    expect(price).toBeLessThan(0);
    for (let turn = 0; turn < 40; turn++) price = nextPrice(price, 1, 1, of(75), 50);
    expect(price).toBeGreaterThan(1);
  });
});
